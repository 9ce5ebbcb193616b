#include <fmt/core.h>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

// The pair of the claim: two addresses, two parties, or the two busiest addresses of one party.
std::vector<std::string> subjects_of(const Context& context) {
  for (const std::vector<std::string>& pair : {context.list("addresses"), context.parties()}) {
    if (pair.size() == 2) {
      return {fmt::format("{}+{}", pair[0], pair[1]), fmt::format("{}+{}", pair[1], pair[0])};
    }
  }
  if (context.list("addresses").empty() && context.parties().size() == 1) {
    return {context.parties().front()};
  }
  return {};
}

ClaimAnswer answer_at(const Context& context, std::string_view vantage,
                      const std::vector<std::string>& subjects) {
  const Finding* sync = nullptr;
  for (const std::string& subject : subjects) {
    if (sync == nullptr) sync = find(context, "source_sync", subject, vantage);
  }
  const std::vector<std::string> would_test{
      kResolverClientLog, "configuration of the asker's resolvers (shared cache, forwarding)",
      "a capture at the name servers, with message ids, ports and hop counts"};
  if (sync == nullptr || sync->outcome == Outcome::not_applicable) {
    return not_testable(context,
                        fmt::format("Synchrony of {} was not measured: it takes two addresses that "
                                    "ask the same names.",
                                    subjects.front()),
                        would_test);
  }
  if (sync->outcome == Outcome::not_enough) {
    ClaimAnswer answer = not_testable(
        context, fmt::format("{} asked too seldom to tell.", subjects.front()), would_test);
    cite(answer, sync->id);
    return answer;
  }
  if (const std::string objection = window_objection(context, sync->window); !objection.empty()) {
    return not_testable(context, objection);
  }
  const std::string together =
      fmt::format("{} of the bursts come together, {} under shifted times",
                  percent_text(sync->value_or("share_synchronous", 0)),
                  percent_text(sync->value_or("share_synchronous_null", 0)));
  const double share = sync->value_or("share_synchronous", 0);
  const std::string in_short =
      fmt::format("{} of bursts together, {} by chance", percent_text(share),
                  percent_text(sync->value_or("share_synchronous_null", 0)));
  ClaimAnswer answer;
  if (sync->value_or("acts_as_one", 0) != 0) {
    answer = answered(
        context, Answer::supported_only_within_these_files,
        {in_short + "; or one cache",
         fmt::format("{}: {}. That is how one system behaves; so do two resolvers with one cache "
                     "behind them, or one client that asks both. Look-ups do not tell these apart.",
                     subjects.front(), together)},
        {sync->id});
    answer.would_test = would_test;
  } else {
    // Never contradicted: a system that leaves by either address in turn brings no bursts together.
    answer = not_testable(
        context,
        fmt::format("{}: {}; no more than this test can tell from chance. Rows that these files "
                    "lack would hide synchrony, and one system that sends each question by either "
                    "address shows none, so that does not show that they act apart.",
                    subjects.front(), together),
        would_test);
    answer.in_short = in_short;
    cite(answer, sync->id);
  }
  for (const char* name : {"share_synchronous", "share_synchronous_null", "p_synchronous"}) {
    if (const Quantity* quantity = sync->quantity(name)) answer.quantities.push_back(*quantity);
  }
  return answer;
}

}  // namespace

ClaimAnswer answer_acts_as_one(const Context& context) {
  const std::vector<std::string> subjects = subjects_of(context);
  if (subjects.empty()) {
    return not_testable(context,
                        "The claim must name one party, two parties or two addresses ('party', "
                        "'parties', 'addresses').");
  }
  return over_vantages(context, Combine::any_supports, [&](std::string_view vantage) {
    return answer_at(context, vantage, subjects);
  });
}

}  // namespace assay::claims
