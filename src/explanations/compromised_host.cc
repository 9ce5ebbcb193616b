#include "explanations/record_signs.h"
#include "explanations/registry.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

// Weakly: an entry in force says that somebody asserted it, and lists err and are copied.
void read_indicators(const FindingSet& findings, Weighing& weighing) {
  const Finding* lists = findings.first("indicators");
  if (lists == nullptr || lists->outcome == Outcome::not_applicable) {
    return weighing.open(
        "lists of known indicators for this name and its address: not in the case");
  }
  if (lists->value_or("touching_in_force", 0) > 0) {
    return weighing.bear(*lists, Direction::weakly_for,
                         "somebody listed a name or address of the question for that time, which "
                         "shows that it was asserted and not that it was so");
  }
  weighing.bear(*lists, Direction::neutral,
                "no entry was in force for a name or address of the question alone; lists hold "
                "what their makers knew");
}

class CompromisedHost final : public Explanation {
 public:
  std::string_view name() const override { return "compromised_host"; }
  std::string_view code() const override { return "E17"; }
  std::string_view title() const override { return "A program that an intruder left on a host"; }
  std::string_view proposition() const override {
    return "The names were looked up by a program that an intruder had put on a host of the asker, "
           "which reported to the named host or fetched orders there.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "an interval with jitter, by day and night while that host is on"},
        {"dns", "the same from other networks on which the program runs"},
        {"host", "the program, or what it left, on the inside host that asked", true},
        {"flow",
         "connections to the named host after look-ups, unless the look-ups themselves carry the "
         "report"},
        {"mail", "unwanted mail sent from the host, perhaps"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::host_forensics(5),
        records::resolver_client_log(5),
        records::indicator_list(3),
        records::flow_at_either_edge(3),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    // Weakly: who hides an interval adds jitter to it, and every harmless timer leaves the same.
    constexpr Lean kInterval{
        Direction::weakly_for,
        "as a program that reports at an interval does; nothing in it shows an "
        "intruder, and every harmless timer leaves the same"};
    read_gaps(findings,
              {.clock = kInterval,
               .timer = kInterval,
               .steady = {Direction::neutral, "a report more often than the TTL looks so"},
               .sparse = {Direction::neutral, "an interval with much jitter shows none"}},
              weighing);
    read_automation(findings, kInterval, weighing);
    constexpr std::string_view kSwitchedOn =
        "a host that is switched on for work keeps hours, whatever runs on it";
    read_rhythm(findings, {Direction::neutral, kSwitchedOn},
                "a program by day and night keeps none, and neither does much else", weighing);
    read_holidays(findings, {Direction::neutral, kSwitchedOn}, weighing);
    read_joins(findings,
               {.checks = {},
                .letters = {},
                .visits = {Direction::weakly_for,
                           "as a program does that reports there; every harmless one that uses the "
                           "host does too"}},
               weighing);
    for (const Finding* others : about_who_asked(findings)) {
      if (!has_many_others(*others)) continue;
      weighing.bear(*others, Direction::neutral,
                    "many unrelated networks asked too; such programs spread, and mailings reach "
                    "many as well");
    }
    weighing.open(
        "the program or its traces on an inside host: nobody looked, no host record is in "
        "the case");
    read_indicators(findings, weighing);
    return std::move(weighing).finish(role());
  }
};

}  // namespace

const Explanation& compromised_host_explanation() {
  static const CompromisedHost kExplanation;
  return kExplanation;
}

}  // namespace assay
