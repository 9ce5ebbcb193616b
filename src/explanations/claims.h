// What the kinds of claim share: the claim's surroundings, a draft of an answer, one vantage at a
// time, and how answers from several vantages become one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/verdict.h"

namespace assay::claims {

struct Context {
  const Claim& claim;
  const Question& question;
  const CaseFile& case_file;
  const FindingSet& findings;

  // "" when the claim does not have the field.
  std::string_view field(std::string_view name) const;
  // A list, or a lone string as a list of one; empty when absent.
  std::vector<std::string> list(std::string_view name) const;
  // `parties`, else `party`.
  std::vector<std::string> parties() const;
};

// The answer in half a line, number first, and as the sentence of the report.
struct Words {
  std::string in_short;
  std::string statement;
};

// `in_short` is the reason without its full stop until the caller has something shorter.
ClaimAnswer not_testable(const Context& context, std::string reason,
                         std::vector<std::string> would_test = {});
ClaimAnswer answered(const Context& context, Answer answer, Words words,
                     std::vector<std::string> findings);
// Keeps each id once, in the order of first use.
void cite(ClaimAnswer& answer, const std::string& finding);

// Vantages of the findings in their order, or the one that the claim names.
std::vector<std::string> vantages(const Context& context);
// True when a finding says that the look-ups at this vantage are declared complete over the window.
bool is_declared_complete(const Context& context, std::string_view vantage);
// True when these are the records of the names' own servers, declared complete over the window.
// One resolver's log may be complete and still not show who asked through another: without every
// asker nothing is a total, a share of all, or an absence.
bool shows_every_asker(const Context& context, std::string_view vantage);
// Finding of that method, subject and vantage; with `variant` its id ends in "/<variant>".
const Finding* find(const Context& context, std::string_view method, std::string_view subject,
                    std::string_view vantage, std::string_view variant = "");
// Why the claim's window cannot be answered from a finding over `measured`, or "" when it can.
std::string window_objection(const Context& context, const Interval& measured);

// How answers from several vantages combine.
enum class Combine {
  any_supports,     // the quote holds if it holds somewhere; elsewhere failing keeps it to files
  any_contradicts,  // one counter-example anywhere is enough
};
ClaimAnswer over_vantages(const Context& context, Combine rule,
                          const std::function<ClaimAnswer(std::string_view vantage)>& at_one);

// For totals and absences: at whose servers they hold, and where the case holds a statement of more
// name servers than handed logs over, of how many none is here.
void say_whose_logs(const Context& context, ClaimAnswer& answer);
// For numbers and for who asked: that a source address shows nobody.
void say_sources(const Context& context, ClaimAnswer& answer);
// The window, the counting rule and the denominator of the first finding that the answer rests on,
// where its sentence does not tell them yet.
void say_basis(const Context& context, ClaimAnswer& answer);

// "2,820"; at most `decimals` digits after the point, trailing zeros dropped.
std::string number_text(double value, int decimals = 0);
std::string percent_text(double share);  // "79.41 %"

// Records that would test a claim, in words.
inline constexpr char kFullerRecord[] =
    "the same servers' own logs over the whole window, declared complete by their operator";
inline constexpr char kCountingRule[] =
    "the counting rule behind the quoted number (dedup = raw, collapsed or bursts)";
inline constexpr char kSecondVantage[] = "an independent copy from another vantage";
inline constexpr char kResolverClientLog[] =
    "the asker's resolver log with the inside host that asked";

ClaimAnswer answer_count(const Context& context);
ClaimAnswer answer_share(const Context& context);
ClaimAnswer answer_rate(const Context& context);
ClaimAnswer answer_exclusive(const Context& context);
ClaimAnswer answer_only_types(const Context& context);
ClaimAnswer answer_acts_as_one(const Context& context);
ClaimAnswer answer_order(const Context& context);
ClaimAnswer answer_coincides_with(const Context& context);
ClaimAnswer answer_active_in_office_hours(const Context& context);
ClaimAnswer answer_automated(const Context& context);
ClaimAnswer answer_not_automated(const Context& context);
ClaimAnswer answer_period(const Context& context);
ClaimAnswer answer_no_contact(const Context& context);
ClaimAnswer answer_no_mail(const Context& context);
ClaimAnswer answer_no_payment(const Context& context);
ClaimAnswer answer_consistent(const Context& context);
ClaimAnswer answer_accepts_only(const Context& context);
ClaimAnswer answer_unused_since(const Context& context);
ClaimAnswer answer_registered_to(const Context& context);
ClaimAnswer answer_controlled_by(const Context& context);

}  // namespace assay::claims
