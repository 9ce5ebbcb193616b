// One flow out of the cells of a table, whatever the table's exporter.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/reader.h"
#include "readers/delimited_time.h"
#include "readers/flow_columns.h"
#include "readers/line_reader.h"
#include "readers/log_stamp.h"

namespace assay {

// "...AP.SF": the TCP flags of a number in the order CWR ECE URG ACK PSH RST SYN FIN.
std::string tcp_flag_letters(unsigned flags);

// One for each read. Views handed in live until take().
class FlowRecord {
 public:
  // `prefix` begins the reject codes ("nfdump": "nfdump.time.unreadable").
  FlowRecord(std::string_view prefix, LogClock clock, std::int64_t skew_us, TimeFormat format,
             RecordSink& sink);

  void begin() { cells_.fill({}); }
  // A second value for one column counts where the first is empty or an unset address (exporters
  // name both families).
  void set(FlowColumn column, std::string_view text);

  // Makes the record of what was set, or rejects the line. Tells the unit's fate.
  void take(const TextLine& line);
  // Makes a record of kind recorder instead: the exporter tells of a span without flows, or of one
  // that it skipped.
  void take_status(const TextLine& line);

  // Of the records so far.
  struct Totals {
    std::uint64_t flows = 0, packets = 0, bytes = 0;  // of both ways
    std::uint64_t bytes_back = 0;
  };
  const Totals& totals() const { return totals_; }

  // After the last line: notes what no record told.
  void note_missing();

 private:
  struct Times {
    std::int64_t begin_us = 0, end_us = 0;
    std::uint32_t width_us = 1, flags = 0;
    std::optional<std::int64_t> duration_us;
  };
  std::string_view cell(FlowColumn column) const {
    return cells_[static_cast<std::size_t>(column)];
  }
  RecordRow row_at(const TextLine& line, RecordKind kind) const;
  bool refuse(std::string_view code, std::string why);  // `code` behind the prefix
  bool refuse_as(std::string code, std::string why);
  bool read_time(std::string_view text, LogClock::Reading& out);
  bool set_times(RecordRow& row);
  bool read_duration(Times& times);
  bool set_hosts(RecordRow& row);
  bool set_ports(RecordRow& row);
  bool set_counts(RecordRow& row);
  bool count(FlowColumn column, std::uint64_t& out, bool& is_told);
  bool split_total(FlowColumn total, FlowColumn sent, FlowColumn received, std::uint64_t& out_sent,
                   std::uint64_t& out_received);
  void set_protocol(RecordRow& row);
  void add_fields();
  void add_flags(FlowColumn column, FieldId field);

  std::string prefix_;
  LogClock clock_;
  std::int64_t skew_us_;
  TimeFormat format_;
  RecordSink& sink_;
  std::array<std::string_view, static_cast<std::size_t>(FlowColumn::sensor) + 1> cells_;
  std::string refusal_code_, refusal_why_;
  std::string icmp_;
  std::optional<std::int64_t> odd_duration_us_;
  Totals totals_;
  std::uint64_t rows_ = 0, timed_ = 0, counted_ = 0, two_way_ = 0;
};

}  // namespace assay
