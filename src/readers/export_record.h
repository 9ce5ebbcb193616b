// One data record of IPFIX or NetFlow: its fields, and the flow that they tell of.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/reader.h"
#include "readers/export_template.h"

namespace assay {

// What the message around a record says of time.
struct ExportTimes {
  std::int64_t export_us = 0;   // of the message
  std::uint32_t width_us = 1;   // of export_us
  std::uint32_t uptime_ms = 0;  // of the exporter at export_us; NetFlow only
  bool has_uptime = false;
  std::optional<std::int64_t> boot_us;  // from systemInitTimeMilliseconds, IPFIX
};

// The values of one record that are known here. Views point into the record.
struct ExportValues {
  enum Count : std::size_t {
    sent_octets,
    sent_packets,
    back_octets,
    back_packets,
    flows,
    // What exporters tell of themselves.
    lost_packets,
    lost_flows,
    counts
  };
  enum Number : std::size_t {
    client_port,
    server_port,
    protocol,
    sent_flags,
    back_flags,
    tos,
    vlan,
    input,
    output,
    icmp,  // 256 * type + code
    icmp_type,
    icmp_code,
    direction,
    end_reason,
    sampling_interval,
    sampling_space,
    flow_id,
    numbers
  };
  std::array<std::optional<std::uint64_t>, counts> count;
  std::array<std::optional<std::uint64_t>, numbers> number;
  std::string_view client, server, next_hop, exporter;  // 4 or 16 bytes
  std::string_view application;
  bool has_out_counters = false;  // NetFlow's OUT_BYTES, of the same way behind the router

  std::optional<std::int64_t> begin_us, end_us;
  std::uint32_t width_us = 1;
  std::optional<std::uint32_t> begin_uptime_ms, end_uptime_ms;
  std::optional<std::uint64_t> begin_delta_us, end_delta_us;  // before the message's time
  std::optional<std::uint64_t> duration_us;
  std::optional<std::int64_t> boot_us;

  bool is_flow() const { return !client.empty() && !server.empty(); }
};

// Takes one record off `set`. False when it does not fit.
bool take_values(const ExportTemplate& layout, std::string_view& set, ExportValues& out);

// Makes rows of values. Returns the code and the reason of a refusal.
class ExportRows {
 public:
  ExportRows(std::int64_t skew_us, RecordSink& sink) : skew_us_(skew_us), sink_(sink) {}

  struct Refusal {
    std::string_view code, why;
  };
  std::optional<Refusal> add_flow(const ExportValues& values, const ExportTimes& times,
                                  std::uint64_t offset, std::uint32_t length);
  // A record of kind recorder at the time of a message. Nothing when that is no time.
  std::optional<Refusal> add_recorder(const ExportTimes& times, std::uint64_t offset,
                                      std::uint32_t length);
  void note_missing();

 private:
  bool set_times(const ExportValues& values, const ExportTimes& times, RecordRow& row) const;
  void set_icmp(const ExportValues& values, RecordRow& row);
  void add_fields(const ExportValues& values);

  std::int64_t skew_us_;
  RecordSink& sink_;
  std::string icmp_;
  std::uint64_t rows_ = 0, two_way_ = 0;
};

}  // namespace assay
