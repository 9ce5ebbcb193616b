// Lists of indicators as delimited text with a header. Columns and codes:
// docs/formats/indicator_list.md.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "assay/reader.h"
#include "readers/delimited_record.h"
#include "readers/indicator_claim.h"
#include "readers/indicator_columns.h"
#include "readers/peeked_source.h"
#include "readers/readers.h"

namespace assay {

namespace {

struct TypeWord {
  std::string_view word, type;
};
constexpr auto kTypes = std::to_array<TypeWord>({
    {"domain", "domain-name"},
    {"domain-name", "domain-name"},
    {"domain_name", "domain-name"},
    {"hostname", "domain-name"},
    {"fqdn", "domain-name"},
    {"host", "domain-name"},
    {"email", "email-addr"},
    {"email-addr", "email-addr"},
    {"email-src", "email-addr"},
    {"email-dst", "email-addr"},
    {"url", "url"},
    {"uri", "url"},
});
// Told apart by the value.
constexpr auto kAddressTypes = std::to_array<std::string_view>(
    {"ip", "ipv4", "ipv6", "ipv4-addr", "ipv6-addr", "ip-dst", "ip-src", "ip:port", "ip-dst|port",
     "ip-src|port", "cidr", "network", "address", "ip address", "ip_address"});

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

bool is_said(std::string_view text) {
  return !text.empty() && text != "-" && text != "None" && text != "NULL" && text != "null";
}

// "true" of a column "revoked", "active" of a column "status", in one vocabulary.
std::string_view status_of(std::string_view text) {
  const std::string word = lower(text);
  if (word == "true" || word == "1" || word == "yes" || word == "revoked") return "revoked";
  if (word == "deleted") return "deleted";
  return {};
}

class ListRead {
 public:
  ListRead(IndicatorColumns columns, LogClock clock, RecordSink& sink)
      : columns_(std::move(columns)), sink_(sink), rows_(std::move(clock), sink) {}

  void take(const TextLine& line, const std::vector<std::string_view>& cells) {
    if (line.text.starts_with('#')) return sink_.blank_unit();
    IndicatorClaim claim;
    std::string_view type;
    for (std::size_t i = 0; i < std::min(cells.size(), columns_.cells.size()); ++i) {
      if (is_said(cells[i])) set(columns_.cells[i], cells[i], claim, type);
    }
    const std::string word = lower(type);
    if (!set_type(word, claim)) {
      return reject_line(sink_, line, "indicators.type_not_understood",
                         "its type is no name, address, network, URL or mailbox");
    }
    if (const auto problem = rows_.add(claim, line.offset, line.length)) {
      return reject_line(sink_, line, fmt::format("indicators.{}", problem->code), problem->why);
    }
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

 private:
  static void set(ListCell cell, std::string_view text, IndicatorClaim& claim,
                  std::string_view& type) {
    static const FieldId kBy = field_id("asserted_by"), kSource = field_id("source"),
                         kConfidence = field_id("confidence"), kMarking = field_id("marking"),
                         kStatus = field_id("status_word"), kLabels = field_id("labels"),
                         kDescription = field_id("description"),
                         kHandle = field_id("object_handle");
    switch (cell) {
      case ListCell::none:
        return;
      case ListCell::value:
        claim.value = text;
        return;
      case ListCell::type:
        type = text;
        return;
      case ListCell::valid_from:
        claim.valid_from = text;
        return;
      case ListCell::valid_until:
        claim.valid_until = text;
        return;
      case ListCell::status:
        return claim.fields.emplace_back(kStatus, status_of(text)), void();
      case ListCell::asserted_by:
        return claim.fields.emplace_back(kBy, text), void();
      case ListCell::source:
        return claim.fields.emplace_back(kSource, text), void();
      case ListCell::confidence:
        return claim.fields.emplace_back(kConfidence, text), void();
      case ListCell::marking:
        return claim.fields.emplace_back(kMarking, text), void();
      case ListCell::labels:
        return claim.fields.emplace_back(kLabels, text), void();
      case ListCell::description:
        return claim.fields.emplace_back(kDescription, text), void();
      case ListCell::id:
        return claim.fields.emplace_back(kHandle, text), void();
    }
  }

  // False when a type is stated that is none of ours.
  static bool set_type(std::string_view word, IndicatorClaim& claim) {
    if (word.empty()) return true;
    if (std::find(kAddressTypes.begin(), kAddressTypes.end(), word) != kAddressTypes.end()) {
      claim.type = indicator_type_of(without_defang(claim.value));
      if (!claim.type.starts_with("ip")) claim.type = "ipv4-addr";  // refused for its value
      return true;
    }
    const auto known = std::find_if(kTypes.begin(), kTypes.end(),
                                    [&](const TypeWord& each) { return each.word == word; });
    if (known == kTypes.end()) return false;
    claim.type = known->type;
    return true;
  }

  IndicatorColumns columns_;
  RecordSink& sink_;
  IndicatorRows rows_;
};

class IndicatorList final : public Reader {
 public:
  std::string_view name() const override { return "indicator_list"; }
  std::string_view summary() const override {
    return "lists of indicators with a header: CSV, TSV; addresses, networks, names, URLs";
  }
  std::string_view record_kind() const override { return "indicator"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    const auto columns = indicator_columns(head);
    if (!columns) return {};
    return columns->is_certain ? SniffScore{86, "a header with a column of indicators"}
                               : SniffScore{66, "a header with values, kinds of threat and dates"};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    PeekedSource peeked(source);
    const std::string_view head = peeked.peek(kSniffBytes);
    auto columns = indicator_columns(head);
    if (!columns && !head.empty() && !is_utf16(head)) {
      return Error{ErrorCode::usage, "no header tells which column holds the indicators",
                   "give the list a first line such as "
                   "'indicator,type,source,valid_from,valid_until'"};
    }
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    const char delimiter = columns ? columns->delimiter : ',';
    std::uint64_t to_skip = columns ? columns->skip_lines : 0;
    ListRead read(columns.value_or(IndicatorColumns()), std::move(*clock), sink);
    DelimitedRecords records(peeked, sink, delimiter);
    TextLine record;
    std::vector<std::string_view> cells;
    while (records.next(record, cells)) {
      if (to_skip > 0 && !record.text.starts_with('#')) {
        --to_skip;
        sink.blank_unit();
      } else {
        read.take(record, cells);
      }
    }
    ASSAY_TRY(records.status());
    return flushed(sink);
  }
};

}  // namespace

const Reader& indicator_list_reader() {
  static const IndicatorList reader;
  return reader;
}

}  // namespace assay
