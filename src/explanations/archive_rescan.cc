#include <fmt/format.h>

#include "explanations/registry.h"
#include "explanations/weigh.h"

namespace assay {
namespace {

class ArchiveRescan final : public Explanation {
 public:
  std::string_view name() const override { return "archive_rescan"; }
  std::string_view code() const override { return "E2"; }
  std::string_view title() const override { return "Software going through stored mail"; }
  std::string_view proposition() const override {
    return "The names were looked up because software at the asker's side examined stored messages "
           "in which they stand.";
  }
  ExplanationRole role() const override { return ExplanationRole::cause; }

  const std::vector<Prediction>& predictions() const override {
    static const std::vector<Prediction> kPredictions{
        {"dns",
         "look-ups in stretches, steady while a stretch lasts, with no regard to deliveries"},
        {"dns", "other names of the same old messages in the same burst"},
        {"host", "a scan schedule and its log", true},
        {"message", "stored messages in which the name stands", true},
        {"mail", "no session with the named host is needed"},
    };
    return kPredictions;
  }

  const std::vector<SettlingRecord>& settles() const override {
    static const std::vector<SettlingRecord> kSettles{
        {"resolver_client_log", "the asker's resolver log with the inside host that asked", 5},
        {"message_archive", "a search of the asker's mail archive for the name", 4},
        {"scan_schedule", "schedule and log of the asker's mail security software", 4},
        {"receiving_mail_log", "mail log of the asker's receiving gateway", 3},
        {"control_name_same_sensor", "look-ups of sibling names at the same servers", 2},
    };
    return kSettles;
  }

  Assessment assess(const FindingSet& findings) const override {
    Weighing weighing(*this);
    for (const Finding* gaps : about_parties(findings, "gap_law")) {
      if (is_set(*gaps, "excess_two_rates")) {
        weighing.bear(*gaps, Direction::weakly_for,
                      fmt::format("{}'s demand is steady while it lasts and then stops, as a scan "
                                  "in stretches makes it",
                                  gaps->subject));
      } else if (is_set(*gaps, "near_constant_demand")) {
        weighing.bear(
            *gaps, Direction::weakly_for,
            fmt::format("{}'s demand is steady inside the TTL, as a scan makes it", gaps->subject));
      } else if (gaps->outcome != Outcome::not_enough) {
        weighing.bear(*gaps, Direction::neutral,
                      "the gaps show the cache, not what stands behind it");
      }
    }
    for (const Finding* types : about_all(findings, "type_profile")) {
      if (types->outcome == Outcome::found) {
        weighing.bear(*types, Direction::neutral,
                      "one type is what a re-check of a stored name asks, and what a filtered list "
                      "shows");
      }
    }
    for (const Finding* rhythm : about_parties(findings, "day_hour")) {
      weighing.bear(*rhythm, Direction::neutral,
                    "a scan may run at any hour or follow the working day of its users");
    }
    weighing.open(
        "a scan schedule at the asker, and stored messages with the name: not in the case");
    return std::move(weighing).finish(findings, role());
  }
};

}  // namespace

const Explanation& archive_rescan_explanation() {
  static const ArchiveRescan kExplanation;
  return kExplanation;
}

}  // namespace assay
