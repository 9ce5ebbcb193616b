#include <fmt/core.h>

#include "explanations/record_signs.h"
#include "explanations/registry.h"
#include "explanations/relation_signs.h"
#include "explanations/settling_records.h"
#include "explanations/signs.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class ReplayedLookups final : public Explanation {
 public:
  std::string_view name() const override { return "replayed_lookups"; }
  std::string_view code() const override { return "E7"; }
  std::string_view title() const override { return "Old look-ups asked again by others"; }
  std::string_view proposition() const override {
    return "The look-ups repeat earlier ones that somebody had kept and asked again later; nobody "
           "wanted the answer any more.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns", "an earlier look-up of the same name, which each row repeats", true},
        {"dns",
         "repeats hours to months later, many of them from networks that have nothing to do with "
         "whoever asked first"},
        {"dns",
         "look-ups at moments that know nothing of the TTL, where the repeat does not pass through "
         "the cache of the asker"},
        {"dns", "other old names repeated in the same way at the same servers"},
        {"flow", "no connection to the named host because of them"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        records::resolver_client_log(4),
        records::control_name_same_sensor(4),
        records::capture_at_servers(2),
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* others : about_who_asked(findings)) {
      if (has_many_others(*others)) {
        weighing.bear(*others, Direction::weakly_for,
                      "many unrelated networks asked too, as those who repeat old look-ups do");
      } else if (shows_every_asker(findings, *others)) {
        weighing.bear(*others, Direction::weakly_against,
                      "repeats come mostly from other networks than the first asker's, and few "
                      "others asked in a log that is declared complete");
      } else if (others->outcome == Outcome::found || others->outcome == Outcome::measured) {
        weighing.bear(*others, Direction::neutral,
                      "few others asked, but nobody vouches that the file shows everyone");
      }
    }
    for (const Finding* gaps : about_parties(findings, "gap_law")) {
      if (is_set(*gaps, "cache_shaped")) {
        weighing.bear(*gaps, Direction::weakly_against,
                      fmt::format("{}'s gaps begin at the TTL, so that somebody asked behind a "
                                  "cache again and again; a repeat knows of that cache only when "
                                  "it passes through it",
                                  gaps->subject));
      } else if (gaps->outcome != Outcome::not_enough) {
        weighing.bear(*gaps, Direction::neutral,
                      "no floor at a TTL shows; several caches, and repeats that pass no cache, "
                      "leave none");
      }
    }
    constexpr std::string_view kUnknown =
        "why and when old look-ups are repeated is not known, so that this tells nothing";
    read_fan_out(findings, {Direction::neutral, kUnknown}, weighing);
    read_rarity(findings,
                {Direction::weakly_against,
                 "repeats come mostly from other networks than the first asker's"},
                weighing);
    read_dormancy(findings,
                  {Direction::weakly_for,
                   "as with look-ups of that time which somebody kept; scans of stored mail and "
                   "forgotten configurations ask for such names too"},
                  weighing);
    read_automation(findings, {Direction::neutral, kUnknown}, weighing);
    read_rhythm(findings, {Direction::neutral, kUnknown}, kUnknown, weighing);
    constexpr Lean kTied{Direction::weakly_against, "repeats of old look-ups wait for neither"};
    read_joins(findings, {.checks = kTied, .letters = kTied, .visits = kTied}, weighing);
    weighing.open("the earlier look-up of which each row is the repeat: nothing here pairs them");
    weighing.open("who wanted the answer inside the asker's network: no record in the case tells");
    return std::move(weighing).finish(role());
  }
};

}  // namespace

const Explanation& replayed_lookups_explanation() {
  static const ReplayedLookups kExplanation;
  return kExplanation;
}

}  // namespace assay
