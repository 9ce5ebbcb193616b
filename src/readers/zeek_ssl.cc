// Zeek's ssl.log: one record for each TLS handshake. docs/formats/zeek_ssl.md.
#include <array>

#include "readers/field_table.h"
#include "readers/readers.h"
#include "readers/text_keys.h"
#include "readers/tls_version.h"
#include "readers/zeek_log.h"

namespace assay {

namespace {

enum Slot : std::size_t {
  kUid = kZeekRespPort + 1,
  kVersion,
  kCipher,
  kServerName,
  kResumed,
  kLastAlert,
  kNextProtocol,
  kEstablished,
  kSslHistory,
  kFingerprints,
  kSubject,
  kIssuer,
  kValidation,
  kJa3,
  kJa3s,
  kNode,
};

constexpr std::array<ZeekColumn, kNode + 1> kColumns = {
    {{"ts"},          {"id.orig_h"},   {"id.orig_p"},
     {"id.resp_h"},   {"id.resp_p"},   {"uid"},
     {"version"},     {"cipher"},      {"server_name"},
     {"resumed"},     {"last_alert"},  {"next_protocol"},
     {"established"}, {"ssl_history"}, {"cert_chain_fps", true},
     {"subject"},     {"issuer"},      {"validation_status"},
     {"ja3"},         {"ja3s"},        {"_node_name"}}};
static_assert(kColumns[kSubject].name == "subject" && kColumns[kResumed].name == "resumed");

constexpr std::array<std::string_view, 8> kSigns = {
    "cipher",      "curve",       "resumed",        "established",
    "server_name", "ssl_history", "cert_chain_fps", "cert_chain_fuids"};

constexpr std::uint8_t kTcpProtocol = 6, kUdp = 17;

class SslTaker final : public ZeekTaker {
 public:
  explicit SslTaker(RecordSink& sink) : sink_(sink), keys_(sink) {}

  void take(ZeekRecord& record, RecordRow row) override {
    // Over UDP run DTLS and QUIC, which the version tells ("DTLSv12").
    row.protocol = record.text(kVersion).starts_with("DTLS") ? kUdp : kTcpProtocol;
    const std::string_view resumed = record.flag(kResumed);
    const std::string_view established = record.flag(kEstablished);
    if (!record.set_ends(row, sink_, true)) return;
    row.name = server_name(record.text(kServerName));
    sink_.add_record(row);
    add_fields(record);
    static const FieldId kResumedField = field_id("tls_resumed"),
                         kEstablishedField = field_id("tls_established");
    sink_.add_field(kResumedField, resumed);
    sink_.add_field(kEstablishedField, established);
  }

 private:
  // The client may send anything as the name: an address, or no name at all.
  std::uint64_t server_name(std::string_view text) {
    TextKeys::Name name;
    if (text.empty() || IpAddress::parse(text)) return 0;
    if (const auto problem = keys_.name(text, name)) {
      sink_.note("zeek.server_name.unreadable", text);
      return 0;
    }
    return name.key;
  }

  void add_fields(ZeekRecord& record) {
    static const auto kTexts = field_table<Slot>({{kUid, "uid"},
                                                  {kCipher, "tls_cipher"},
                                                  {kServerName, "sni"},
                                                  {kLastAlert, "error"},
                                                  {kNextProtocol, "app_protocol"},
                                                  {kSslHistory, "history"},
                                                  {kSubject, "certificate_subject"},
                                                  {kIssuer, "certificate_issuer"},
                                                  {kValidation, "tls_verify"},
                                                  {kJa3, "ja3"},
                                                  {kJa3s, "ja3s"},
                                                  {kNode, "sensor_id"}});
    static const FieldId kFingerprintField = field_id("certificate_sha256"),
                         kVersionField = field_id("tls_version");
    sink_.add_field(kVersionField, tls_version_text(record.text(kVersion)));
    for (const auto& [slot, field] : kTexts) sink_.add_field(field, record.text(slot));
    for (const std::string_view part : record.parts(kFingerprints)) {
      sink_.add_field(kFingerprintField, part);
    }
  }

  RecordSink& sink_;
  TextKeys keys_;
};

}  // namespace

const Reader& zeek_ssl_reader() {
  static const ZeekLog reader({"zeek_ssl", "ssl.log of Zeek, TSV or JSON lines",
                               RecordKind::service, "ssl", kColumns, kSigns, 3,
                               [](RecordSink& sink) -> std::unique_ptr<ZeekTaker> {
                                 return std::make_unique<SslTaker>(sink);
                               }});
  return reader;
}

}  // namespace assay
