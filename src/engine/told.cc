#include "engine/told.h"

#include <algorithm>
#include <string_view>

namespace assay {
namespace {

bool is_read_by(const Evidence& evidence, std::string_view format) {
  return evidence.format == format ||
         std::any_of(evidence.also.begin(), evidence.also.end(),
                     [&](const Reading& reading) { return reading.format == format; });
}

}  // namespace

bool tells_ids(const Evidence& evidence) {
  // Their readers have the message, or take no line without an id. Zeek, Suricata, C-DNS and lists
  // may leave it out.
  constexpr std::string_view kFormats[] = {"pcap_dns", "dnstap", "windows_dns_debug",
                                           "coredns_log"};
  return std::any_of(std::begin(kFormats), std::end(kFormats),
                     [&](std::string_view format) { return is_read_by(evidence, format); });
}

bool tells_flow_counts(const Evidence& evidence) { return is_read_by(evidence, "pcap_flow"); }

}  // namespace assay
