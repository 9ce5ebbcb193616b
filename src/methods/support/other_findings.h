// Findings on records that are no look-ups: measured once a question, at no vantage of look-ups.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/method.h"
#include "methods/support/seal.h"

namespace assay::methods {

inline constexpr char kAllRecords[] = "all";  // stands where other findings name their vantage

using OtherIndices = std::vector<std::uint32_t>;  // into OtherRecords::rows, ascending

// The question's window; else from the first to the last that an evidence declares or holds.
Interval window_of(const MethodContext& context);
Finding make_other_finding(const Method& method, const MethodContext& context,
                           std::string_view subject, std::string_view variant = {});
// That the case holds nothing which the method could look at: "of no mail session", and in words
// what the case would need.
Finding nothing_to_measure(const Method& method, const MethodContext& context,
                           std::string denominator, std::string statement);
// In the order given, which is that of `others`: by (time, evidence, offset).
Selection seal_others(const MethodContext& context, const OtherIndices& rows,
                      std::string description);
// Of rows that stand elsewhere; `context` outlives it.
SelectionSeal open_seal(const MethodContext& context, std::string description);
const Evidence* evidence_numbered(const MethodContext& context, std::uint32_t number);
// `format` read the evidence, first or as well.
bool is_read_as(const Evidence& evidence, std::string_view format);
// How many records of these kinds a limit left out; then nothing is the last or the only one.
std::uint64_t left_out_of(const MethodContext& context, const std::vector<RecordKind>& kinds);
// Claims of this kind that belong to the question.
std::vector<const Claim*> claims_of(const MethodContext& context, std::string_view kind);
// A list of a claim, or its lone field as a list of one.
std::vector<std::string> list_of(const Claim& claim, std::string_view field);
std::string field_of(const Claim& claim, std::string_view field);
// Indices of the question's parties in the case, in its order.
std::vector<int> question_parties(const MethodContext& context);
// The party's own address, or an address that one of its names had.
bool is_address_of(const MethodContext& context, int party, const IpAddress& address);
// 192.0.2.0/24, 2001:db8::/48: where addresses are handed to one customer, rarely less.
std::string network_text(const IpAddress& address);
// Texts of the recorded world are others' writing: cut, and without control bytes.
std::string quoted(std::string_view text, std::size_t most = 80);

}  // namespace assay::methods
