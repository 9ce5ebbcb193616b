// Zeek's smtp.log: one line for each mail transaction, one record for each of its recipients.
// docs/formats/zeek_smtp.md.
#include <algorithm>
#include <array>

#include "readers/readers.h"
#include "readers/text_keys.h"
#include "readers/zeek_log.h"

namespace assay {

namespace {

enum Slot : std::size_t {
  kUid = kZeekRespPort + 1,
  kHelo,
  kMailFrom,
  kRecipients,
  kDate,
  kFrom,
  kTo,
  kCc,
  kReplyTo,
  kMessageId,
  kInReplyTo,
  kSubject,
  kOriginatingIp,
  kFirstReceived,
  kSecondReceived,
  kLastReply,
  kPath,
  kUserAgent,
  kTls,
  kNode,
};

constexpr std::array<ZeekColumn, kNode + 1> kColumns = {{
    {"ts"},
    {"id.orig_h"},
    {"id.orig_p"},
    {"id.resp_h"},
    {"id.resp_p"},
    {"uid"},
    {"helo"},
    {"mailfrom"},
    {"rcptto", true},
    {"date"},
    {"from"},
    {"to", true},
    {"cc", true},
    {"reply_to"},
    {"msg_id"},
    {"in_reply_to"},
    {"subject"},
    {"x_originating_ip"},
    {"first_received"},
    {"second_received"},
    {"last_reply"},
    {"path", true},
    {"user_agent"},
    {"tls"},
    {"_node_name"},
}};
static_assert(kColumns[kPath].name == "path" && kColumns[kSubject].name == "subject");

constexpr std::array<std::string_view, 7> kSigns = {
    "helo", "mailfrom", "rcptto", "last_reply", "is_webmail", "x_originating_ip", "in_reply_to"};

// A line may name 30,000 recipients in 64 KiB; each record repeats the other fields.
constexpr std::size_t kMostRecipientRecords = 100;

constexpr std::uint8_t kTcpProtocol = 6;

// "250 2.0.0 Ok" -> 250; no code when the text begins with none.
std::uint16_t reply_code(std::string_view reply) {
  if (reply.size() < 3 || (reply.size() > 3 && reply[3] != ' ' && reply[3] != '-')) return kNoCode;
  unsigned code = 0;
  for (const char digit : reply.substr(0, 3)) {
    if (digit < '0' || digit > '9') return kNoCode;
    code = code * 10 + static_cast<unsigned>(digit - '0');
  }
  return static_cast<std::uint16_t>(code);
}

// "<a@b>" as "a@b"; the null sender stays "<>", which is no empty text.
std::string_view without_brackets(std::string_view text) {
  if (text.size() <= 2 || text.front() != '<' || text.find('>') != text.size() - 1) return text;
  return text.substr(1, text.size() - 2);
}

class SmtpTaker final : public ZeekTaker {
 public:
  explicit SmtpTaker(RecordSink& sink) : sink_(sink), keys_(sink) {}

  void take(ZeekRecord& record, RecordRow row) override {
    row.protocol = kTcpProtocol;
    row.code = reply_code(record.text(kLastReply));
    tls_ = record.flag(kTls);
    if (!record.set_ends(row, sink_, true)) return;
    ++rows_;
    if (record.has(kLastReply)) ++replied_;
    const auto recipients = record.parts(kRecipients);
    const std::size_t records =
        std::clamp<std::size_t>(recipients.size(), 1, kMostRecipientRecords);
    for (std::size_t i = 0; i < records; ++i) {
      const bool is_last = i + 1 == records;
      const std::size_t end = is_last ? recipients.size() : i + 1;
      row.count = std::max<std::size_t>(end - std::min(i, end), 1);
      row.name = i < end ? domain_of(recipients[i]) : 0;
      sink_.add_record(row);
      for (std::size_t each = i; each < end; ++each) {
        static const FieldId kRecipient = field_id("recipient");
        sink_.add_field(kRecipient, without_brackets(recipients[each]));
      }
      add_fields(record);
    }
    if (recipients.size() > kMostRecipientRecords) {
      sink_.note("zeek.many_recipients",
                 "the last record of a transaction names all recipients behind the hundredth");
    }
  }

  void finish() override {
    if (rows_ > 0 && replied_ == 0) {
      sink_.note("zeek.no_reply", "no record has a 'last_reply': nothing tells what was accepted",
                 rows_);
    }
  }

 private:
  // The key of the domain of an address; 0 when it has none that is a name.
  std::uint64_t domain_of(std::string_view address) {
    address = without_brackets(address);
    const std::size_t at = address.rfind('@');
    TextKeys::Name name;
    if (at == std::string_view::npos || at + 1 == address.size() || address[at + 1] == '[' ||
        keys_.name(address.substr(at + 1), name)) {
      return 0;
    }
    return name.key;
  }

  void add_fields(ZeekRecord& record) {
    static constexpr std::pair<Slot, std::string_view> kTexts[] = {
        {kUid, "uid"},
        {kHelo, "helo"},
        {kMailFrom, "envelope_from"},
        {kDate, "date_header"},
        {kFrom, "header_from"},
        {kReplyTo, "reply_to"},
        {kMessageId, "message_id"},
        {kInReplyTo, "in_reply_to"},
        {kSubject, "subject"},
        {kOriginatingIp, "x_originating_ip"},
        {kFirstReceived, "received_header"},
        {kSecondReceived, "received_header"},
        {kLastReply, "reply"},
        {kUserAgent, "user_agent"},
        {kNode, "sensor_id"}};
    static const auto kFields = [] {
      std::array<FieldId, std::size(kTexts)> fields{};
      for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = field_id(kTexts[i].second);
      return fields;
    }();
    static const FieldId kToField = field_id("header_to"), kCcField = field_id("header_cc"),
                         kPathField = field_id("path"), kTlsField = field_id("starttls");
    for (std::size_t i = 0; i < kFields.size(); ++i) {
      const std::string_view text = record.text(kTexts[i].first);
      const bool is_bracketed = kTexts[i].first == kMailFrom || kTexts[i].first == kMessageId ||
                                kTexts[i].first == kInReplyTo;
      sink_.add_field(kFields[i], is_bracketed ? without_brackets(text) : text);
    }
    for (const std::string_view part : record.parts(kTo)) sink_.add_field(kToField, part);
    for (const std::string_view part : record.parts(kCc)) sink_.add_field(kCcField, part);
    for (const std::string_view part : record.parts(kPath)) sink_.add_field(kPathField, part);
    sink_.add_field(kTlsField, tls_);
  }

  RecordSink& sink_;
  TextKeys keys_;
  std::string_view tls_;
  std::uint64_t rows_ = 0, replied_ = 0;
};

}  // namespace

const Reader& zeek_smtp_reader() {
  static const ZeekLog reader({"zeek_smtp", "smtp.log of Zeek, TSV or JSON lines", RecordKind::mail,
                               "smtp", kColumns, kSigns, 2,
                               [](RecordSink& sink) -> std::unique_ptr<ZeekTaker> {
                                 return std::make_unique<SmtpTaker>(sink);
                               }});
  return reader;
}

}  // namespace assay
