// Message tracking logs of Microsoft Exchange. The format: docs/formats/exchange_tracking.md.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "assay/reader.h"
#include "readers/line_reader.h"
#include "readers/mail_fields.h"
#include "readers/mail_message.h"
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::size_t kMaxColumns = 128;

// Places in kColumns of those that are more than a field.
enum Column : std::uint8_t {
  kDateTime,
  kClientIp,
  kClientHostname,
  kServerIp,
  kServerHostname,
  kEventId,
  kSource,
  kMessageId,
  kRecipientAddress,
  kRecipientStatus,
  kReturnPath,
  kSenderAddress,
  kPlainColumns,  // from here on: copied
};

struct NamedColumn {
  std::string_view name;
  std::string_view field;  // of records; empty: not kept as it stands
};
constexpr std::array<NamedColumn, 30> kColumns = {{
    {"date-time", ""},
    {"client-ip", ""},
    {"client-hostname", "client_name"},
    {"server-ip", ""},
    {"server-hostname", "server_name"},
    {"event-id", "event_id"},
    {"source", "source"},
    {"message-id", "message_id"},
    {"recipient-address", ""},
    {"recipient-status", ""},
    {"return-path", "envelope_from"},
    {"sender-address", "sender"},
    {"source-context", "source_context"},
    {"connector-id", "connector"},
    {"internal-message-id", "queue_id"},
    {"network-message-id", "unique_id"},
    {"total-bytes", "message_size"},
    {"recipient-count", "recipient_count"},
    {"related-recipient-address", "orig_recipient"},
    {"reference", "references"},
    {"message-subject", "subject"},
    {"message-info", "extra"},
    {"directionality", "directionality"},
    {"tenant-id", "tenant"},
    {"original-client-ip", "source_address"},
    {"original-server-ip", "to_address"},
    {"custom-data", "extra"},
    {"transport-traffic-type", "transport"},
    {"log-id", "log_id"},
    {"schema-version", "version"},
}};

struct Outcome {
  std::string_view event, status, direction;
};
// What happened to a message, in the words of the other mail logs. Other events have no status.
constexpr Outcome kOutcomes[] = {{"RECEIVE", "received", "in"},
                                 {"SEND", "sent", "out"},
                                 {"SENDEXTERNAL", "sent", "out"},
                                 {"DELIVER", "sent", "local"},
                                 {"DUPLICATEDELIVER", "sent", "local"},
                                 {"FAIL", "bounced", ""},
                                 {"DEFER", "deferred", ""},
                                 {"DROP", "discarded", ""},
                                 {"SUBMIT", "submitted", "local"},
                                 {"SUBMITDEFER", "deferred", ""},
                                 {"SUBMITFAIL", "bounced", ""}};

const Outcome* outcome_of(std::string_view event) {
  const auto* found = std::find_if(std::begin(kOutcomes), std::end(kOutcomes),
                                   [&](const Outcome& each) { return each.event == event; });
  return found == std::end(kOutcomes) ? nullptr : found;
}

// Cuts a line of RFC 4180 at its commas. Quoted cells lose their quotes and keep their commas; ""
// within them is a quote. False when a quote does not end or there are too many cells.
bool split_cells(std::string_view line, std::vector<std::string>& cells) {
  cells.clear();
  for (std::size_t at = 0;;) {
    if (cells.size() == kMaxColumns) return false;
    std::string& cell = cells.emplace_back();
    if (at < line.size() && line[at] == '"') {
      for (++at;; ++at) {
        if (at >= line.size()) return false;
        if (line[at] != '"') {
          cell += line[at];
        } else if (at + 1 < line.size() && line[at + 1] == '"') {
          cell += line[at++];
        } else {
          break;
        }
      }
      ++at;
      if (at < line.size() && line[at] != ',') return false;
    } else {
      const std::size_t end = std::min(line.find(',', at), line.size());
      cell.assign(line.substr(at, end - at));
      at = end;
    }
    if (at >= line.size()) return true;
    ++at;  // the comma
  }
}

// Cuts at semicolons outside of brackets, which newer statuses have: "[{LRT=};{LED=250 2.1.5}]".
std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    std::size_t end = text.starts_with("[{") ? std::min(text.find("}]"), text.size()) : 0;
    end = std::min(text.find(';', end), text.size());
    out.push_back(text.substr(0, end));
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

// "250 2.1.5 Recipient OK", and newer "[{LRT=...};{LED=550 5.1.1 ...}]"
MailReply reply_of(std::string_view status) {
  if (const std::size_t led = status.find("{LED="); led != std::string_view::npos) {
    status.remove_prefix(led + 5);
  }
  return parse_reply(status);
}

class TrackingRead {
 public:
  TrackingRead(LogClock clock, RecordSink& sink)
      : clock_(std::move(clock)), sink_(sink), rows_(sink) {
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      if (!kColumns[i].field.empty()) fields_[i] = field_id(kColumns[i].field);
    }
  }

  void take(const TextLine& line) {
    std::string_view text = line.text;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    constexpr std::string_view kFields = "#Fields:";
    if (text.starts_with(kFields)) {
      take_columns(text.substr(kFields.size()));
      return sink_.used_unit();
    }
    if (text.starts_with('#')) {
      sink_.note("exchange.head_line", text);
      return sink_.blank_unit();
    }
    if (place_.empty()) {
      return reject_line(sink_, line, "exchange.columns.missing",
                         "no #Fields line says what its columns are");
    }
    if (!split_cells(text, cells_) || cells_.size() > place_.size()) {
      return reject_line(sink_, line, "exchange.row.unreadable",
                         "a quote does not end, or there are more cells than columns");
    }
    take_row(line);
  }

  // The columns of a tail stand before it.
  void take_head(std::string_view head) {
    const std::size_t fields = head.rfind("#Fields:");
    if (fields == head.npos || (fields > 0 && head[fields - 1] != '\n' && fields != 3)) return;
    head = head.substr(fields + 8);
    head = head.substr(0, head.find('\n'));
    if (head.ends_with('\r')) head.remove_suffix(1);
    take_columns(head);
  }

  void finish() {}  // nothing waits for another line

 private:
  void take_columns(std::string_view text) {
    place_.clear();
    if (text.starts_with(' ')) text.remove_prefix(1);
    if (!split_cells(text, cells_)) return sink_.note("exchange.columns_unreadable", text);
    for (const std::string& name : cells_) {
      const auto* found = std::find_if(kColumns.begin(), kColumns.end(),
                                       [&](const NamedColumn& each) { return each.name == name; });
      if (found == kColumns.end()) sink_.note("exchange.column_unknown", name);
      place_.push_back(static_cast<std::size_t>(found - kColumns.begin()));
    }
  }

  std::string_view cell(std::size_t column) const {
    const auto found = std::find(place_.begin(), place_.end(), column);
    const auto at = static_cast<std::size_t>(found - place_.begin());
    return at < cells_.size() ? std::string_view(cells_[at]) : std::string_view();
  }

  void take_row(const TextLine& line) {
    LogStamp stamp;
    const std::string_view told = cell(kDateTime);
    MailPlace place;
    if (parse_log_stamp(told, stamp) != told.size() || told.empty()) {
      return reject_line(sink_, line, "exchange.time.unreadable", "no time in column date-time");
    }
    if (!clock_.read(stamp, place.time)) {
      return reject_line(sink_, line, clock_.problem().code, clock_.problem().why);
    }
    place.offset = line.offset;
    place.length = static_cast<std::uint32_t>(line.text.size());
    const auto recipients = split_list(cell(kRecipientAddress));
    const auto statuses = split_list(cell(kRecipientStatus));
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      const bool is_whole = i == 0 || rows_.may_repeat(line.text.size(), place);
      // One status may stand for all.
      const std::string_view status = i < statuses.size()    ? statuses[i]
                                      : statuses.size() == 1 ? statuses[0]
                                                             : std::string_view();
      write(place, recipients[i], status, is_whole);
    }
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  // Not whole: what is the recipient's own, without what the row tells of all of them.
  void write(const MailPlace& place, std::string_view recipient, std::string_view status,
             bool is_whole) {
    const MailFields& f = mail_fields();
    const MailReply reply = reply_of(status);
    RecordRow row = MailRows::row_at(RecordKind::mail, place);
    row.client = rows_.host(cell(kClientIp));
    row.server = rows_.host(cell(kServerIp));
    row.name = rows_.domain_of(recipient);
    row.code = reply.code;
    rows_.add(row);
    for (std::size_t i = kClientHostname; is_whole && i < kColumns.size(); ++i) {
      if (kColumns[i].field.empty()) continue;
      const std::string_view text = cell(i);
      i == kMessageId ? rows_.field(fields_[i], whole_message_id(text))
                      : rows_.field(fields_[i], text);
    }
    rows_.field(f.recipient, recipient);
    const Outcome* outcome = outcome_of(cell(kEventId));
    if (outcome) rows_.field(f.status, outcome->status);
    if (outcome) rows_.field(f.direction, outcome->direction);
    rows_.field(f.enhanced_code, reply.enhanced);
    if (is_whole) rows_.field(f.reply_text, status);
  }

  LogClock clock_;
  RecordSink& sink_;
  MailRows rows_;
  std::array<FieldId, kColumns.size()> fields_{};
  std::vector<std::size_t> place_;  // of each column of the file in kColumns; its size: unknown
  std::vector<std::string> cells_;
};

class ExchangeTracking final : public Reader {
 public:
  std::string_view name() const override { return "exchange_tracking"; }
  std::string_view summary() const override {
    return "message tracking log of Microsoft Exchange (CSV with its #Fields line)";
  }
  std::string_view record_kind() const override { return "mail"; }
  std::string_view unit() const override { return "line"; }
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    SniffScore score;
    if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
    // A log begins with its head, or with the date of a row; text that quotes one with neither.
    if (head.find_first_of("#0123456789") != 0) return score;
    bool is_quoted = false;
    for_each_head_line(head, [&](std::string_view line) {
      // "#Software: ..." or a row's date; "# How to read it" and words are of a page.
      const bool is_log =
          line.size() > 1 && ((line[0] == '#' && line[1] >= 'A' && line[1] <= 'Z') ||
                              (line[0] >= '0' && line[0] <= '9'));
      is_quoted |= !is_log && score.score == 0;
      if (is_quoted) return;
      if (line.starts_with("#Log-type: Message Tracking Log") ||
          line.starts_with("#Log-Type: Message Tracking Log")) {
        score = {96, "'#Log-type: Message Tracking Log'"};
      }
      const bool is_fields = line.starts_with("#Fields:") &&
                             line.find("event-id") != std::string_view::npos &&
                             line.find("recipient-address") != std::string_view::npos;
      if (is_fields && score.score < 94) {
        score = {94, "'#Fields:' with event-id and recipient-address"};
      }
    });
    return score;
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    TrackingRead read(std::move(*clock), sink);
    read.take_head(context.head);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& exchange_tracking_reader() {
  static const ExchangeTracking reader;
  return reader;
}

}  // namespace assay
