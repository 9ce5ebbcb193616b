// What the record formats share with their registry.
#pragma once

#include <string_view>

#include "assay/reader.h"
#include "readers/line_reader.h"

namespace assay {

const Reader& bind_querylog_reader();
const Reader& c_dns_reader();
const Reader& camt_053_reader();
const Reader& coredns_log_reader();
const Reader& delimited_reader();
const Reader& dnsmasq_log_reader();
const Reader& dnstap_reader();
const Reader& eml_reader();
const Reader& exchange_tracking_reader();
const Reader& exim_mainlog_reader();
const Reader& indicator_list_reader();
const Reader& ipfix_reader();
const Reader& mbox_reader();
const Reader& misp_event_reader();
const Reader& mt940_reader();
const Reader& netflow_csv_reader();
const Reader& nfdump_reader();
const Reader& passive_dns_cof_reader();
const Reader& pcap_dns_reader();
const Reader& pcap_flow_reader();
const Reader& pcap_smtp_reader();
const Reader& postfix_log_reader();
const Reader& powerdns_log_reader();
const Reader& pst_reader();
const Reader& ptr_list_reader();
const Reader& rdap_reader();
const Reader& rir_delegated_reader();
const Reader& routing_snapshot_reader();
const Reader& rspamd_log_reader();
const Reader& sendmail_log_reader();
const Reader& stix_bundle_reader();
const Reader& suricata_eve_reader();
const Reader& unbound_log_reader();
const Reader& whois_text_reader();
const Reader& windows_dns_debug_reader();
const Reader& zeek_capture_loss_reader();
const Reader& zeek_conn_reader();
const Reader& zeek_dns_reader();
const Reader& zeek_smtp_reader();
const Reader& zeek_ssl_reader();
const Reader& zeek_weird_reader();
const Reader& zone_file_reader();

// Calls `take` with each whole, non-empty line of a sniffed head; with the cut last one only when
// it is alone.
template <class Take>
void for_each_head_line(std::string_view head, Take take) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const char line_end = line_end_of(head);
  bool is_first = true;
  while (!head.empty()) {
    const std::size_t end = head.find(line_end);
    if (end == std::string_view::npos && !is_first) return;
    std::string_view line = head.substr(0, end);
    if (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t\r\n\f\v") != std::string_view::npos) take(line);
    is_first = false;
    if (end == std::string_view::npos) return;
    head.remove_prefix(end + 1);
  }
}

}  // namespace assay
