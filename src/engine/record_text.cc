// RowText: records of other kinds than look-ups.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "engine/evidence_lines.h"
#include "engine/row_text.h"
#include "engine/told.h"

namespace assay {
namespace {

void add_value(nlohmann::ordered_json& json, const std::string& key, std::string text) {
  auto& value = json[key];
  if (value.is_null()) {
    value = std::move(text);
  } else {
    if (!value.is_array()) value = nlohmann::ordered_json::array({value});
    value.push_back(std::move(text));
  }
}

// {"queue_id":"4ABC","recipient":["a@bank.example","b@bank.example"]}; bytes that are no UTF-8 as
// in put_bytes(), escaped and under WORD_hex.
std::string fields_json(const StoredRecord& record) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [field, text] : record.fields) {
    const std::string word(field_word(field));
    if (is_utf8(text)) {
      add_value(json, word, text);
    } else {
      add_value(json, word, escape_bytes(text));
      add_value(json, word + "_hex", hex_digits(text));
    }
  }
  return json.dump();
}

std::string time_text(const RecordRow& row, std::int64_t us) {
  return (row.flags & kTimeUnknown) != 0 ? std::string() : format_utc(us, 6);
}

// Readers cap a width that its column cannot hold (a stamp that is a day).
bool is_width_told(const RecordRow& row) {
  return (row.flags & kTimeUnknown) == 0 && row.width_us != UINT32_MAX;
}

std::string number_text(std::uint64_t number, bool is_zero_told) {
  return number == 0 && !is_zero_told ? std::string() : std::to_string(number);
}

std::string amount_text(std::uint64_t bytes, std::uint64_t packets, bool is_zero_told) {
  const bool has_bytes = bytes != 0 || is_zero_told, has_packets = packets != 0 || is_zero_told;
  if (has_bytes && has_packets) return fmt::format("{} bytes in {} packets", bytes, packets);
  if (has_bytes) return fmt::format("{} bytes", bytes);
  return has_packets ? fmt::format("{} packets", packets) : std::string();
}

std::string person_time(const RecordRow& row) {
  if ((row.flags & kTimeUnknown) != 0) return "not told";
  const std::string time = format_utc(row.time_us, 6);
  if (is_width_told(row)) return fmt::format("{} (width {} us)", time, row.width_us);
  if (row.until_us != row.time_us) return time;  // the end says it
  return fmt::format("{} (width {} s or more)", time, UINT32_MAX / kMicrosPerSecond);
}

}  // namespace

bool RowText::is_zero_told(const StoredRecord& record) const {
  if (record.row.kind != RecordKind::flow) return false;
  const auto index = state_.index_of(record.evidence);
  return index && tells_flow_counts(state_.evidences[*index]);
}

std::string RowText::record_csv_header() {
  return "evidence,offset,length,kind,time,until,width_us,client,client_port,server,server_port,"
         "protocol,name,type,code,count,packets_sent,packets_received,bytes_sent,bytes_received,"
         "flags,fields\n";
}

void RowText::append_csv(std::string& out, const StoredRecord& record) {
  const RecordRow& row = record.row;
  const bool is_told = is_zero_told(record);
  const auto number = [is_told](std::uint64_t value) { return number_text(value, is_told); };
  out += fmt::format("{},{},{},{},{},{},{},", evidence_id(record.evidence), row.offset, row.length,
                     kind_word(row.kind), time_text(row, row.time_us), time_text(row, row.until_us),
                     is_width_told(row) ? std::to_string(row.width_us) : "");
  append_host(out, row.client);
  out += fmt::format(",{},", number(row.client_port));
  append_host(out, row.server);
  out += fmt::format(",{},{},", number(row.server_port), number_text(row.protocol, false));
  append_csv_field(out, names_.find(row.name));
  out += fmt::format(",{},{},{},{},{},{},{},{},", row.type == 0 ? "" : qtype_text(row.type),
                     row.code == kNoCode ? "" : std::to_string(row.code), row.count,
                     number(row.packets_sent), number(row.packets_received), number(row.bytes_sent),
                     number(row.bytes_received), flag_words(row.flags));
  append_csv_field(out, fields_json(record));
  out += '\n';
}

void RowText::append_for_person(std::string& out, const StoredRecord& record) {
  const RecordRow& row = record.row;
  const auto line = [&out](std::string_view word, std::string_view text) {
    if (!text.empty()) out += fmt::format("  {:<9} {}\n", word, text);
  };
  line("kind", kind_word(row.kind));
  line("time", person_time(row));
  if (row.until_us != row.time_us) line("until", time_text(row, row.until_us));
  for (const auto& [word, key, port] : {std::tuple("client", row.client, row.client_port),
                                        std::tuple("server", row.server, row.server_port)}) {
    std::string host;
    append_host(host, key);
    line(word, port == 0 ? host : fmt::format("{} port {}", host, port));
  }
  line("name", names_.find(row.name));
  if (row.type != 0) line("type", qtype_text(row.type));
  if (row.code != kNoCode) line("code", std::to_string(row.code));
  if (row.count != 1) line("count", std::to_string(row.count));
  const bool is_told = is_zero_told(record);
  line("sent", amount_text(row.bytes_sent, row.packets_sent, is_told));
  line("received", amount_text(row.bytes_received, row.packets_received, is_told));
  line("flags", flag_words(row.flags));
  for (const auto& [field, text] : record.fields) {
    line(field_word(field), escape_bytes(text));
  }
}

}  // namespace assay
