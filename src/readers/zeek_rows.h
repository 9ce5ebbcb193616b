// Zeek's dns.log, field by field: what TSV and JSON have in common.
//
// Both forms hand over named fields; equal fields give equal rows, whichever form they came in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/reader.h"
#include "readers/line_reader.h"
#include "readers/text_keys.h"
#include "readers/zeek_time.h"

namespace assay {

enum class ZeekField {
  none,
  ts,
  orig_h,
  orig_p,
  resp_h,
  resp_p,
  proto,
  trans_id,
  rtt,
  query,
  original_query,
  qclass,
  qtype,
  rcode,
  opcode,
  aa,
  tc,
  rd,
  ra,
  answers,
  ttls,
  qclass_name,
  qtype_name,
  rcode_name,
};
// "id.orig_h" -> orig_h; none for a field that we do not keep. "id_orig_h", as some shippers
// rewrite it, is taken too.
ZeekField zeek_field(std::string_view name);

// Collects the fields of one record at a time. Views handed in live until finish().
class ZeekRows {
 public:
  ZeekRows(ZeekClock clock, RecordSink& sink);

  void begin();
  // False when the value is none of the field's; finish() then refuses the record.
  bool set_text(ZeekField field, std::string_view text);
  bool set_integer(ZeekField field, std::uint64_t value);
  bool set_real(ZeekField field, double value);
  void set_flag(ZeekField field, bool is_set);
  void add_answer(std::string_view text) { answers_.push_back(text); }
  bool add_ttl(double seconds);
  bool add_ttl(std::string_view text);

  // Makes the row, or the reject, of what was set since begin().
  void finish(const TextLine& line);

  // After the last line: notes what no record of the log told.
  void note_missing();

 private:
  bool set_time(const std::optional<ZeekClock::Reading>& time);
  bool refuse_field(ZeekField field);
  bool set_key_fields(const TextLine& line);
  void take_names();
  bool set_name(const TextLine& line);
  void add_answers();

  ZeekClock clock_;
  RecordSink& sink_;
  TextKeys keys_;

  DnsRow row_;
  bool has_time_ = false, is_time_in_range_ = true;
  bool has_qtype_ = false, has_query_ = false, has_qclass_ = false;
  ZeekField unreadable_ = ZeekField::none;
  std::uint16_t server_port_ = 0;
  std::string_view client_, server_, query_, original_query_;
  std::string_view qclass_name_, qtype_name_, rcode_name_;
  std::vector<std::string_view> answers_;
  std::vector<std::uint32_t> ttls_;
  std::string bytes_;
  std::uint64_t rows_ = 0, typed_ = 0, answered_ = 0, named_ = 0;
};

}  // namespace assay
