#include <fmt/core.h>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

const std::vector<std::string> kWouldTest{
    "complete flow records at the host's edge since that date",
    "the host's own logs (mail log, service log, operating system) since that date, declared "
    "complete by its operator"};

ClaimAnswer open(const Context& context, const Finding& test, const std::string& why,
                 std::string in_short) {
  ClaimAnswer answer = not_testable(context, fmt::format("{} {}", test.statement, why), kWouldTest);
  answer.in_short = std::move(in_short);
  cite(answer, test.id);
  return answer;
}

}  // namespace

ClaimAnswer answer_unused_since(const Context& context) {
  const Finding* test = nullptr;
  for (const Finding* each : context.findings.by_method("dormancy")) {
    if (each->id.ends_with("/" + context.claim.id)) test = each;
  }
  if (test == nullptr) {
    return not_testable(context, "Signs of use since that date were not looked for.", kWouldTest);
  }
  const double after = test->value_or("signs_after", 0);
  const double within = test->value_or("signs_within_the_date", 0);
  const double lookups = test->value_or("lookups_of_its_name", 0);
  ClaimAnswer answer;
  if (after > 0) {
    answer = answered(context, Answer::contradicted,
                      {fmt::format("{} sign{} of use behind that date", number_text(after),
                                   after == 1 ? "" : "s"),
                       test->statement},
                      {test->id});
  } else if (within > 0) {
    answer =
        open(context, *test, "What the quoted date leaves open decides: a finer date would tell.",
             "signs of use within the quoted date alone");
  } else if (const auto why = test->parameters.find("silence_untestable");
             why != test->parameters.end()) {
    answer =
        open(context, *test, fmt::format("No silence can be shown: {}.", why->second), why->second);
    if (test->value_or("known_addresses", 1) == 0) {
      answer.would_test.insert(answer.would_test.begin(),
                               "the host's address at that time, stated in the claim's addresses");
    }
  } else if (test->absence && test->value_or("own_flow_records", 0) > 0) {
    answer =
        answered(context, Answer::supported,
                 {"no sign of use in its own complete records",
                  fmt::format("{} There was {}.", test->statement, test->absence->statement())},
                 {test->id});
  } else if (test->absence) {
    answer = answered(context, Answer::supported_only_within_these_files,
                      {"no sign of use in its own logs, of those services alone",
                       fmt::format("{} There was {}; other uses of the host leave no trace there.",
                                   test->statement, test->absence->statement())},
                      {test->id});
    answer.would_test = kWouldTest;
  } else if (const double doubtful = test->value_or("doubtful_signs", 0); doubtful > 0) {
    answer = open(context, *test,
                  "Packets from it that nothing answered, look-ups made by it and Received fields "
                  "can be its own or a forger's.",
                  fmt::format("{} sign{} that may be forged", number_text(doubtful),
                              doubtful == 1 ? "" : "s"));
  } else if (lookups > 0) {
    answer = open(context, *test,
                  "Look-ups of a name show neither that its host is in use nor that it is not.",
                  fmt::format("{} look-ups of its name, which show no use", number_text(lookups)));
  } else {
    answer =
        open(context, *test, "No complete record of the host itself covers the time since then.",
             "no complete record of the host itself");
  }
  for (const char* name : {"signs_after", "lookups_of_its_name"}) {
    if (const Quantity* quantity = test->quantity(name)) answer.quantities.push_back(*quantity);
  }
  return answer;
}

}  // namespace assay::claims
