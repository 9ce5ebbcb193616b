// The words of records: their kinds and the fields that they may have. One vocabulary for all
// formats, so that a question asked of one mail log can be asked of the next. What a format makes
// of each word stands on its page under docs/formats.
#include <algorithm>
#include <array>
#include <stdexcept>

#include "assay/record.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 10> kKinds = {
    "dns",     "dns_aggregate", "flow",         "service", "mail",
    "message", "hop",           "registration", "payment", "recorder"};

// Ascending. The places are the ids, which the store keeps: a change here is one of its schema.
constexpr std::string_view kFields =
    "account account_name account_servicer acks action addresses admin_country admin_email "
    "admin_name admin_organization amount amount_original answer_count app_protocol as_path asn "
    "attachment auth_method auth_reply auth_user authentication_result bailiwick balance "
    "bank_transaction_code banner bcc billing_email billing_name billing_organization "
    "body_sha256 booking_date bookmark bounce_reason boundary bytes_received_header "
    "bytes_sent_header capture_loss category certificate_issuer certificate_names "
    "certificate_not_after certificate_not_before certificate_serial certificate_sha256 "
    "certificate_subject chain charge cipher class_word client_domain client_name "
    "client_name_unverified closing_balance command community_id conn_state connector "
    "content_type counterparty counterparty_account counterparty_servicer country country_code "
    "created creditor creditor_account creditor_agent currency currency_original data_reply "
    "date_header date_time debtor debtor_account debtor_agent deferral delay_seconds delays "
    "delegation_signed delivered_to delivery_report description destination_queue direction "
    "directionality disposition dkim_domain dkim_result dkim_selector dmarc_result dnssec "
    "dnstap_version domain domain_status duration_us encryption end_to_end_id enhanced_code "
    "entity_name entity_role entry_reference entry_status envelope_from error event "
    "event_action event_actor event_id exchange_date expired expires exporter extra "
    "family_event feedback_id fetched file_name first_bytes_received first_bytes_sent "
    "flow_end_reason folder gaps header_bcc header_cc header_from header_to helo helo_reply "
    "history "
    "holder hop_by hop_comment hop_for hop_from hop_from_address hop_id hop_index hop_with host "
    "icmp_type identity in_reply_to incident input_interface instruction_id interval_seconds "
    "ja3 ja3s last_chunk link list_id list_unsubscribe log_id lossy_pattern mail_reply "
    "mailbox_flags mailer mandate_id member message_id message_kind message_sha256 message_size "
    "metric milter missed_bytes missed_messages missed_records "
    "name_server name_server_operator next_hop notice notice_text "
    "object_class object_handle opening_balance operator orig_recipient origin origin_as "
    "output_interface owner packet_loss part path peer percent_lost pgp phone policy_action "
    "policy_match policy_name policy_rule policy_type policy_value prefix priority process "
    "program protocol_name ptr_name purpose purpose_code qname_unreadable query_zone queue_id "
    "queue_id_next queue_id_previous quit_reply "
    "raw raw_name rcode_text rcpt_reply rdata reason received_header received_spf "
    "recipient recipient_count recipients_ok recipients_refused references registrant_address "
    "registrant_country registrant_email registrant_name registrant_organization "
    "registrant_phone registrar registrar_abuse_email registrar_iana_id registry registry_id "
    "relay relay_address relay_port remark remittance reply reply_text reply_to "
    "resent_message_id resolver response_address response_name return_path rir route_source "
    "sampling sasl_method sender sensor_id serial server_name service session_id signature sni "
    "socket_family software source source_address source_context source_line sources "
    "spam_action spam_score spam_symbols spam_threshold spf_result starttls starttls_reply "
    "state statement_id status status_word step structured_reference subject tags "
    "tcp_flags_received tcp_flags_sent tech_email tech_name tech_organization tenant "
    "text_sha256 thread_topic time_first_text time_last_text time_source "
    "tls_cipher tls_established "
    "tls_fingerprint tls_resumed "
    "tls_verify tls_version to_address tos transaction_code transaction_id "
    "transport trust_dns_names ttl uid unique_id unreadable_from updated user user_agent "
    "validation value value_date version view vlan weird_detail weird_name whois_server "
    "x_mailer x_originating_ip zone zone_serial zone_status zone_time_first zone_time_last ";

const std::vector<std::string_view>& words() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> words;
    for (std::size_t at = 0, end; at < kFields.size(); at = end + 1) {
      end = kFields.find(' ', at);
      words.push_back(kFields.substr(at, end - at));
    }
    return words;
  }();
  return all;
}

}  // namespace

std::string_view kind_word(RecordKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<RecordKind> parse_kind(std::string_view word) {
  const auto found = std::find(kKinds.begin(), kKinds.end(), word);
  if (found == kKinds.end()) return std::nullopt;
  return static_cast<RecordKind>(found - kKinds.begin());
}

const std::vector<std::string_view>& field_words() { return words(); }

FieldId field_id(std::string_view word) {
  const auto found = std::lower_bound(words().begin(), words().end(), word);
  if (found == words().end() || *found != word) {
    // A reader's mistake, met by whatever first runs it; there is no field to go on with.
    throw std::logic_error("no field is called '" + std::string(word) + "'");
  }
  return static_cast<FieldId>(found - words().begin());
}

std::string_view field_word(FieldId field) {
  return field < words().size() ? words()[field] : std::string_view();
}

}  // namespace assay
