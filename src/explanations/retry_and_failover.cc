#include <fmt/format.h>

#include "explanations/registry.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class RetryAndFailover final : public Explanation {
 public:
  std::string_view name() const override { return "retry_and_failover"; }
  std::string_view code() const override { return "E6"; }
  std::string_view title() const override { return "Retries and failover between servers"; }
  std::string_view proposition() const override {
    return "Rows seconds apart are one question asked again, at the next server, because an answer "
           "was late or lost.";
  }
  ExplanationRole role() const override { return ExplanationRole::filter; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "repeats within 30 s, hopping from server to server, same name and type"},
        {"dns", "more of them while a server is slow or down"},
        {"flow", "questions without answers before each repeat"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        {"capture_at_servers", "a capture at the name servers, with message ids and answers", 3},
        {"resolver_client_log", "the asker's resolver log", 2},
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* bursts : about_parties(findings, "bursts")) {
      if (bursts->outcome == Outcome::found) {
        weighing.bear(*bursts, Direction::strongly_for,
                      fmt::format("{}'s repeats hop from server to server", bursts->subject));
      } else if (bursts->outcome == Outcome::nothing_found) {
        weighing.bear(*bursts, Direction::weakly_against,
                      fmt::format("{}'s repeats stay at one server", bursts->subject));
      }
    }
    return std::move(weighing).finish(findings, role());
  }
};

}  // namespace

const Explanation& retry_and_failover_explanation() {
  static const RetryAndFailover kExplanation;
  return kExplanation;
}

}  // namespace assay
