#include "readers/whois_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.h"

namespace assay {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// Keys of the object itself, each as it was met, in lower case.
constexpr Pair kKeys[] = {
    {"domain name", "domain"},
    {"domain", "domain"},
    {"domainname", "domain"},
    {"registry domain id", "registry_id"},
    {"domain id", "registry_id"},
    {"roid", "registry_id"},
    {"nethandle", "object_handle"},
    {"nic-hdl", "object_handle"},
    {"orgid", "object_handle"},
    {"organisation", "object_handle"},
    {"ashandle", "object_handle"},
    {"ownerid", "object_handle"},
    {"contact", "object_handle"},
    {"netname", "entity_name"},
    {"as-name", "entity_name"},
    {"asname", "entity_name"},
    {"person", "entity_name"},
    {"role", "entity_name"},
    {"org-name", "holder"},
    {"orgname", "holder"},
    {"custname", "holder"},
    {"owner", "holder"},
    {"organization", "holder"},
    {"inetnum", "prefix"},
    {"inet6num", "prefix"},
    {"netrange", "prefix"},
    {"cidr", "prefix"},
    {"route", "prefix"},
    {"route6", "prefix"},
    {"origin", "origin_as"},
    {"originas", "origin_as"},
    {"aut-num", "asn"},
    {"asnumber", "asn"},
    {"as-block", "asn"},
    {"country", "country_code"},
    {"descr", "description"},
    {"mnt-by", "operator"},
    {"remarks", "remark"},
    {"comment", "remark"},
    {"source", "source"},
    {"registrar", "registrar"},
    {"sponsoring registrar", "registrar"},
    {"registrar name", "registrar"},
    {"registrar iana id", "registrar_iana_id"},
    {"sponsoring registrar iana id", "registrar_iana_id"},
    {"registrar abuse contact email", "registrar_abuse_email"},
    {"whois server", "whois_server"},
    {"registrar whois server", "whois_server"},
    {"refer", "whois_server"},
    {"referralserver", "whois_server"},
    {"status", "domain_status"},
    {"domain status", "domain_status"},
    {"state", "domain_status"},
    {"registration status", "domain_status"},
    {"eppstatus", "domain_status"},
    {"nettype", "status_word"},
    {"name server", "name_server"},
    {"name servers", "name_server"},
    {"nameserver", "name_server"},
    {"nameservers", "name_server"},
    {"nserver", "name_server"},
    {"creation date", "created"},
    {"created", "created"},
    {"created on", "created"},
    {"created date", "created"},
    {"record created on", "created"},
    {"registered on", "created"},
    {"registered", "created"},
    {"registration date", "created"},
    {"registration time", "created"},
    {"domain registration date", "created"},
    {"domain name commencement date", "created"},
    {"regdate", "created"},
    {"activated on", "created"},
    {"updated date", "updated"},
    {"updated", "updated"},
    {"last updated", "updated"},
    {"last updated on", "updated"},
    {"last update", "updated"},
    {"last-update", "updated"},
    {"last modified", "updated"},
    {"last-modified", "updated"},
    {"record last updated on", "updated"},
    {"modified", "updated"},
    {"changed", "updated"},
    {"registry expiry date", "expires"},
    {"registrar registration expiration date", "expires"},
    {"registry expiration date", "expires"},
    {"expiration date", "expires"},
    {"expiration time", "expires"},
    {"expiry date", "expires"},
    {"expires", "expires"},
    {"expires on", "expires"},
    {"expire date", "expires"},
    {"expire", "expires"},
    {"record expires on", "expires"},
    {"paid-till", "expires"},
    {"renewal date", "expires"},
    {"validity", "expires"},
    {"dnssec", "dnssec"},
    {"dnssec ds data", "dnssec"},
    {"ds-rdata", "dnssec"},
    {"dsrecord", "dnssec"},
    {"registrant", "registrant_name"},
    {"phone", "phone"},
    {"orgtechname", "tech_name"},
    {"orgtechemail", "tech_email"},
    {"admin contact", "admin_name"},
    {"tech contact", "tech_name"},
};

// What a contact's line says, behind the role.
constexpr Pair kContactKeys[] = {
    {"name", "name"},
    {"contact name", "name"},
    {"person", "name"},
    {"organization", "organization"},
    {"organisation", "organization"},
    {"org", "organization"},
    {"company", "organization"},
    {"email", "email"},
    {"e-mail", "email"},
    {"contact email", "email"},
    {"country", "country"},
    {"country code", "country"},
    {"phone", "phone"},
    {"phone number", "phone"},
    {"telephone", "phone"},
    {"street", "address"},
    {"address", "address"},
    {"street1", "address"},
    {"city", "address"},
    {"state", "address"},
    {"state/province", "address"},
    {"postal code", "address"},
    {"zipcode", "address"},
};

constexpr std::pair<std::string_view, WhoisRole> kRoles[] = {
    {"registrant", WhoisRole::registrant},
    {"registrant contact", WhoisRole::registrant},
    {"registrant contact information", WhoisRole::registrant},
    {"holder", WhoisRole::registrant},
    {"domain holder", WhoisRole::registrant},
    {"owner contact", WhoisRole::registrant},
    {"admin", WhoisRole::admin},
    {"admin contact", WhoisRole::admin},
    {"administrative contact", WhoisRole::admin},
    {"administrative contacts", WhoisRole::admin},
    {"administrative", WhoisRole::admin},
    {"tech", WhoisRole::tech},
    {"tech contact", WhoisRole::tech},
    {"technical contact", WhoisRole::tech},
    {"technical contacts", WhoisRole::tech},
    {"technical", WhoisRole::tech},
    {"administrative contact, technical contact", WhoisRole::admin},
    {"billing", WhoisRole::billing},
    {"billing contact", WhoisRole::billing},
    {"registrar", WhoisRole::registrar},
    {"sponsoring registrar", WhoisRole::registrar},
    {"domain servers in listed order", WhoisRole::name_servers},
    {"domain servers", WhoisRole::name_servers},
    {"domain nameservers", WhoisRole::name_servers},
    {"name servers", WhoisRole::name_servers},
    {"name server", WhoisRole::name_servers},
    {"nameservers", WhoisRole::name_servers},
    {"relevant dates", WhoisRole::dates},
};

constexpr std::string_view kObjectKeys[] = {
    "inetnum",       "inet6num",       "route",        "route6",       "aut-num",
    "as-block",      "person",         "role",         "organisation", "mntner",
    "as-set",        "route-set",      "netrange",     "orgname",      "custname",
    "orgtechhandle", "orgabusehandle", "orgnochandle", "rtechhandle",  "rabusehandle",
    "rnochandle",    "asnumber",       "nic-hdl",      "key-cert",     "irt",
    "inet-rtr",      "contact",        "poem",         "nic-hdl-br"};

std::string_view role_word(WhoisRole role) {
  switch (role) {
    case WhoisRole::registrant:
      return "registrant";
    case WhoisRole::admin:
      return "admin";
    case WhoisRole::tech:
      return "tech";
    case WhoisRole::billing:
      return "billing";
    default:
      return "";
  }
}

template <std::size_t kCount>
std::string_view look_up(const Pair (&pairs)[kCount], std::string_view key) {
  const auto* found = std::find_if(std::begin(pairs), std::end(pairs),
                                   [key](const Pair& each) { return each.first == key; });
  return found == std::end(pairs) ? std::string_view() : found->second;
}

// Of the parts of a contact the vocabulary has all for the registrant, fewer for the others.
std::string contact_field(std::string_view role, std::string_view part) {
  if (part.empty() || role.empty()) return "";
  const bool is_common = part == "name" || part == "organization" || part == "email";
  if (role != "registrant" && !is_common && !(role == "admin" && part == "country")) return "";
  return std::string(role).append("_").append(part);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<WhoisRole> whois_heading(std::string_view key) {
  for (const auto& [word, role] : kRoles) {
    if (word == key) return role;
  }
  return std::nullopt;
}

std::string whois_field(std::string_view key, WhoisRole role) {
  for (const auto& [word, of] : kRoles) {
    if (role_word(of).empty() || !key.starts_with(word) || key.size() <= word.size() + 1) continue;
    if (key[word.size()] != ' ') continue;
    const std::string_view part = look_up(kContactKeys, key.substr(word.size() + 1));
    if (!part.empty()) return contact_field(role_word(of), part);
  }
  if (!role_word(role).empty()) {
    if (const auto part = look_up(kContactKeys, key); !part.empty()) {
      return contact_field(role_word(role), part);
    }
  }
  if (role == WhoisRole::registrar && (key == "name" || key == "organization")) return "registrar";
  if (role == WhoisRole::registrar && look_up(kContactKeys, key) != "") return "";
  return std::string(look_up(kKeys, key));
}

bool begins_object(std::string_view key) {
  return std::find(std::begin(kObjectKeys), std::end(kObjectKeys), key) != std::end(kObjectKeys);
}

bool is_redacted(std::string_view value) {
  const std::string lower = lower_text(value);
  constexpr std::string_view kWords[] = {"redacted",
                                         "data protected",
                                         "not disclosed",
                                         "gdpr masked",
                                         "statutory masking",
                                         "withheld",
                                         "non-public data",
                                         "privacy protected",
                                         "hidden upon user request",
                                         "not shown, please visit",
                                         "protected by privacy"};
  return std::any_of(std::begin(kWords), std::end(kWords), [&lower](std::string_view word) {
    return lower.find(word) != std::string::npos;
  });
}

std::optional<std::string_view> reply_time(std::string_view line) {
  const bool is_comment = line.find_first_of("%#;>") == line.find_first_not_of(" \t");
  line = line.substr(std::min(line.find_first_not_of("%#;>* \t"), line.size()));
  const std::string lower = lower_text(line.substr(0, 80));
  constexpr std::string_view kWords[] = {"last update of whois database:",
                                         "database last updated on",
                                         "last update of the database:",
                                         "whois lookup made at",
                                         "request time:",
                                         "last updated on "};
  constexpr std::string_view kCommentWords[] = {
      "query time:", "query date:", "timestamp:", "date:", "fetched:", "fetched on "};
  const auto behind = [&](const auto& words) -> std::optional<std::string_view> {
    for (const std::string_view word : words) {
      if (!lower.starts_with(word)) continue;
      const std::string_view text = line.substr(word.size());
      return trimmed(text.substr(0, std::min(text.find("<<<"), text.size())));
    }
    return std::nullopt;
  };
  if (const auto text = behind(kWords)) return text;
  return is_comment ? behind(kCommentWords) : std::nullopt;
}

std::optional<std::string_view> next_server(std::string_view line) {
  line = trimmed(line);
  const auto is_server = [](std::string_view text) {
    return text.find('.') != std::string_view::npos && text.find(' ') == std::string_view::npos;
  };
  if (line.starts_with('[') && line.ends_with(']')) {
    std::string_view inside = line.substr(1, line.size() - 2);
    for (const std::string_view word : {"Querying ", "Redirected to ", "whois."}) {
      if (!inside.starts_with(word)) continue;
      if (word != "whois.") inside.remove_prefix(word.size());
      if (is_server(inside)) return inside;
    }
    return std::nullopt;
  }
  constexpr std::string_view kReferral = "Found a referral to ";
  if (line.starts_with(kReferral)) {
    line.remove_prefix(kReferral.size());
    while (line.ends_with('.')) line.remove_suffix(1);
    return line.substr(0, line.find(':'));
  }
  if (line.starts_with("# whois.") && is_server(line.substr(2))) return line.substr(2);
  return std::nullopt;
}

bool says_not_found(std::string_view line) {
  const std::string lower = lower_text(line.substr(0, 120));
  constexpr std::string_view kStarts[] = {
      "no "
      "match for",
      "no "
      "match!!",
      "not found",
      "no data found",
      "no entries found",
      "domain not found",
      "no object found",
      "no such domain",
      "nothing found",
      "the queried object does not exist"};
  const std::size_t at = std::min(lower.find_first_not_of("%#>* \t"), lower.size());
  const std::string_view text = std::string_view(lower).substr(at);
  if (text.starts_with("error:101: no entries found")) return true;
  return std::any_of(std::begin(kStarts), std::end(kStarts),
                     [text](std::string_view word) { return text.starts_with(word); });
}

}  // namespace assay
