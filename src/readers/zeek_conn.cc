// Zeek's conn.log: one record for each connection. docs/formats/zeek_conn.md.
#include <array>

#include "readers/readers.h"
#include "readers/text_numbers.h"
#include "readers/zeek_log.h"

namespace assay {

namespace {

enum Slot : std::size_t {
  kUid = kZeekRespPort + 1,
  kProto,
  kService,
  kDuration,
  kOrigBytes,
  kRespBytes,
  kConnState,
  kMissedBytes,
  kHistory,
  kOrigPackets,
  kOrigIpBytes,
  kRespPackets,
  kRespIpBytes,
  kIpProto,
  kCommunityId,
  kVlan,
  kNode,
};

constexpr std::array<ZeekColumn, 22> kColumns = {{
    {"ts"},           {"id.orig_h"},     {"id.orig_p"},  {"id.resp_h"},
    {"id.resp_p"},    {"uid"},           {"proto"},      {"service"},
    {"duration"},     {"orig_bytes"},    {"resp_bytes"}, {"conn_state"},
    {"missed_bytes"}, {"history"},       {"orig_pkts"},  {"orig_ip_bytes"},
    {"resp_pkts"},    {"resp_ip_bytes"}, {"ip_proto"},   {"community_id"},
    {"vlan"},         {"_node_name"},
}};
static_assert(kColumns[kNode].name == "_node_name" && kColumns[kConnState].name == "conn_state");

constexpr std::array<std::string_view, 5> kSigns = {"conn_state", "history", "missed_bytes",
                                                    "orig_pkts", "orig_ip_bytes"};

constexpr std::uint8_t kIcmp = 1, kTcpProtocol = 6, kUdp = 17, kIcmp6 = 58;

class ConnTaker final : public ZeekTaker {
 public:
  explicit ConnTaker(RecordSink& sink) : sink_(sink) {}

  void take(ZeekRecord& record, RecordRow row) override {
    record.set_ends(row, sink_, true);
    row.protocol = protocol(record);
    row.packets_sent = record.count(kOrigPackets);
    row.packets_received = record.count(kRespPackets);
    row.bytes_sent = record.count(kOrigBytes);
    row.bytes_received = record.count(kRespBytes);
    const std::int64_t duration = record.micros(kDuration);
    if (duration < 0) record.refuse(kDuration);
    if (record.has_problem() || !record.set_until(row, duration)) return;
    const bool is_icmp = row.protocol == kIcmp || row.protocol == kIcmp6;
    const std::string icmp = is_icmp ? icmp_text(row) : std::string();
    if (is_icmp) row.client_port = row.server_port = 0;
    note_gaps(record);
    if (record.has_problem()) return;
    sink_.add_record(row);
    add_fields(record, icmp);
  }

  void finish() override {
    if (rows_ > 0 && counted_ == 0) {
      sink_.note("zeek.no_bytes", "no record tells how many bytes passed", rows_);
    }
  }

 private:
  std::uint8_t protocol(ZeekRecord& record) {
    const std::string_view word = record.text(kProto);
    if (record.has(kIpProto)) {
      const std::uint64_t number = record.count(kIpProto);
      if (number > 255) record.refuse(kIpProto);
      return static_cast<std::uint8_t>(number);
    }
    if (word == "tcp") return kTcpProtocol;
    if (word == "udp") return kUdp;
    if (word != "icmp") return 0;
    // Zeek says "icmp" for both; the address tells.
    return record.text(kZeekOrigHost).find(':') == std::string_view::npos ? kIcmp : kIcmp6;
  }

  // Zeek keeps ICMP's type in the place of the originator's port and the code in the responder's.
  static std::string icmp_text(const RecordRow& row) {
    return std::to_string(row.client_port) + "/" + std::to_string(row.server_port);
  }

  void note_gaps(ZeekRecord& record) {
    ++rows_;
    if (record.has(kOrigBytes) || record.has(kOrigIpBytes)) ++counted_;
    if (record.count(kMissedBytes) > 0) {
      sink_.note("zeek.missed_bytes", "the sensor lost bytes of this connection: see missed_bytes");
    }
  }

  void add_fields(ZeekRecord& record, std::string_view icmp) {
    static const FieldId kUidField = field_id("uid"), kServiceField = field_id("app_protocol"),
                         kStateField = field_id("conn_state"), kHistoryField = field_id("history"),
                         kMissedField = field_id("missed_bytes"),
                         kSentField = field_id("bytes_sent_header"),
                         kReceivedField = field_id("bytes_received_header"),
                         kCommunityField = field_id("community_id"), kVlanField = field_id("vlan"),
                         kIcmpField = field_id("icmp_type"), kNodeField = field_id("sensor_id");
    sink_.add_field(kUidField, record.text(kUid));
    sink_.add_field(kServiceField, record.text(kService));
    sink_.add_field(kStateField, record.text(kConnState));
    sink_.add_field(kHistoryField, record.text(kHistory));
    sink_.add_field(kMissedField, record.text(kMissedBytes));
    sink_.add_field(kSentField, record.text(kOrigIpBytes));
    sink_.add_field(kReceivedField, record.text(kRespIpBytes));
    sink_.add_field(kCommunityField, record.text(kCommunityId));
    sink_.add_field(kVlanField, record.text(kVlan));
    sink_.add_field(kIcmpField, icmp);
    sink_.add_field(kNodeField, record.text(kNode));
  }

  RecordSink& sink_;
  std::uint64_t rows_ = 0, counted_ = 0;
};

}  // namespace

const Reader& zeek_conn_reader() {
  static const ZeekLog reader({"zeek_conn", "conn.log of Zeek, TSV or JSON lines", RecordKind::flow,
                               "conn", kColumns, kSigns, 2,
                               [](RecordSink& sink) -> std::unique_ptr<ZeekTaker> {
                                 return std::make_unique<ConnTaker>(sink);
                               }});
  return reader;
}

}  // namespace assay
