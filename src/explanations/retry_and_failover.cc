#include <fmt/core.h>

#include "explanations/registry.h"
#include "explanations/settling_records.h"
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
        records::capture_at_servers(3),
        records::resolver_client_log(2),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* bursts : about_parties(findings, "bursts")) {
      if (bursts->outcome == Outcome::found) {
        weighing.bear(*bursts, Direction::strongly_for,
                      is_set(*bursts, "share_repeat_same_id")
                          ? fmt::format("{}'s repeats hop from server to server, some with the "
                                        "message id of the first",
                                        bursts->subject)
                          : fmt::format("{}'s repeats hop from server to server", bursts->subject));
      } else if (bursts->outcome == Outcome::nothing_found) {
        weighing.bear(
            *bursts, Direction::weakly_against,
            fmt::format("{}'s bursts show too few repeats at another server", bursts->subject));
      } else if (bursts->outcome == Outcome::measured) {
        weighing.bear(
            *bursts, Direction::neutral,
            fmt::format("{} repeats questions, but the server is not told", bursts->subject));
      }
    }
    for (const Finding* balance : about_all(findings, "server_balance")) {
      if (balance->outcome != Outcome::found) continue;
      weighing.bear(*balance, Direction::neutral,
                    "the choice of server depends on the one before: turns taken, a preferred "
                    "server, or failover");
    }
    return std::move(weighing).finish(role());
  }
};

}  // namespace

const Explanation& retry_and_failover_explanation() {
  static const RetryAndFailover kExplanation;
  return kExplanation;
}

}  // namespace assay
