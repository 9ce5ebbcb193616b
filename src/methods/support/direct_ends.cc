#include "methods/support/direct_ends.h"

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "methods/support/accounts.h"

namespace assay::methods {
namespace {

using End = DirectEnds::End;

// The headers of IP and TCP with all options (RFC 791, RFC 9293): more bytes than this a packet are
// content, whatever the exporter counts.
constexpr std::uint64_t kMostHeaderBytes = 120;
constexpr std::uint8_t kTcp = 6, kUdp = 17, kSctp = 132;
// Flows to these are look-ups themselves (RFC 1035, RFC 7858, RFC 6762).
constexpr std::array<std::uint16_t, 3> kLookupPorts{53, 853, 5353};
// Greetings of mail and handshakes of TLS fill bytes both ways before any content passes.
constexpr std::array<std::uint16_t, 11> kGreetingPorts{25,  443, 465, 587,  636, 989,
                                                       990, 993, 995, 2525, 8443};
constexpr std::array<std::string_view, 5> kMailLogs{"postfix_log", "exim_mainlog", "sendmail_log",
                                                    "exchange_tracking", "rspamd_log"};

std::string_view text_of(const OtherRow& row, FieldId field) { return row.field(field); }

// -1 none, -2 several.
int holder_of_name(const CaseFile& case_file, std::string_view canonical) {
  int holder = -1;
  if (canonical.empty()) return holder;
  for (std::size_t p = 0; p < case_file.parties.size(); ++p) {
    if (!case_file.parties[p].holds_name(canonical)) continue;
    if (holder >= 0) return -2;
    holder = static_cast<int>(p);
  }
  return holder;
}

void add_party(std::vector<End>& ends, int party, EndBasis basis) {
  for (End& known : ends) {
    if (known.party != party) continue;
    known.basis = std::max(known.basis, basis);
    return;
  }
  ends.push_back({party, basis});
}

// All holders of a name; says whether there are several.
bool add_holders(std::vector<End>& ends, const CaseFile& case_file, std::string_view canonical) {
  std::size_t added = 0;
  for (std::size_t p = 0; p < case_file.parties.size() && !canonical.empty(); ++p) {
    if (!case_file.parties[p].holds_name(canonical)) continue;
    add_party(ends, static_cast<int>(p), EndBasis::name);
    ++added;
  }
  return added > 1;
}

DirectEnds ends_of_flow(const OtherRow& row, const CaseFile& case_file) {
  static const FieldId kSni = field_id("sni"), kServerName = field_id("server_name");
  DirectEnds ends;
  if (row.client_party >= 0) add_party(ends.from, row.client_party, EndBasis::place);
  if (row.server_party >= 0) add_party(ends.to, row.server_party, EndBasis::place);
  int named = row.name_party;
  for (const FieldId field : {kSni, kServerName}) {
    std::string canonical;
    if (named >= 0 || text_of(row, field).empty()) continue;
    if (!canonicalise_name(text_of(row, field), canonical)) {
      named = holder_of_name(case_file, canonical);
    }
  }
  if (named >= 0) {
    ends.is_ambiguous = row.server_party >= 0 && row.server_party != named;
    add_party(ends.to, named, EndBasis::name);
  }
  return ends;
}

bool is_own_log(const Evidence* evidence) {
  return evidence != nullptr && evidence->vantage == Vantage::mail_server &&
         std::find(kMailLogs.begin(), kMailLogs.end(), evidence->format) != kMailLogs.end();
}

// The envelope names parties, addresses show them. A hop inside one side is that side's own.
DirectEnds ends_of_mail(const OtherRow& row, const Evidence* evidence, const CaseFile& case_file) {
  static const FieldId kFrom = field_id("envelope_from"), kTo = field_id("recipient"),
                       kDirection = field_id("direction");
  const std::string from_domain = mail_domain(text_of(row, kFrom));
  const std::string to_domain = mail_domain(text_of(row, kTo));
  DirectEnds ends;
  ends.is_ambiguous = add_holders(ends.from, case_file, from_domain);
  ends.is_ambiguous |= add_holders(ends.to, case_file, to_domain);
  const int named_from = ends.from.size() == 1 ? ends.from.front().party : -1;
  const int named_to = ends.to.size() == 1 ? ends.to.front().party : -1;
  const std::string_view direction = text_of(row, kDirection);

  const int client = row.client_party == named_to ? -1 : row.client_party;
  if (client >= 0) {
    ends.is_ambiguous |= !ends.from.empty() && named_from != client;
    add_party(ends.from, client, EndBasis::place);
  }
  const int server = row.server_party == named_from ? -1 : row.server_party;
  if (server >= 0) {
    // A relay of one party that takes what is for another domain serves others as well.
    ends.is_ambiguous |= !to_domain.empty() && named_to != server;
    add_party(ends.to, server, EndBasis::place);
  } else if (named_to >= 0 && is_own_log(evidence) && row.server.is_unspecified() &&
             (direction == "local" || direction == "in")) {
    ends.to.front().basis = EndBasis::place;  // a mailbox of this machine, or its own refusal
  }
  return ends;
}

DirectEnds ends_of_message(const OtherRow& row, const CaseFile& case_file) {
  static const FieldId kFrom = field_id("header_from");
  static const std::array<FieldId, 4> kTo{field_id("header_to"), field_id("header_cc"),
                                          field_id("header_bcc"), field_id("delivered_to")};
  DirectEnds ends;
  for (const auto& [field, text] : row.fields) {
    if (field == kFrom) {
      ends.is_ambiguous |= add_holders(ends.from, case_file, mail_domain(text));
    } else if (std::find(kTo.begin(), kTo.end(), field) != kTo.end()) {
      ends.is_ambiguous |= add_holders(ends.to, case_file, mail_domain(text));
    }
  }
  return ends;
}

// One side of a payment: accounts decide; a holder's name leads to a party only where none does.
bool add_payer(std::vector<End>& ends, const CaseFile& case_file,
               std::initializer_list<std::string_view> accounts,
               std::initializer_list<std::string_view> names) {
  for (std::size_t p = 0; p < case_file.parties.size(); ++p) {
    const auto& held = case_file.parties[p].accounts;
    for (const std::string_view account : accounts) {
      const std::string key = account_key(account);
      const bool is_held = std::any_of(held.begin(), held.end(), [&](const std::string& each) {
        return is_same_account(key, each);
      });
      if (key.empty() || !is_held) continue;
      add_party(ends, static_cast<int>(p), EndBasis::place);
    }
  }
  if (ends.empty()) {
    for (std::size_t p = 0; p < case_file.parties.size(); ++p) {
      for (const std::string_view name : names) {
        if (lower_text(name) != lower_text(case_file.parties[p].name)) continue;
        add_party(ends, static_cast<int>(p), EndBasis::name);
      }
    }
  }
  return ends.size() > 1;
}

DirectEnds ends_of_payment(const OtherRow& row, const CaseFile& case_file) {
  static const FieldId kDirection = field_id("direction"), kAccount = field_id("account"),
                       kOther = field_id("counterparty_account"),
                       kDebtorAccount = field_id("debtor_account"),
                       kCreditorAccount = field_id("creditor_account"),
                       kName = field_id("account_name"), kOtherName = field_id("counterparty"),
                       kDebtor = field_id("debtor"), kCreditor = field_id("creditor");
  const bool is_credit = text_of(row, kDirection) == "credit";
  const bool is_debit = text_of(row, kDirection) == "debit";
  const std::string_view none;
  DirectEnds ends;
  ends.is_ambiguous =
      add_payer(ends.from, case_file,
                {text_of(row, kDebtorAccount), text_of(row, is_debit ? kAccount : kOther)},
                {text_of(row, kDebtor), is_debit    ? text_of(row, kName)
                                        : is_credit ? text_of(row, kOtherName)
                                                    : none});
  ends.is_ambiguous |=
      add_payer(ends.to, case_file,
                {text_of(row, kCreditorAccount), text_of(row, is_credit ? kAccount : kOther)},
                {text_of(row, kCreditor), is_credit  ? text_of(row, kName)
                                          : is_debit ? text_of(row, kOtherName)
                                                     : none});
  // Without a direction nothing says which side the account is on.
  ends.is_ambiguous |= !is_credit && !is_debit && text_of(row, kDebtorAccount).empty() &&
                       text_of(row, kCreditorAccount).empty();
  return ends;
}

bool has_content(const OtherRow& flow, std::uint64_t bytes, std::uint64_t packets,
                 FieldId first_bytes, FieldId with_headers) {
  if (!text_of(flow, first_bytes).empty()) return true;
  // Zeek tells content and headers apart; its content alone can be made huge by forged numbers.
  if (!text_of(flow, with_headers).empty()) return bytes > 0 && packets > 0;
  return packets > 0 && bytes / packets > kMostHeaderBytes;
}

template <std::size_t n>
bool is_one_of(const OtherRow& flow, const std::array<std::uint16_t, n>& ports) {
  // Exporters of one-way flows do not know who began: either port may be the server's.
  return std::find(ports.begin(), ports.end(), flow.row.server_port) != ports.end() ||
         std::find(ports.begin(), ports.end(), flow.row.client_port) != ports.end();
}

bool carries_a_service(const OtherRow& flow) {
  const std::uint8_t protocol = flow.row.protocol;
  return protocol == 0 || protocol == kTcp || protocol == kUdp || protocol == kSctp;
}

}  // namespace

DirectEnds ends_of(const OtherRow& row, const Evidence* evidence, const CaseFile& case_file) {
  switch (row.row.kind) {
    case RecordKind::flow:
    case RecordKind::service:
      return ends_of_flow(row, case_file);
    case RecordKind::mail:
      return ends_of_mail(row, evidence, case_file);
    case RecordKind::message:
      return ends_of_message(row, case_file);
    case RecordKind::payment:
      return ends_of_payment(row, case_file);
    default:
      return {};
  }
}

bool has_content_sent(const OtherRow& flow) {
  static const FieldId kFirst = field_id("first_bytes_sent"),
                       kHeaders = field_id("bytes_sent_header");
  return carries_a_service(flow) &&
         has_content(flow, flow.row.bytes_sent, flow.row.packets_sent, kFirst, kHeaders);
}

bool has_content_received(const OtherRow& flow) {
  static const FieldId kFirst = field_id("first_bytes_received"),
                       kHeaders = field_id("bytes_received_header");
  return carries_a_service(flow) &&
         has_content(flow, flow.row.bytes_received, flow.row.packets_received, kFirst, kHeaders);
}

bool is_lookup_flow(const OtherRow& flow) {
  static const FieldId kProtocol = field_id("app_protocol");
  const std::string_view protocol = flow.field(kProtocol);
  return protocol == "dns" || is_one_of(flow, kLookupPorts);
}

bool is_surely_lookup_flow(const OtherRow& flow) {
  static const FieldId kProtocol = field_id("app_protocol");
  const auto is_port = [](std::uint16_t port) {
    return std::find(kLookupPorts.begin(), kLookupPorts.end(), port) != kLookupPorts.end();
  };
  const std::string_view protocol = flow.field(kProtocol);
  if (!protocol.empty()) return protocol == "dns";  // whoever looked inside knows better
  return is_port(flow.row.server_port) && !is_port(flow.row.client_port);
}

bool is_shown_content(const OtherRow& flow) {
  static const FieldId kProtocol = field_id("app_protocol");
  const std::string_view protocol = flow.field(kProtocol);
  const bool is_wrapped = protocol == "ssl" || protocol == "tls" || protocol == "smtp" ||
                          is_one_of(flow, kGreetingPorts);
  return !is_wrapped && has_content_sent(flow) && has_content_received(flow);
}

bool is_answered(const OtherRow& flow) {
  return flow.row.packets_received > 0 || flow.row.bytes_received > 0;
}

}  // namespace assay::methods
