// Events of Suricata's eve.json and what each type becomes. For .cc files: simdjson is heavy.
// See docs/formats/suricata_eve.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "readers/exchanges.h"
#include "readers/json_values.h"
#include "readers/line_reader.h"
#include "readers/log_stamp.h"
#include "readers/text_keys.h"

namespace assay {

// What all events share. Views live as long as the line's parse.
struct EveEvent {
  TextLine line;
  simdjson::dom::object object;
  std::string_view type;
  std::int64_t time_us = 0;
  std::uint32_t width_us = 1;
  std::string_view source, destination;  // addresses
  std::uint16_t source_port = 0, destination_port = 0;
  std::string_view protocol;
};

// Why an event was refused; an empty code: it was not.
struct EveProblem {
  std::string_view code, why;
  explicit operator bool() const { return !code.empty(); }
};

// What the makers of records share. One per read; used by one thread.
class EveContext {
 public:
  EveContext(LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : sink(sink), keys(sink), clock_(std::move(clock)), skew_us_(skew_us) {}

  // An instant as eve.json prints it, with the skew.
  EveProblem time(std::string_view text, std::int64_t& us, std::uint32_t& width_us);
  // A name as eve.json prints it: labels between dots, bytes as \xNN or lost. `is_cut`: Suricata
  // says that it left out the end.
  EveProblem name(std::string_view text, bool is_cut, TextKeys::Name& name, std::uint32_t& flags);
  // The two addresses as host keys, the first as the one who began.
  EveProblem hosts(const EveEvent& event, std::uint64_t& client, std::uint64_t& server);
  // A record of the event, begun: place, time, ends, protocol.
  EveProblem begin(const EveEvent& event, RecordKind kind, RecordRow& row);

  RecordSink& sink;
  TextKeys keys;

 private:
  LogClock clock_;
  std::int64_t skew_us_;
  std::string bytes_;
};

// dns events of versions 1, 2 and 3, paired to rows.
class EveDns {
 public:
  explicit EveDns(EveContext& context) : context_(context), exchanges_(context.sink) {}

  // Settles nothing: an event that is not refused is used.
  EveProblem take(const EveEvent& event);
  // Sends off what waits. Call once at the end.
  void finish();

 private:
  EveProblem take_message(const EveEvent& event, simdjson::dom::object dns, bool is_answer);
  EveProblem set_question(simdjson::dom::object question, DnsRow& row);
  void add_extra_questions(simdjson::dom::object dns, const DnsRow& row);
  EveProblem take_answer(const EveEvent& event, simdjson::dom::object dns, PendingQuery& answer);
  void add_records(simdjson::dom::object dns, DnsRow& row);
  void add_record(simdjson::dom::object record, std::uint8_t section, DnsRow& row);
  void close_first_version();

  EveContext& context_;
  Exchanges exchanges_;
  // The answer of version 1 whose records may still come, one event each.
  std::optional<DnsRow> open_;
  std::int64_t open_time_us_ = 0;
  std::uint64_t open_key_ = 0;
  std::string rdata_;
};

// Each adds the records of one event.
EveProblem add_eve_flow(EveContext& context, const EveEvent& event);
EveProblem add_eve_mail(EveContext& context, const EveEvent& event);
EveProblem add_eve_tls(EveContext& context, const EveEvent& event);
// False when the event tells nothing of lost packets.
bool add_eve_stats(EveContext& context, const EveEvent& event, EveProblem& problem);

// A member that is a string, or empty; that is an object, or nothing.
inline std::string_view eve_text(simdjson::dom::object object, std::string_view key) {
  simdjson::dom::element value;
  return object[key].get(value) ? std::string_view() : json_text(value);
}
inline std::optional<std::uint64_t> eve_count(simdjson::dom::object object, std::string_view key) {
  simdjson::dom::element value;
  return object[key].get(value) ? std::nullopt : json_count(value);
}
inline std::optional<simdjson::dom::object> eve_object(simdjson::dom::object object,
                                                       std::string_view key) {
  simdjson::dom::object inner;
  return object[key].get(inner) ? std::nullopt : std::optional(inner);
}

}  // namespace assay
