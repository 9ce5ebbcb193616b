// RowText: records of other kinds than look-ups.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/evidence_lines.h"
#include "engine/row_text.h"

namespace assay {
namespace {

// {"queue_id":"4ABC","recipient":["a@bank.example","b@bank.example"]}; bytes that are no UTF-8 are
// replaced here and stay as they are in the evidence.
std::string fields_json(const StoredRecord& record) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [field, text] : record.fields) {
    auto& value = json[std::string(field_word(field))];
    if (value.is_null()) {
      value = text;
    } else {
      if (!value.is_array()) value = nlohmann::ordered_json::array({value});
      value.push_back(text);
    }
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string time_text(const RecordRow& row, std::int64_t us) {
  return (row.flags & kTimeUnknown) != 0 ? std::string() : format_utc(us, 6);
}

}  // namespace

std::string RowText::record_csv_header() {
  return "evidence,offset,length,kind,time,until,width_us,client,client_port,server,server_port,"
         "protocol,name,type,code,count,packets_sent,packets_received,bytes_sent,bytes_received,"
         "flags,fields\n";
}

void RowText::append_csv(std::string& out, const StoredRecord& record) {
  const RecordRow& row = record.row;
  out += fmt::format("{},{},{},{},{},{},{},", evidence_id(record.evidence), row.offset, row.length,
                     kind_word(row.kind), time_text(row, row.time_us), time_text(row, row.until_us),
                     row.width_us);
  append_host(out, row.client);
  out += fmt::format(",{},", row.client_port);
  append_host(out, row.server);
  out += fmt::format(",{},{},", row.server_port, row.protocol);
  append_csv_field(out, names_.find(row.name));
  out +=
      fmt::format(",{},{},{},{},{},{},{},{},", row.type == 0 ? "" : qtype_text(row.type),
                  row.code == kNoCode ? "" : std::to_string(row.code), row.count, row.packets_sent,
                  row.packets_received, row.bytes_sent, row.bytes_received, flag_words(row.flags));
  append_csv_field(out, fields_json(record));
  out += '\n';
}

void RowText::append_for_person(std::string& out, const StoredRecord& record) {
  const RecordRow& row = record.row;
  const auto line = [&out](std::string_view word, std::string_view text) {
    if (!text.empty()) out += fmt::format("  {:<9} {}\n", word, text);
  };
  line("kind", kind_word(row.kind));
  if ((row.flags & kTimeUnknown) != 0) {
    line("time", "not told");
  } else {
    line("time", fmt::format("{} (width {} us)", format_utc(row.time_us, 6), row.width_us));
    if (row.until_us != row.time_us) line("until", format_utc(row.until_us, 6));
  }
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
  if (row.bytes_sent + row.bytes_received + row.packets_sent + row.packets_received > 0) {
    line("sent", fmt::format("{} bytes in {} packets", row.bytes_sent, row.packets_sent));
    line("received",
         fmt::format("{} bytes in {} packets", row.bytes_received, row.packets_received));
  }
  line("flags", flag_words(row.flags));
  for (const auto& [field, text] : record.fields) {
    line(field_word(field), escape_bytes(text));
  }
}

}  // namespace assay
