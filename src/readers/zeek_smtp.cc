// Zeek's smtp.log: one line for each mail transaction, one record for each of its recipients.
// docs/formats/zeek_smtp.md.
#include <algorithm>
#include <array>

#include "readers/field_table.h"
#include "readers/mail_record.h"
#include "readers/readers.h"
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

class SmtpTaker final : public ZeekTaker {
 public:
  explicit SmtpTaker(RecordSink& sink) : sink_(sink), rows_(sink) {}

  void take(ZeekRecord& record, RecordRow row) override {
    row.protocol = kTcpProtocol;
    row.code = parse_reply(record.text(kLastReply)).code;
    tls_ = record.flag(kTls);
    if (!record.set_ends(row, sink_, true)) return;
    ++transactions_;
    if (record.has(kLastReply)) ++replied_;
    const auto recipients = record.parts(kRecipients);
    const std::size_t records =
        std::clamp<std::size_t>(recipients.size(), 1, kMostRecipientRecords);
    for (std::size_t i = 0; i < records; ++i) {
      const bool is_last = i + 1 == records;
      const std::size_t end = is_last ? recipients.size() : i + 1;
      row.count = std::max<std::size_t>(end - std::min(i, end), 1);
      row.name = i < end ? rows_.domain_of(bare_address(recipients[i])) : 0;
      rows_.add(row);
      for (std::size_t each = i; each < end; ++each) {
        static const FieldId kRecipient = field_id("recipient");
        rows_.field(kRecipient, bare_address(recipients[each]));
      }
      add_fields(record);
    }
    if (recipients.size() > kMostRecipientRecords) {
      sink_.note("zeek.many_recipients",
                 "the last record of a transaction names all recipients behind the hundredth");
    }
  }

  void finish() override {
    if (transactions_ > 0 && replied_ == 0) {
      sink_.note("zeek.no_reply", "no record has a 'last_reply': nothing tells what was accepted",
                 transactions_);
    }
  }

 private:
  void add_fields(ZeekRecord& record) {
    static const auto kTexts = field_table<Slot>({{kUid, "uid"},
                                                  {kHelo, "helo"},
                                                  {kDate, "date_header"},
                                                  {kFrom, "header_from"},
                                                  {kReplyTo, "reply_to"},
                                                  {kInReplyTo, "in_reply_to"},
                                                  {kSubject, "subject"},
                                                  {kOriginatingIp, "x_originating_ip"},
                                                  {kFirstReceived, "received_header"},
                                                  {kSecondReceived, "received_header"},
                                                  {kLastReply, "reply_text"},
                                                  {kUserAgent, "user_agent"},
                                                  {kNode, "sensor_id"}});
    static const FieldId kFromField = field_id("envelope_from"), kIdField = field_id("message_id"),
                         kToField = field_id("header_to"), kCcField = field_id("header_cc"),
                         kPathField = field_id("path"), kTlsField = field_id("starttls");
    for (const auto& [slot, field] : kTexts) rows_.field(field, record.text(slot));
    rows_.field(kFromField, bare_address(record.text(kMailFrom)));
    rows_.field(kIdField, whole_message_id(record.text(kMessageId)));
    for (const std::string_view part : record.parts(kTo)) rows_.field(kToField, part);
    for (const std::string_view part : record.parts(kCc)) rows_.field(kCcField, part);
    for (const std::string_view part : record.parts(kPath)) rows_.field(kPathField, part);
    rows_.field(kTlsField, tls_);
  }

  RecordSink& sink_;
  MailRows rows_;
  std::string_view tls_;
  std::uint64_t transactions_ = 0, replied_ = 0;
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
