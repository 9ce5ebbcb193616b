#include "engine/question_interest.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace assay {
namespace {

// Neighbours of one address: the network that registries and operators rarely divide further.
constexpr int kNeighbourBitsV4 = 24;
constexpr int kNeighbourBitsV6 = 64;
constexpr std::size_t kMostDomains = 64;  // of one field
constexpr std::uint16_t kTypeTxt = 16;

constexpr std::array<std::string_view, 22> kNamingFields{"client_name",  "client_name_unverified",
                                                         "delivered_to", "envelope_from",
                                                         "header_cc",    "header_from",
                                                         "header_to",    "helo",
                                                         "hop_by",       "hop_for",
                                                         "hop_from",     "host",
                                                         "name_server",  "orig_recipient",
                                                         "ptr_name",     "recipient",
                                                         "relay",        "reply_to",
                                                         "return_path",  "server_name",
                                                         "sni",          "domain"};

// Of claims: what is a party, an address, a prefix or a name.
constexpr std::array<const char*, 6> kClaimFields{"party",     "name",   "address",
                                                  "addresses", "askers", "server"};

const std::array<FieldId, kNamingFields.size()>& naming_fields() {
  static const auto kIds = [] {
    std::array<FieldId, kNamingFields.size()> ids{};
    std::transform(kNamingFields.begin(), kNamingFields.end(), ids.begin(), field_id);
    return ids;
  }();
  return kIds;
}

int bits_of(const IpPrefix& prefix) {
  return prefix.base().is_v4() ? prefix.length() + 96 : prefix.length();
}

IpPrefix network_of(const IpAddress& address, int length) {
  std::array<std::uint8_t, 16> bytes = address.bytes;
  const int kept = address.is_v4() ? length + 96 : length;
  for (int bit = kept; bit < 128; ++bit) {
    bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
  }
  IpAddress base;
  base.bytes = bytes;
  return IpPrefix::parse(fmt::format("{}/{}", base.to_string(), length)).value();
}

IpPrefix neighbourhood_of(const IpPrefix& prefix) {
  const int bits = prefix.base().is_v4() ? kNeighbourBitsV4 : kNeighbourBitsV6;
  return prefix.length() <= bits ? prefix : network_of(prefix.base(), bits);
}

bool is_domain_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

void add_domain(std::string_view text, std::vector<std::string>& domains) {
  while (text.ends_with('.')) text.remove_suffix(1);
  std::string canonical;
  if (!text.empty() && !canonicalise_name(text, canonical)) {
    domains.push_back(std::move(canonical));
  }
}

bool contains_any(const std::vector<IpPrefix>& prefixes, const IpAddress& address) {
  return !address.is_unspecified() &&
         std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const IpPrefix& prefix) { return prefix.contains(address); });
}

}  // namespace

bool is_mail_policy(const OtherRow& row) {
  static const FieldId kRdata = field_id("rdata");
  if (row.row.type != kTypeTxt) return false;
  std::string_view text = row.field(kRdata);
  text.remove_prefix(std::min(text.find_first_not_of('"'), text.size()));
  return text.starts_with("v=spf1") || text.starts_with("v=DKIM1") ||
         text.starts_with("v=DMARC1") || text.starts_with("k=") || text.starts_with("p=") ||
         text.starts_with("h=") || text.starts_with("t=") || text.starts_with("g=") ||
         text.starts_with("n=");
}

std::vector<std::string> domains_of(std::string_view text) {
  std::vector<std::string> domains;
  std::size_t at = text.find('@');
  if (at == std::string_view::npos) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_domain_byte);
    add_domain(text.substr(0, static_cast<std::size_t>(end - text.begin())), domains);
  }
  for (; at != std::string_view::npos && domains.size() < kMostDomains; at = text.find('@', at)) {
    const std::string_view rest = text.substr(++at);
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_domain_byte);
    add_domain(rest.substr(0, static_cast<std::size_t>(end - rest.begin())), domains);
  }
  return domains;
}

QuestionInterest::QuestionInterest(const CaseFile& case_file, const Question& question)
    : names_(question.names) {
  for (const std::string& name : question.between) {
    if (const Party* party = case_file.find_party(name)) add_party(*party);
  }
  for (const Claim& claim : case_file.claims) {
    const bool is_ours =
        claim.question == question.id || (claim.question.empty() && case_file.questions.size() < 2);
    if (is_ours) add_claim(case_file, claim);
  }
  for (const IpPrefix& prefix : addresses_) neighbours_.push_back(neighbourhood_of(prefix));
  for (const NamePattern& pattern : names_) {
    // Above a name with two labels stand zones of a registry, which hold everybody.
    std::string_view zone = pattern.base();
    while (labels_of(zone).size() > 2) {
      zone.remove_prefix(labels_of(zone).front().size() + 1);
      parents_.emplace_back(zone);
    }
  }
  std::sort(parents_.begin(), parents_.end());
  parents_.erase(std::unique(parents_.begin(), parents_.end()), parents_.end());
}

void QuestionInterest::add_party(const Party& party) {
  names_.insert(names_.end(), party.names.begin(), party.names.end());
  addresses_.insert(addresses_.end(), party.addresses.begin(), party.addresses.end());
}

// A host that a claim is about may be no party's: a record of it that nobody loads would pass for
// silence.
void QuestionInterest::add_claim(const CaseFile& case_file, const Claim& claim) {
  const auto add = [&](const std::string& text) {
    if (const Party* party = case_file.find_party(text)) {
      add_party(*party);
    } else if (const Result<IpPrefix> prefix = IpPrefix::parse(text); prefix.ok()) {
      addresses_.push_back(*prefix);
    } else if (Result<NamePattern> name = NamePattern::parse(text); name.ok()) {
      names_.push_back(std::move(*name));
    }
  };
  for (const char* field : kClaimFields) {
    if (const auto told = claim.fields.find(field); told != claim.fields.end()) add(told->second);
    const auto list = claim.lists.find(field);
    if (list == claim.lists.end()) continue;
    for (const std::string& text : list->second) add(text);
  }
}

void QuestionInterest::add_address(const IpAddress& address) {
  if (holds(address)) return;
  const int bits = address.is_v4() ? 32 : 128;
  addresses_.push_back(network_of(address, bits));
  const IpPrefix neighbours = neighbourhood_of(addresses_.back());
  if (!contains_any(neighbours_, address)) neighbours_.push_back(neighbours);
}

bool QuestionInterest::holds(const IpAddress& address) const {
  return contains_any(addresses_, address);
}

bool QuestionInterest::is_neighbour(const IpAddress& address) const {
  return contains_any(neighbours_, address);
}

bool QuestionInterest::overlaps(std::string_view text) const {
  const Result<IpPrefix> prefix = IpPrefix::parse(text);
  if (!prefix.ok()) return false;
  return std::any_of(addresses_.begin(), addresses_.end(), [&](const IpPrefix& ours) {
    return bits_of(*prefix) <= bits_of(ours) ? prefix->contains(ours.base())
                                             : ours.contains(prefix->base());
  });
}

bool QuestionInterest::is_about_name(std::string_view canonical) const {
  return !canonical.empty() &&
         std::any_of(names_.begin(), names_.end(), [&](const NamePattern& pattern) {
           return pattern.matches(canonical) || canonical == pattern.base();
         });
}

bool QuestionInterest::any_field_touches(const OtherRow& row) const {
  const auto& wanted = naming_fields();
  for (const auto& [field, text] : row.fields) {
    if (std::find(wanted.begin(), wanted.end(), field) == wanted.end()) continue;
    for (const std::string& domain : domains_of(text)) {
      if (is_about_name(domain)) return true;
    }
  }
  return false;
}

Touch QuestionInterest::of_registration(const OtherRow& row) const {
  static const FieldId kPrefix = field_id("prefix"), kDomain = field_id("domain"),
                       kHolder = field_id("registrant_organization"),
                       kName = field_id("registrant_name"), kServer = field_id("name_server");
  if (std::binary_search(parents_.begin(), parents_.end(), row.name)) return Touch::yes;
  bool is_whole = false;
  for (const auto& [field, text] : row.fields) {
    if (field == kPrefix && overlaps(text)) return Touch::yes;
    is_whole |= field == kDomain || field == kHolder || field == kName || field == kServer;
  }
  if (is_whole || is_neighbour(row.server)) return Touch::beside;
  const bool is_sibling = std::any_of(parents_.begin(), parents_.end(), [&](const auto& parent) {
    return is_within(row.name, parent);
  });
  return is_sibling ? Touch::beside : Touch::no;
}

Touch QuestionInterest::of(const OtherRow& row, bool is_mail_log) const {
  if (row.row.kind == RecordKind::payment) return Touch::yes;
  if (row.row.kind == RecordKind::recorder || row.row.kind == RecordKind::dns) return Touch::no;
  if (holds(row.client) || holds(row.server) || is_about_name(row.name) || any_field_touches(row)) {
    return Touch::yes;
  }
  const bool is_claim = row.row.kind == RecordKind::registration;
  if ((is_claim || row.row.kind == RecordKind::dns_aggregate) && is_mail_policy(row)) {
    return Touch::beside;
  }
  if (is_claim) return of_registration(row);
  return is_mail_log ? Touch::beside : Touch::no;
}

}  // namespace assay
