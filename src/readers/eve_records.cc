// The events of eve.json that are no look-ups.
#include <fmt/core.h>

#include <algorithm>

#include "readers/eve_event.h"
#include "readers/mail_record.h"
#include "readers/tls_version.h"

namespace assay {
namespace {

void add_text(RecordSink& sink, FieldId field, simdjson::dom::object object, std::string_view key) {
  simdjson::dom::element value;
  if (object[key].get(value) || value.is_null()) return;
  std::string text;
  append_json(value, text);
  sink.add_field(field, text);
}

// Calls `take` with each string of a member that is a list of strings, or with the one it is.
template <class Take>
void for_each_text(simdjson::dom::object object, std::string_view key, Take take) {
  simdjson::dom::element value;
  if (object[key].get(value)) return;
  simdjson::dom::array parts;
  if (value.get(parts)) {
    if (const auto text = json_text(value); !text.empty()) take(text);
    return;
  }
  for (const simdjson::dom::element part : parts) {
    if (const auto text = json_text(part); !text.empty()) take(text);
  }
}

void add_texts(RecordSink& sink, FieldId field, simdjson::dom::object object,
               std::string_view key) {
  for_each_text(object, key,
                [&sink, field](std::string_view text) { sink.add_field(field, text); });
}

void add_shared_fields(EveContext& context, const EveEvent& event) {
  static const FieldId kUid = field_id("uid"), kCommunity = field_id("community_id"),
                       kSensor = field_id("sensor_id"), kVlan = field_id("vlan");
  add_text(context.sink, kUid, event.object, "flow_id");
  add_text(context.sink, kCommunity, event.object, "community_id");
  add_text(context.sink, kSensor, event.object, "host");
  add_text(context.sink, kVlan, event.object, "vlan");
}

}  // namespace

EveProblem add_eve_flow(EveContext& context, const EveEvent& event) {
  static const FieldId kApp = field_id("app_protocol"), kState = field_id("conn_state"),
                       kReason = field_id("flow_end_reason"), kSent = field_id("tcp_flags_sent"),
                       kReceived = field_id("tcp_flags_received");
  const auto flow = eve_object(event.object, "flow");
  if (!flow) return {"eve.flow.unreadable", "a flow event without its 'flow' object"};
  RecordRow row;
  if (const EveProblem problem = context.begin(event, RecordKind::flow, row)) return problem;
  const std::string_view start = eve_text(*flow, "start"), end = eve_text(*flow, "end");
  std::uint32_t end_width_us = 1;
  if (!start.empty()) {
    if (const auto problem = context.time(start, row.time_us, row.width_us)) return problem;
    row.until_us = row.time_us;
  }
  if (!end.empty()) {
    if (const auto problem = context.time(end, row.until_us, end_width_us)) return problem;
  }
  if (row.until_us < row.time_us) {
    return {"eve.flow.backwards", "the flow ends before it begins"};
  }
  row.packets_sent = eve_count(*flow, "pkts_toserver").value_or(0);
  row.packets_received = eve_count(*flow, "pkts_toclient").value_or(0);
  row.bytes_sent = eve_count(*flow, "bytes_toserver").value_or(0);
  row.bytes_received = eve_count(*flow, "bytes_toclient").value_or(0);
  context.sink.add_record(row);
  add_text(context.sink, kApp, event.object, "app_proto");
  add_text(context.sink, kState, *flow, "state");
  add_text(context.sink, kReason, *flow, "reason");
  if (const auto tcp = eve_object(event.object, "tcp")) {
    add_text(context.sink, kSent, *tcp, "tcp_flags_ts");
    add_text(context.sink, kReceived, *tcp, "tcp_flags_tc");
  }
  add_shared_fields(context, event);
  return {};
}

EveProblem add_eve_mail(EveContext& context, const EveEvent& event) {
  static const FieldId kHelo = field_id("helo"), kFrom = field_id("envelope_from"),
                       kRecipient = field_id("recipient"), kHeaderFrom = field_id("header_from"),
                       kHeaderTo = field_id("header_to"), kHeaderCc = field_id("header_cc"),
                       kSubject = field_id("subject"), kMessageId = field_id("message_id"),
                       kAttachment = field_id("attachment"), kMailer = field_id("x_mailer"),
                       kDate = field_id("date_header"), kCount = field_id("recipient_count"),
                       kStatus = field_id("status");
  const auto smtp = eve_object(event.object, "smtp");
  const auto email = eve_object(event.object, "email");
  if (!smtp && !email)
    return {"eve.mail.unreadable", "a mail event with neither 'smtp' nor 'email'"};
  RecordRow row;
  if (const EveProblem problem = context.begin(event, RecordKind::mail, row)) return problem;
  MailRows mail(context.sink);
  std::vector<std::string_view> recipients;
  if (smtp)
    for_each_text(*smtp, "rcpt_to", [&](auto text) { recipients.push_back(bare_address(text)); });
  const std::size_t records = std::clamp<std::size_t>(recipients.size(), 1, kMostRecipientRecords);
  if (recipients.size() > records) {
    context.sink.note("eve.many_recipients",
                      "the last record of a mail names all recipients behind the hundredth");
  }
  for (std::size_t i = 0; i < records; ++i) {
    const std::size_t end = i + 1 == records ? recipients.size() : i + 1;
    row.name = i < end ? mail.domain_of(recipients[i]) : 0;
    row.count = std::max<std::size_t>(end - std::min(i, end), 1);
    context.sink.add_record(row);
    if (smtp) {
      add_text(context.sink, kHelo, *smtp, "helo");
      context.sink.add_field(kFrom, bare_address(eve_text(*smtp, "mail_from")));
    }
    for (std::size_t each = i; each < end; ++each) {
      context.sink.add_field(kRecipient, recipients[each]);
    }
    if (recipients.size() > 1) context.sink.add_field(kCount, std::to_string(recipients.size()));
    if (email) {
      add_text(context.sink, kHeaderFrom, *email, "from");
      add_texts(context.sink, kHeaderTo, *email, "to");
      add_texts(context.sink, kHeaderCc, *email, "cc");
      add_text(context.sink, kSubject, *email, "subject");
      context.sink.add_field(kMessageId, whole_message_id(eve_text(*email, "message_id")));
      add_text(context.sink, kDate, *email, "date");
      add_text(context.sink, kMailer, *email, "x_mailer");
      add_text(context.sink, kStatus, *email, "status");
      add_texts(context.sink, kAttachment, *email, "attachment");
    }
    add_shared_fields(context, event);
  }
  return {};
}

EveProblem add_eve_tls(EveContext& context, const EveEvent& event) {
  static constexpr std::pair<std::string_view, std::string_view> kFields[] = {
      {"sni", "sni"},
      {"subject", "certificate_subject"},
      {"issuerdn", "certificate_issuer"},
      {"serial", "certificate_serial"},
      {"fingerprint", "tls_fingerprint"},
      {"notbefore", "certificate_not_before"},
      {"notafter", "certificate_not_after"},
      {"subjectaltname", "certificate_names"},
      {"from_proto", "starttls"}};
  static const FieldId kApp = field_id("app_protocol"), kJa3 = field_id("ja3"),
                       kJa3s = field_id("ja3s"), kVersion = field_id("tls_version");
  const auto tls = eve_object(event.object, "tls");
  if (!tls) return {"eve.tls.unreadable", "a tls event without its 'tls' object"};
  RecordRow row;
  if (const EveProblem problem = context.begin(event, RecordKind::service, row)) return problem;
  TextKeys::Name name;
  const std::string_view sni = eve_text(*tls, "sni");
  if (!sni.empty() && !context.name(sni, false, name, row.flags)) row.name = name.key;
  context.sink.add_record(row);
  context.sink.add_field(kApp, "tls");
  for (const auto& [key, word] : kFields) add_text(context.sink, field_id(word), *tls, key);
  context.sink.add_field(kVersion, tls_version_text(eve_text(*tls, "version")));
  if (const auto ja3 = eve_object(*tls, "ja3")) add_text(context.sink, kJa3, *ja3, "hash");
  if (const auto ja3s = eve_object(*tls, "ja3s")) add_text(context.sink, kJa3s, *ja3s, "hash");
  add_shared_fields(context, event);
  return {};
}

bool add_eve_stats(EveContext& context, const EveEvent& event, EveProblem& problem) {
  static const FieldId kEvent = field_id("event"), kLoss = field_id("packet_loss"),
                       kMetric = field_id("metric"), kValue = field_id("value");
  const auto stats = eve_object(event.object, "stats");
  const auto capture = stats ? eve_object(*stats, "capture") : std::nullopt;
  const auto drops = capture ? eve_count(*capture, "kernel_drops") : std::nullopt;
  if (!drops) return false;
  RecordRow row;
  problem = context.begin(event, RecordKind::recorder, row);
  if (problem) return true;
  context.sink.add_record(row);
  context.sink.add_field(kEvent, "stats");
  context.sink.add_field(kLoss, std::to_string(*drops));
  if (const auto packets = eve_count(*capture, "kernel_packets")) {
    context.sink.add_field(kMetric, "capture.kernel_packets");
    context.sink.add_field(kValue, std::to_string(*packets));
  }
  if (*drops > 0) {
    context.sink.note("eve.packets_dropped",
                      "statistics after which the kernel had dropped packets before Suricata");
  }
  return true;
}

}  // namespace assay
