#include "methods/support/other_findings.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr int kNetworkBitsV4 = 24;
constexpr int kNetworkBitsV6 = 48;

}  // namespace

Interval window_of(const MethodContext& context) {
  if (context.question->window) return *context.question->window;
  std::optional<Interval> hull;
  const auto widen = [&](const Interval& part) {
    hull = hull ? Interval{std::min(hull->begin_us, part.begin_us),
                           std::max(hull->end_us, part.end_us)}
                : part;
  };
  if (context.all_evidences == nullptr) return {};
  for (const Evidence& evidence : *context.all_evidences) {
    // What was asked of a registry afterwards widens no window of use.
    if (evidence.tells_of("registration") && evidence.kinds.size() < 2) continue;
    for (const Interval& declared : evidence.coverage.intervals) widen(declared);
    if (evidence.span) widen(*evidence.span);
  }
  return hull.value_or(Interval{});
}

Finding make_other_finding(const Method& method, const MethodContext& context,
                           std::string_view subject, std::string_view variant) {
  QuestionRecords of_no_vantage;
  of_no_vantage.vantage = kAllRecords;
  of_no_vantage.window = window_of(context);
  return make_finding(method, of_no_vantage, context, subject, variant);
}

Finding nothing_to_measure(const Method& method, const MethodContext& context,
                           std::string denominator, std::string statement) {
  Finding finding = make_other_finding(method, context, "");
  finding.outcome = Outcome::not_applicable;
  finding.dedup_rule = "raw rows";
  finding.denominator = std::move(denominator);
  finding.selection = seal_others(context, {}, "no rows");
  finding.statement = std::move(statement);
  return finding;
}

SelectionSeal open_seal(const MethodContext& context, std::string description) {
  return SelectionSeal(std::move(description), [&context](std::uint32_t number) {
    const Evidence* evidence = evidence_numbered(context, number);
    return evidence ? evidence->id : std::string();
  });
}

Selection seal_others(const MethodContext& context, const OtherIndices& rows,
                      std::string description) {
  SelectionSeal sealed = open_seal(context, std::move(description));
  for (const std::uint32_t index : rows) {
    const OtherRow& row = context.others->rows[index];
    sealed.add(row.evidence, row.row.offset, row.row.length);
  }
  return sealed.finish();
}

const Evidence* evidence_numbered(const MethodContext& context, std::uint32_t number) {
  if (context.all_evidences == nullptr) return nullptr;
  for (const Evidence& evidence : *context.all_evidences) {
    if (evidence.number == number) return &evidence;
  }
  return nullptr;
}

bool is_read_as(const Evidence& evidence, std::string_view format) {
  return evidence.format == format ||
         std::any_of(evidence.also.begin(), evidence.also.end(),
                     [&](const Reading& reading) { return reading.format == format; });
}

std::uint64_t left_out_of(const MethodContext& context, const std::vector<RecordKind>& kinds) {
  std::uint64_t count = 0;
  if (context.others == nullptr) return count;
  for (const RecordKind kind : kinds) {
    const auto found = context.others->left_out.find(kind);
    if (found != context.others->left_out.end()) count += found->second;
  }
  return count;
}

std::vector<const Claim*> claims_of(const MethodContext& context, std::string_view kind) {
  std::vector<const Claim*> found;
  const bool is_only = context.case_file->questions.size() < 2;
  for (const Claim& claim : context.case_file->claims) {
    const bool is_ours =
        claim.question == context.question->id || (claim.question.empty() && is_only);
    if (claim.kind == kind && is_ours) found.push_back(&claim);
  }
  return found;
}

std::string field_of(const Claim& claim, std::string_view field) {
  const auto found = claim.fields.find(std::string(field));
  return found == claim.fields.end() ? std::string() : found->second;
}

std::vector<std::string> list_of(const Claim& claim, std::string_view field) {
  const auto found = claim.lists.find(std::string(field));
  if (found != claim.lists.end()) return found->second;
  std::string alone = field_of(claim, field);
  return alone.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::move(alone)};
}

std::vector<int> question_parties(const MethodContext& context) {
  std::vector<int> found;
  const auto& parties = context.case_file->parties;
  for (const std::string& name : context.question->between) {
    for (std::size_t p = 0; p < parties.size(); ++p) {
      if (parties[p].name == name) found.push_back(static_cast<int>(p));
    }
  }
  return found;
}

bool is_address_of(const MethodContext& context, int party, const IpAddress& address) {
  if (party < 0 || address.is_unspecified()) return false;
  const Party& who = context.case_file->parties[static_cast<std::size_t>(party)];
  if (who.holds_address(address)) return true;
  const auto& known = context.others->addresses;
  return std::any_of(known.begin(), known.end(), [&](const NameAddress& each) {
    return each.address == address && who.holds_name(each.name);
  });
}

std::string network_text(const IpAddress& address) {
  const int bits = address.is_v4() ? kNetworkBitsV4 : kNetworkBitsV6;
  IpAddress base = address;
  for (int bit = address.is_v4() ? bits + 96 : bits; bit < 128; ++bit) {
    base.bytes[static_cast<std::size_t>(bit / 8)] &=
        static_cast<std::uint8_t>(~(0x80U >> static_cast<unsigned>(bit % 8)));
  }
  return fmt::format("{}/{}", base.to_string(), bits);
}

std::string quoted(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  // A character that the cut went through is left out whole.
  while (text.size() > most && !out.empty() &&
         (static_cast<unsigned char>(out.back()) & 0x80) != 0) {
    out.pop_back();
  }
  if (text.size() > most) out += "...";
  return out;
}

}  // namespace assay::methods
