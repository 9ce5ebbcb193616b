#include "methods/support/published.h"

#include <algorithm>
#include <limits>

namespace assay::methods {
namespace {

constexpr std::size_t kMostTexts = 16;  // of one name and type

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_kept_type(std::uint16_t type) {
  return type == kTypeA || type == kTypeCname || type == kTypeSoa || type == kTypePtr ||
         type == kTypeMx || type == kTypeTxt || type == kTypeAaaa;
}

void note(Published& known, const Interval& seen, std::uint32_t index) {
  known.rows.push_back(index);
  if (seen.empty()) return;
  known.seen = known.seen.empty() ? seen
                                  : Interval{std::min(known.seen.begin_us, seen.begin_us),
                                             std::max(known.seen.end_us, seen.end_us)};
}

}  // namespace

std::string joined_strings(std::string_view rdata) {
  std::string out;
  bool is_quoted = false;
  for (std::size_t at = 0; at < rdata.size(); ++at) {
    const char c = rdata[at];
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == '\\' && at + 1 < rdata.size()) {
      if (at + 3 < rdata.size() && is_digit(rdata[at + 1]) && is_digit(rdata[at + 2]) &&
          is_digit(rdata[at + 3])) {
        out += static_cast<char>((rdata[at + 1] - '0') * 100 + (rdata[at + 2] - '0') * 10 +
                                 (rdata[at + 3] - '0'));
        at += 3;
      } else {
        out += rdata[++at];
      }
    } else if (is_quoted || c != ' ') {
      out += c;
    }
  }
  return out;
}

Timeliness timeliness(const Published& record, std::int64_t at_us) {
  if (record.seen.empty()) return Timeliness::undated;
  if (record.seen.contains(at_us)) return Timeliness::covers;
  return at_us < record.seen.begin_us ? Timeliness::after : Timeliness::before;
}

double seconds_away(const Published& record, std::int64_t at_us) {
  if (record.seen.empty() || record.seen.contains(at_us)) return 0;
  const std::int64_t away =
      at_us < record.seen.begin_us ? record.seen.begin_us - at_us : at_us - record.seen.end_us + 1;
  return static_cast<double>(away) / kMicrosPerSecond;
}

PublishedRecords::PublishedRecords(const MethodContext& context) {
  static const FieldId kRdata = field_id("rdata");
  if (context.others == nullptr) return;
  const auto& rows = context.others->rows;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const OtherRow& row = rows[i];
    const bool is_told =
        row.row.kind == RecordKind::registration || row.row.kind == RecordKind::dns_aggregate;
    if (!is_told || !is_kept_type(row.row.type) || row.name.empty()) continue;
    Interval seen;
    if (row.is_dated()) seen = {row.row.time_us, std::max(row.row.until_us, row.row.time_us) + 1};
    for (const auto& [field, rdata] : row.fields) {
      if (field != kRdata) continue;
      const std::string text =
          row.row.type == kTypeTxt ? joined_strings(rdata) : std::string(rdata);
      auto& known = records_[{row.name, row.row.type}];
      auto same = std::find_if(known.begin(), known.end(),
                               [&](const Published& each) { return each.text == text; });
      if (same == known.end()) {
        if (known.size() == kMostTexts) continue;
        known.push_back({text, {}, {}});
        same = std::prev(known.end());
      }
      note(*same, seen, i);
    }
  }
}

const std::vector<Published>& PublishedRecords::of(std::string_view name,
                                                   std::uint16_t type) const {
  static const std::vector<Published> kNone;
  const auto found = records_.find(std::pair(std::string(name), type));
  return found == records_.end() ? kNone : found->second;
}

bool PublishedRecords::has_zone_of(std::string_view name) const {
  for (std::string_view zone = name; !zone.empty();) {
    if (!of(zone, kTypeSoa).empty()) return true;
    const std::vector<std::string_view> labels = labels_of(zone);
    if (labels.size() < 2) return false;
    zone.remove_prefix(labels.front().size() + 1);
  }
  return false;
}

}  // namespace assay::methods
