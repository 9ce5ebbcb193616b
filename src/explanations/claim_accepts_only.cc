#include <fmt/core.h>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

// Fewer networks or days than these, and a refusal may be the fault of those who asked.
constexpr double kFewestNetworks = 3;
constexpr double kFewestDays = 3;

const std::vector<std::string> kWouldTest{
    "the server's configuration at that time (its list of clients let in)",
    "the server's own mail log of accepted and refused sessions over the whole window, declared "
    "complete by its operator, with at least one accepted session of those named",
    "sessions from three or more networks on three or more days beside one that is accepted"};

void add_numbers(const Finding& test, ClaimAnswer& answer) {
  for (const char* name : {"accepted_named", "accepted_others", "refused_others",
                           "refused_other_networks", "accepted_share_of_others"}) {
    if (const Quantity* quantity = test.quantity(name)) answer.quantities.push_back(*quantity);
  }
}

ClaimAnswer open(const Context& context, const Finding& test, const std::string& why,
                 std::string in_short) {
  ClaimAnswer answer = not_testable(context, fmt::format("{} {}", test.statement, why), kWouldTest);
  answer.in_short = std::move(in_short);
  cite(answer, test.id);
  return answer;
}

// "3 of 3 others refused (at most 63.2 % of such networks are let in)".
std::string refused_text(const Finding& test) {
  const Quantity* share = test.quantity("accepted_share_of_others");
  const std::string bound = share != nullptr && share->interval
                                ? fmt::format(" (at most {} of such networks are let in)",
                                              percent_text(share->interval->second))
                                : "";
  return fmt::format("{} of {} others refused{}", number_text(test.value_or("refused_others", 0)),
                     number_text(test.value_or("other_askers", 0)), bound);
}

ClaimAnswer answer_of(const Context& context, const Finding& test) {
  const double accepted_others = test.value_or("accepted_others", 0);
  ClaimAnswer answer;
  if (accepted_others > 0) {
    answer = answered(context, Answer::contradicted,
                      {fmt::format("{} other asker{} let in", number_text(accepted_others),
                                   accepted_others == 1 ? "" : "s"),
                       test.statement + " One other that was let in is enough."},
                      {test.id});
  } else if (test.value_or("refused_others", 0) == 0) {
    answer = open(context, test, "Nobody else was seen to ask and be refused.",
                  "no other asker was refused");
  } else if (test.value_or("accepted_named", 0) == 0) {
    answer = open(context, test,
                  "None of those named was seen to be let in: a host that takes no mail from "
                  "anybody, or a block list that names the others, refuses alike.",
                  refused_text(test) + ", none of those named let in");
  } else if (test.value_or("own_log", 0) == 0) {
    answer =
        open(context, test, "Seen from outside, this does not show whom the server lets in unseen.",
             refused_text(test) + ", not from the server's own log");
  } else if (!test.absence || test.value_or("refused_other_networks", 0) < kFewestNetworks ||
             test.value_or("refused_other_days", 0) < kFewestDays) {
    answer = answered(
        context, Answer::supported_only_within_these_files,
        {refused_text(test),
         test.statement + (test.absence
                               ? " Others came from too few networks, or on too few days, to tell "
                                 "a rule about them from a fault of theirs."
                           : test.value_or("accepted_own", 0) > 0
                               ? " It let in other hosts of its own party, and these records do "
                                 "not show from whom those took what they handed on."
                           : test.value_or("accepted_untold", 0) > 0
                               ? " It let in some of whom its records do not tell who they are."
                               : " Nobody vouches that its log holds every session.")},
        {test.id});
    answer.would_test = kWouldTest;
  } else {
    answer = answered(context, Answer::supported,
                      {refused_text(test) + ", none let in",
                       fmt::format("{} There was {}. That is what it did in this window; a rule "
                                   "for those who never asked only its configuration shows.",
                                   test.statement, test.absence->statement())},
                      {test.id});
  }
  add_numbers(test, answer);
  return answer;
}

int rank_of(const ClaimAnswer& answer) {
  switch (answer.answer) {
    case Answer::contradicted:
      return 0;
    case Answer::supported:
      return 1;
    case Answer::supported_only_within_these_files:
      return 2;
    case Answer::not_testable:
      return 3;
  }
  return 3;
}

}  // namespace

// Records of one server may lie in several findings (its address as others see it, its own log):
// one counter-example anywhere contradicts, else the fullest record answers.
ClaimAnswer answer_accepts_only(const Context& context) {
  std::optional<ClaimAnswer> best;
  std::vector<std::string> cited;
  for (const Finding* test : context.findings.by_method("acceptance_policy")) {
    if (!test->id.ends_with("/" + context.claim.id)) continue;
    ClaimAnswer one = answer_of(context, *test);
    cited.push_back(test->id);
    if (!best || rank_of(one) < rank_of(*best)) best = std::move(one);
  }
  if (best) {
    for (const std::string& id : cited) cite(*best, id);
    return *best;
  }
  ClaimAnswer answer =
      not_testable(context, "No record shows what this server answered to anybody.", kWouldTest);
  for (const Finding* nothing : context.findings.by_method("acceptance_policy")) {
    cite(answer, nothing->id);
  }
  return answer;
}

}  // namespace assay::claims
