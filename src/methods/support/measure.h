// How a finding is put together: id, quantities, selection with its seal, and words for numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/method.h"
#include "methods/support/askers.h"
#include "methods/support/stats.h"

namespace assay::methods {

inline constexpr char kBlockT[] = "95 % Ibragimov-Mueller block t";

// Id "<question>/<vantage>/<method>/<subject or all>[/<variant>]", window and names filled in.
Finding make_finding(const Method& method, const QuestionRecords& records,
                     const MethodContext& context, std::string_view subject,
                     std::string_view variant = {});

void add(Finding& finding, std::string_view name, double value, std::string_view unit = {});
void add(Finding& finding, std::string_view name, double value, std::string_view unit,
         const std::optional<Range>& interval, std::string_view interval_method);

// Selection over these rows, in order (support/seal.h).
Selection seal(const QuestionRecords& records, const RowIndices& rows, std::string description);

const Evidence* evidence_of(const QuestionRecords& records, std::uint32_t number);

std::string count_text(double count);                     // "2,820"
std::string share_text(double share);                     // "79.8 %"
std::string share_text(const Range& range);               // "75.1 % to 83.9 %"
std::string number_text(double value);                    // three significant digits, "19.7"
std::string probability_text(double p);                   // "p = 0.02", "p < 0.0001"
std::string duration_text(double seconds);                // "90 s", "2.1 h", "1.8 days"
std::string plural(double count, std::string_view word);  // "1 row", "2 rows"
std::string window_text(const Interval& window);          // "from ...Z to ...Z"
std::string date_text(std::int64_t day_number);           // "2016-05-04"
// How a subject reads in a sentence: "Bank", "clients of no named party", "all askers".
std::string who_text(std::string_view subject);
// "mail1.sender.example", "the 3 names of the question".
std::string target_text(const QuestionRecords& records);

// The names that the question is about, as it states them, seen or not.
std::string patterns_text(const QuestionRecords& records);
// Sets the finding's absence of `what` ("look-up of x.sender.example by Bank") where the recorders
// allow it; nothing otherwise. `observed`: rows that are it, or could be.
void vouch(const QuestionRecords& records, std::string what, std::uint64_t observed,
           Finding& finding);

// Said of every number that counts look-ups.
inline constexpr char kUpstreamLimit[] =
    "A row is a question that left a resolver. Its cache answers the rest, so rows cannot count "
    "what people or programs behind the resolver did.";
inline constexpr char kWindowIsSpan[] =
    "No window was stated: it is the span of these evidences, so rates and silences at its edges "
    "depend on when recording began and ended.";
// Appends kWindowIsSpan where it is so.
void say_window(const QuestionRecords& records, Finding& finding);

}  // namespace assay::methods
