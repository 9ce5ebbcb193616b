#include "engine/calibrate/family_cases.h"

#include "engine/calibrate/in_threads.h"
#include "engine/calibrate/simulated_case.h"
#include "methods/features/features.h"

namespace assay {

const std::vector<std::string>& modelled_families() {
  static const std::vector<std::string> kFamilies = {"campaign_checks",
                                                     "archive_rescan",
                                                     "poll",
                                                     "steady",
                                                     "spoofed",
                                                     "correspondence",
                                                     "mail_client",
                                                     "replication",
                                                     "beacon",
                                                     "invitations",
                                                     "human_software",
                                                     "office_batch",
                                                     "office_stream_checks"};
  return kFamilies;
}

const std::vector<std::string>& person_families() {
  static const std::vector<std::string> kFamilies = {"correspondence", "mail_client",
                                                     "human_software"};
  return kFamilies;
}

const std::vector<std::string>& program_families() {
  static const std::vector<std::string> kFamilies = {
      "campaign_checks", "archive_rescan", "poll",
      "steady",          "spoofed",        "replication",
      "beacon",          "office_batch",   "office_stream_checks"};
  return kFamilies;
}

Result<FamilyCases> draw_family_cases(std::uint64_t first_seed, std::uint32_t each,
                                      const sim::ScenarioRanges& ranges, unsigned threads) {
  FamilyCases cases;
  cases.families = modelled_families();
  cases.values.resize(each * cases.families.size());
  std::vector<std::vector<std::string>> names(std::max(1u, threads));
  const auto draw_one = [&](std::size_t i, unsigned thread) -> Status {
    const auto& family = cases.families[cases.family_of(i)];
    const auto draw = sim::draw_scenario(*sim::find_cause(family), first_seed + i, ranges);
    if (!draw.ok()) return draw.error();
    return look_at_run(draw->scenario, draw->run, DeclaredCoverage::as_it_was,
                       [&](const QuestionRecords& records, const MethodContext& context) {
                         const methods::Askers askers = methods::split_by_asker(records, context);
                         const methods::Features features =
                             methods::summary_features(records, context, askers.parties.front());
                         cases.values[i] = features.values();
                         if (names[thread].empty()) names[thread] = features.names();
                       });
  };
  ASSAY_TRY(in_threads(threads, cases.values.size(), draw_one));
  for (auto& each_names : names) {
    if (!each_names.empty()) cases.features = std::move(each_names);
  }
  return cases;
}

}  // namespace assay
