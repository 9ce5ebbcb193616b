// Every record format, in the order in which `assay formats` lists them and ties are broken.
#include <algorithm>

#include "readers/readers.h"

namespace assay {

namespace {
constexpr int kLeastScore = 40;  // below: nobody's
}

const std::vector<const Reader*>& all_readers() {
  static const std::vector<const Reader*> readers = {
      // logs of DNS servers
      &bind_querylog_reader(),
      &unbound_log_reader(),
      &dnsmasq_log_reader(),
      &windows_dns_debug_reader(),
      &powerdns_log_reader(),
      &coredns_log_reader(),
      // messages of DNS as they were, and what sensors make of them
      &pcap_dns_reader(),
      &dnstap_reader(),
      &c_dns_reader(),
      &zeek_dns_reader(),
      &suricata_eve_reader(),
      &passive_dns_cof_reader(),
      // logs of mail servers
      &exchange_tracking_reader(),
      &exim_mainlog_reader(),
      &postfix_log_reader(),
      &rspamd_log_reader(),
      &sendmail_log_reader(),
      // mail at rest
      &mbox_reader(),
      &eml_reader(),
      &pst_reader(),
      // flows and sessions
      &pcap_flow_reader(),
      &pcap_smtp_reader(),
      &zeek_conn_reader(),
      &zeek_smtp_reader(),
      &zeek_ssl_reader(),
      &zeek_weird_reader(),
      &zeek_capture_loss_reader(),
      &nfdump_reader(),
      &netflow_csv_reader(),
      &ipfix_reader(),
      // registrations and zones
      &whois_text_reader(),
      &rdap_reader(),
      &zone_file_reader(),
      &ptr_list_reader(),
      &rir_delegated_reader(),
      &routing_snapshot_reader(),
      // indicators
      &indicator_list_reader(),
      &stix_bundle_reader(),
      &misp_event_reader(),
      // payments
      &camt_053_reader(),
      &mt940_reader(),
      // lists
      &delimited_reader(),
  };
  return readers;
}

const Reader* find_reader(std::string_view name) {
  const auto& readers = all_readers();
  const auto found = std::find_if(readers.begin(), readers.end(),
                                  [&](const Reader* reader) { return reader->name() == name; });
  return found == readers.end() ? nullptr : *found;
}

SniffChoice choose_reader(std::string_view head) {
  SniffChoice best;
  std::string others;
  for (const Reader* reader : all_readers()) {
    SniffScore score = reader->sniff(head);
    if (score.score >= kLeastScore && score.score > best.score) {
      best = {reader, score.score, std::move(score.why)};
    } else if (!score.why.empty()) {
      others += (others.empty() ? "" : "; ") + std::string(reader->name()) + ": " + score.why;
    }
  }
  if (!best.reader) {
    best.why = "no format was recognised in its first bytes";
    if (!others.empty()) best.why += "; " + others;
  }
  return best;
}

}  // namespace assay
