#include "engine/policy_answers.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "engine/question_interest.h"

namespace assay {
namespace {

constexpr std::uint16_t kTypeTxt = 16;

// The strings of TXT rdata as a zone file writes them: what readers of zones keep.
std::string quoted_strings(std::string_view rdata) {
  std::string out;
  while (!rdata.empty()) {
    const std::size_t size =
        std::min<std::size_t>(static_cast<unsigned char>(rdata.front()), rdata.size() - 1);
    out += out.empty() ? "\"" : " \"";
    for (const char c : rdata.substr(1, size)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out.append(1, '\\').push_back(c);
      } else if (byte < 0x20 || byte >= 0x7f) {
        out += fmt::format("\\{:03}", byte);
      } else {
        out += c;
      }
    }
    out += '"';
    rdata.remove_prefix(size + 1);
  }
  return out;
}

}  // namespace

Result<bool> add_policy_answers(RecordStore& store, const ClockShifts& shifts,
                                std::vector<OtherRow>& rows) {
  static const FieldId kRdata = field_id("rdata");
  RowFilter filter;
  filter.qtypes = {kTypeTxt};
  bool is_cut = false;
  std::map<std::pair<std::uint32_t, std::uint64_t>, DnsRow> lookups;
  ASSAY_TRY(store.scan(filter, RowOrder::by_time, [&](const RowBlock& block) {
    for (std::size_t i = 0; i < block.rows->size(); ++i) {
      const DnsRow row = block.rows->row(i);
      if ((row.flags & kHasAnswer) == 0) continue;
      if (lookups.size() == kMostPolicyLookups) {
        is_cut = true;
        return false;
      }
      lookups.emplace(std::pair((*block.evidence)[i], row.offset), row);
    }
    return true;
  }));
  std::size_t kept = 0;
  ASSAY_TRY(store.answers(filter, [&](const StoredAnswer& stored) {
    const AnswerRow& answer = stored.answer;
    const auto lookup = lookups.find(std::pair(stored.evidence, answer.offset));
    if (lookup == lookups.end() || answer.type != kTypeTxt || answer.section != 1) return true;
    OtherRow row;
    row.evidence = stored.evidence;
    row.row.kind = RecordKind::registration;
    row.row.type = kTypeTxt;
    row.row.name = answer.owner;
    row.row.offset = answer.offset;
    row.row.length = lookup->second.length;
    row.row.width_us = lookup->second.width_us;
    row.row.flags = lookup->second.flags & kTimeUnknown;
    row.row.time_us = row.row.until_us = lookup->second.time_us + shifts.of(stored.evidence);
    row.fields.emplace_back(kRdata, quoted_strings(stored.rdata));
    if (!is_mail_policy(row)) return true;
    if (kept++ == kMostPolicyAnswers) {
      is_cut = true;
      return false;
    }
    rows.push_back(std::move(row));
    return true;
  }));
  return is_cut;
}

}  // namespace assay
