// registered_to and controlled_by: what sources say of roles, and what that does not show.
#include <fmt/core.h>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

const std::vector<std::string> kRegistryHistory{
    "the registry's own record of the registrant at that date",
    "the registrar's account record for that name, with its history"};
const std::vector<std::string> kWhoCouldChange{
    "the registrar's account log: who could change, and changed, the delegation",
    "configuration and change log of the name servers that answered for it",
    "the hosting contract and the access log of the host"};

const Finding* finding_of(const Context& context) {
  const Finding* found = nullptr;
  for (const Finding* each : context.findings.by_method("registrations")) {
    if (each->id.ends_with("/" + context.claim.id)) found = each;
  }
  return found;
}

void add_numbers(const Finding& test, ClaimAnswer& answer) {
  for (const char* name : {"sources_same", "sources_near", "sources_other", "sources_hidden",
                           "sources_of_other_times"}) {
    if (const Quantity* quantity = test.quantity(name)) answer.quantities.push_back(*quantity);
  }
}

ClaimAnswer open(const Context& context, const Finding& test, const std::string& why,
                 std::string in_short, const std::vector<std::string>& would_test) {
  ClaimAnswer answer = not_testable(context, fmt::format("{} {}", test.statement, why), would_test);
  answer.in_short = std::move(in_short);
  cite(answer, test.id);
  return answer;
}

}  // namespace

ClaimAnswer answer_registered_to(const Context& context) {
  const Finding* test = finding_of(context);
  if (test == nullptr) {
    return not_testable(context, "Nobody looked for registrations of it.", kRegistryHistory);
  }
  const double same = test->value_or("sources_same", 0);
  const double other = test->value_or("sources_other", 0);
  const double near = test->value_or("sources_near", 0);
  const double hidden = test->value_or("sources_hidden", 0);
  const auto sources = [](double count) {
    return fmt::format("{} source{}", number_text(count), count == 1 ? "" : "s");
  };
  ClaimAnswer answer;
  if (same > 0 && other > 0) {
    answer = open(context, *test, "The sources disagree, and which of them is right none tells.",
                  fmt::format("{} say so, {} name another", sources(same), sources(other)),
                  kRegistryHistory);
  } else if (same > 0) {
    const bool is_registry = test->value_or("sources_same_registry", 0) > 0;
    answer = answered(
        context, is_registry ? Answer::supported : Answer::supported_only_within_these_files,
        {fmt::format("{} name{} that registrant", sources(same), same == 1 ? "s" : ""),
         fmt::format("{} As registrant, which is a role on paper: it shows neither who ran the "
                     "host nor who used it.",
                     test->statement)},
        {test->id});
    if (!is_registry) answer.would_test = kRegistryHistory;
  } else if (other > 0 && near == 0) {
    answer = answered(
        context, Answer::contradicted,
        {fmt::format("{} name{} another registrant", sources(other), other == 1 ? "s" : ""),
         test->statement + " So these sources recorded another at that time."},
        {test->id});
  } else if (near > 0) {
    answer =
        open(context, *test, "The names overlap without being equal: one may be part of the other.",
             fmt::format("{} spell it differently", sources(near)), kRegistryHistory);
  } else if (hidden > 0) {
    answer =
        open(context, *test,
             "The source keeps the registrant back, or tells a service, a person, a handle or an "
             "e-mail address in its place.",
             "the registrant is hidden or told by no name of its own", kRegistryHistory);
  } else if (test->value_or("sources_of_other_times", 0) > 0) {
    answer =
        open(context, *test, "What was registered at another time may have been otherwise then.",
             "sources speak of other times alone", kRegistryHistory);
  } else if (test->value_or("sources_undated", 0) > 0) {
    answer = open(context, *test, "The source tells no time.", "no source tells its time",
                  kRegistryHistory);
  } else {
    answer = open(context, *test, "No source in these files names a registrant of it.",
                  "no source names a registrant", kRegistryHistory);
  }
  add_numbers(*test, answer);
  return answer;
}

ClaimAnswer answer_controlled_by(const Context& context) {
  const Finding* test = finding_of(context);
  if (test == nullptr) {
    return not_testable(context, "Nobody looked for registrations of it.", kWhoCouldChange);
  }
  const double roles = test->value_or("roles_told", 0);
  const double held = test->value_or("roles_of_the_holder", 0);
  ClaimAnswer answer = open(
      context, *test,
      roles == 0
          ? "No source tells who stands in any role of it."
          : "Control is who could change the delegation, the zone or the host. A registrant, a "
            "contact, a name server's name, a holder of addresses and a reverse name are each a "
            "role of its own, and none of them shows that.",
      fmt::format("{} of {} recorded roles carry that name; a role on paper is no control",
                  number_text(held), number_text(roles)),
      kWhoCouldChange);
  for (const char* name : {"roles_told", "roles_of_the_holder"}) {
    if (const Quantity* quantity = test->quantity(name)) answer.quantities.push_back(*quantity);
  }
  return answer;
}

}  // namespace assay::claims
