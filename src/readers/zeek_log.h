// Zeek's logs other than dns.log: what their readers have in common.
//
// A log is a list of columns and a taker that makes records of them. TSV and JSON lines hand over
// the same values, so that equal values give equal records. The format and its reject codes are
// told in docs/formats/zeek_conn.md.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/reader.h"
#include "readers/line_reader.h"
#include "readers/zeek_time.h"

namespace assay {

struct ZeekColumn {
  std::string_view name;  // "id.orig_h"; "id_orig_h", as some shippers rewrite it, is taken too
  bool is_list = false;   // set[...] or vector[...]
};

// The first columns of every log here, in this order.
inline constexpr std::size_t kZeekTs = 0;
inline constexpr std::size_t kZeekOrigHost = 1, kZeekOrigPort = 2;
inline constexpr std::size_t kZeekRespHost = 3, kZeekRespPort = 4;

// The values of one line. Views live until the next line. A value of the wrong kind is remembered:
// problem() then refuses the line.
class ZeekRecord {
 public:
  ZeekRecord(std::span<const ZeekColumn> columns, ZeekClock clock);

  static constexpr std::size_t kNoSlot = SIZE_MAX;
  std::size_t slot_of(std::string_view name, std::size_t guess = 0) const;
  bool is_list(std::size_t slot) const { return columns_[slot].is_list; }

  void begin();
  void set_text(std::size_t slot, std::string_view escaped);
  void set_integer(std::size_t slot, std::uint64_t value);
  void set_real(std::size_t slot, double value);
  void set_flag(std::size_t slot, bool value);
  void add_part(std::size_t slot, std::string_view escaped);

  bool has(std::size_t slot) const { return values_[slot].form != Form::unset; }
  std::string_view text(std::size_t slot);  // "" when unset; "true" or "false" of a flag
  std::uint64_t count(std::size_t slot);    // 0 when unset
  std::int64_t micros(std::size_t slot);    // of an interval; 0 when unset
  std::string_view flag(std::size_t slot);  // "true", "false", "" when unset
  std::span<const std::string_view> parts(std::size_t slot);  // of a list

  // Sets time, ends and ports of `row`. A false return or a set problem refuses the line.
  bool set_time(RecordRow& row);
  bool set_ends(RecordRow& row, RecordSink& sink, bool are_needed);
  // Sets until_us to `micros` after the row's time.
  bool set_until(RecordRow& row, std::int64_t micros);
  void refuse(std::size_t slot);

  struct Problem {
    std::string_view code;
    std::string why;
  };
  const Problem& problem() const { return problem_; }
  bool has_problem() const { return !problem_.code.empty(); }

 private:
  enum class Form : std::uint8_t { unset, text, integer, real, flag };
  struct Value {
    Form form = Form::unset;
    bool is_set = false;
    std::string_view text;
    std::uint64_t integer = 0;
    double real = 0;
  };
  std::string_view kept(std::string_view escaped);
  bool set_host(std::size_t slot, RecordSink& sink, bool is_needed, std::uint64_t& key);
  std::uint16_t port(std::size_t slot);

  std::span<const ZeekColumn> columns_;
  ZeekClock clock_;
  std::vector<Value> values_;
  std::vector<std::vector<std::string_view>> parts_;
  std::string unescaped_;  // never longer than its room: views point into it
  Problem problem_;
};

// Makes records of lines. One for each read.
class ZeekTaker {
 public:
  virtual ~ZeekTaker() = default;
  // Adds the records of one line, unless it finds a problem: then it adds none.
  virtual void take(ZeekRecord& record, RecordRow row) = 0;
  virtual void finish() {}  // after the last line
};

struct ZeekLogFormat {
  std::string_view name;     // of the reader
  std::string_view summary;  // one line
  RecordKind kind;
  std::string_view path;  // "conn"; "conn_red" is taken too
  std::span<const ZeekColumn> columns;
  // Columns by which the log is told from others of Zeek where no path is stated: `least_signs` of
  // them must be there.
  std::span<const std::string_view> signs;
  std::size_t least_signs;
  std::unique_ptr<ZeekTaker> (*make_taker)(RecordSink&);
};

class ZeekLog final : public Reader {
 public:
  explicit ZeekLog(const ZeekLogFormat& format) : format_(format) {}
  std::string_view name() const override { return format_.name; }
  std::string_view summary() const override { return format_.summary; }
  std::string_view record_kind() const override { return kind_word(format_.kind); }
  std::string_view unit() const override { return "line"; }
  SniffScore sniff(std::string_view head) const override;
  bool can_read_tail() const override { return true; }
  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override;

 private:
  ZeekLogFormat format_;
};

}  // namespace assay
