#include "methods/support/open_connection.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "methods/support/direct_ends.h"

namespace assay::methods {
namespace {

constexpr std::uint8_t kTcp = 6, kSctp = 132;
constexpr std::uint16_t kFirstFreePort = 1'024;
// The words of Zeek, Argus and Suricata for connections whose handshake they saw whole. Not Zeek's
// RSTO and RSTR: a half-open scan leaves the first, and a server that resets a forged
// acknowledgement the second; not Argus' FIN and RST nor Suricata's "closed", by either side alone.
constexpr std::array<std::string_view, 8> kOpenStates{"SF",  "S1",  "S2",  "S3",
                                                      "CON", "EST", "CLO", "established"};

// `letter` of "...AP.SF" or "FSPA", or its bit of Suricata's "1b" (lower-case hex).
bool has_flag(std::string_view flags, char letter) {
  unsigned bits = 0;
  const char* end = flags.data() + flags.size();
  if (std::from_chars(flags.data(), end, bits, 16).ptr == end &&
      flags.find_first_of("ABCDEF") == std::string_view::npos) {
    constexpr std::string_view kBits = "FSRPAUEC";
    return (bits >> kBits.find(letter) & 1) != 0;
  }
  return flags.find(letter) != std::string_view::npos;
}

}  // namespace

bool is_opened(const OtherRow& flow, const OtherRow* back) {
  static const FieldId kState = field_id("conn_state"), kSent = field_id("tcp_flags_sent"),
                       kReceived = field_id("tcp_flags_received");
  if (flow.row.protocol != kTcp && flow.row.protocol != kSctp) return false;
  const std::string_view state = flow.field(kState);
  if (std::find(kOpenStates.begin(), kOpenStates.end(), state) != kOpenStates.end()) return true;
  // A first packet alone opens nothing, however much comes back: boxes on the way answer it too.
  const std::string_view sent = flow.field(kSent);
  if (flow.row.packets_sent < 2 || (!sent.empty() && !has_flag(sent, 'A'))) return false;
  const std::string_view received = back != nullptr ? back->field(kSent) : flow.field(kReceived);
  return has_flag(received, 'F') || has_flag(received, 'P') || has_content_received(flow) ||
         (back != nullptr && has_content_sent(*back));
}

bool has_doubtful_client(const OtherRow& flow) {
  return flow.row.client_port != 0 && flow.row.client_port < kFirstFreePort &&
         flow.row.server_port >= kFirstFreePort;
}

}  // namespace assay::methods
