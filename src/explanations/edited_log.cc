#include <fmt/core.h>

#include "explanations/registry.h"
#include "explanations/settling_records.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

// A TTL-obeying cache leaves almost no gap below its TTL once bursts are merged; restarts and
// evictions leave a few (METHODS section 7).
constexpr double kShareOfShortGapsExpected = 0.05;

class EditedLog final : public Explanation {
 public:
  std::string_view name() const override { return "edited_log"; }
  std::string_view code() const override { return "E10"; }
  std::string_view title() const override { return "An edited or invented log"; }
  std::string_view proposition() const override {
    return "Rows were added, removed or changed after the servers wrote them, or were never "
           "written "
           "by a server.";
  }
  ExplanationRole role() const override { return ExplanationRole::recording; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "gaps below the TTL that no retry, prefetch or second cache explains"},
        {"dns",
         "repeated blocks, rounded times, no retries, a balance of servers that is too even"},
        {"dns", "differences from any independent copy", true},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::second_vantage(5),
        records::collection_method(3),
        records::resolver_client_log(4),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* gaps : about_parties(findings, "gap_law")) {
      if (!is_set(*gaps, "cache_shaped")) continue;
      const double share = gaps->value_or("share_below_ttl", 0);
      weighing.bear(
          *gaps,
          share > kShareOfShortGapsExpected ? Direction::weakly_for : Direction::weakly_against,
          fmt::format("{:.1f} % of {}'s gaps lie below the TTL of a cache that otherwise "
                      "keeps it; restarts and a second cache leave such gaps too",
                      100 * share, gaps->subject));
    }
    for (const Finding* repeats : about_all(findings, "duplicates")) {
      if (is_set(*repeats, "repeated_block")) {
        weighing.bear(*repeats, Direction::weakly_for,
                      "a block of rows repeats another, longer than chance would make it");
      } else if (repeats->outcome != Outcome::not_enough) {
        weighing.bear(*repeats, Direction::neutral, "no block of rows repeats another");
      }
    }
    for (const Finding* missing : findings.by_method("deletion")) {
      weigh_missing(findings, *missing, weighing);
    }
    for (const Finding* digits : about_all(findings, "digit_pattern")) {
      if (digits->outcome == Outcome::found) {
        weighing.bear(*digits, Direction::neutral,
                      "the seconds are unevenly spread: automation or rounding, not forgery");
      }
    }
    for (const Finding* balance : about_all(findings, "server_balance")) {
      if (balance->outcome == Outcome::not_enough || balance->outcome == Outcome::not_applicable) {
        continue;
      }
      weighing.bear(*balance, Direction::neutral,
                    balance->outcome == Outcome::found
                        ? "the servers follow each other in a pattern, as resolvers choose them"
                        : "the servers follow each other as by chance, which an invented list and "
                          "a resolver that draws lots share");
    }
    if (vantages_with_rows(findings).size() < 2) {
      weighing.open(
          "a second vantage: without one the most that can be said is that no internal "
          "contradiction was found");
    } else {
      weighing.open("row by row, the records of one vantage against another's: not compared yet");
    }
    return std::move(weighing).finish(role());
  }

 private:
  // Missing is not deleted: a recorder that loses or samples leaves the same holes.
  static void weigh_missing(const FindingSet& findings, const Finding& missing,
                            Weighing& weighing) {
    const Finding* coverage = findings.first("coverage", "dns", missing.vantage);
    if (missing.outcome == Outcome::nothing_found) {
      weighing.bear(missing, Direction::neutral,
                    "no sign that rows are missing; whole days taken out, and rows put in, would "
                    "leave none");
    } else if (missing.outcome != Outcome::found) {
      return;
    } else if (coverage != nullptr && is_set(*coverage, "loss_intervals")) {
      weighing.bear(missing, Direction::neutral,
                    "rows are missing, and the recorder says itself that it lost some");
    } else {
      weighing.bear(missing, Direction::weakly_for,
                    fmt::format("about {:.1f} % of what {}'s cache must have asked is not there; a "
                                "recorder that loses, samples, or sees one server of several "
                                "leaves the same",
                                100 * missing.value_or("share_lost", 0), missing.subject));
    }
  }
};

}  // namespace

const Explanation& edited_log_explanation() {
  static const EditedLog kExplanation;
  return kExplanation;
}

}  // namespace assay
