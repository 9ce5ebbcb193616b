#include "methods/support/other_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "core/digest.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::size_t kExamples = 5;
constexpr std::size_t kSealBuffer = 1 << 16;
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

Selection seal_others(const MethodContext& context, const OtherIndices& rows,
                      std::string description) {
  Selection selection;
  selection.description = std::move(description);
  selection.rows = rows.size();
  Sha256 digest;
  std::string buffer;
  std::set<std::uint32_t> evidences;
  for (const std::uint32_t index : rows) {
    const OtherRow& row = context.others->rows[index];
    fmt::format_to(std::back_inserter(buffer), "{}:{}:{}\n", row.evidence, row.row.offset,
                   row.row.length);
    if (buffer.size() >= kSealBuffer) {
      digest.update(buffer);
      buffer.clear();
    }
    evidences.insert(row.evidence);
    if (selection.examples.size() == kExamples) continue;
    const Evidence* evidence = evidence_numbered(context, row.evidence);
    selection.examples.push_back(fmt::format(
        "{}:{}", evidence ? evidence->id : std::to_string(row.evidence), row.row.offset));
  }
  digest.update(buffer);
  selection.locus_sha256 = digest.hex();
  selection.evidences.assign(evidences.begin(), evidences.end());
  return selection;
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

std::string lower_copy(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace assay::methods
