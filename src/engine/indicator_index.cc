#include "engine/indicator_index.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace assay {
namespace {

constexpr int kAddressBits = 128;

int bits_of(const IpPrefix& network) {
  return network.length() + (network.base().is_v4() ? 96 : 0);
}

IpAddress masked(IpAddress address, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (whole >= address.bytes.size()) return address;
  address.bytes[whole] &= static_cast<std::uint8_t>(0xff00 >> (bits % 8));
  std::fill(address.bytes.begin() + static_cast<std::ptrdiff_t>(whole) + 1, address.bytes.end(),
            std::uint8_t{0});
  return address;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

// The field's text, moved to its place in the assertion.
std::string* place_of(IndicatorAssertion& entry, FieldId field) {
  static const FieldId kIndicator = field_id("indicator"), kType = field_id("indicator_type"),
                       kBy = field_id("asserted_by"), kSource = field_id("source"),
                       kConfidence = field_id("confidence"), kMarking = field_id("marking"),
                       kLabels = field_id("labels"), kStatus = field_id("status_word"),
                       kPart = field_id("part");
  if (field == kIndicator) return &entry.value;
  if (field == kType) return &entry.type;
  if (field == kBy) return &entry.asserted_by;
  if (field == kSource) return &entry.source;
  if (field == kConfidence) return &entry.confidence;
  if (field == kMarking) return &entry.marking;
  if (field == kLabels) return &entry.labels;
  if (field == kStatus) return &entry.status;
  if (field == kPart) return &entry.part;
  return nullptr;
}

// What stands behind the scheme and any user of a URL, up to its path or port.
std::string_view host_of_url(std::string_view url) {
  url.remove_prefix(std::min(url.find("://") + 3, url.size()));
  url = url.substr(0, url.find_first_of("/?#\\"));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos)
    url.remove_prefix(at + 1);
  return url.starts_with('[') ? url.substr(1, url.find(']') - 1) : url.substr(0, url.rfind(':'));
}

std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  return text.find(':') == text.rfind(':') ? text.substr(0, text.find(':')) : text;
}

}  // namespace

std::size_t IndicatorIndex::AddressHash::operator()(const IpAddress& address) const {
  std::uint64_t high = 0, low = 0;
  std::memcpy(&high, address.bytes.data(), 8);
  std::memcpy(&low, address.bytes.data() + 8, 8);
  std::uint64_t hash = (high ^ (low * 0x9e3779b97f4a7c15ull)) * 0xbf58476d1ce4e5b9ull;
  return static_cast<std::size_t>(hash ^ (hash >> 31));
}

std::uint32_t IndicatorIndex::new_value() {
  values_.emplace_back();
  return static_cast<std::uint32_t>(values_.size() - 1);
}

std::uint32_t IndicatorIndex::value_of_name(const std::string& canonical) {
  const auto [found, is_new] = names_.try_emplace(canonical, 0);
  if (is_new) {
    found->second = new_value();
    values_.back().name = canonical;
  }
  return found->second;
}

std::uint32_t IndicatorIndex::value_of_mailbox(const std::string& mailbox) {
  const auto [found, is_new] = mailboxes_.try_emplace(mailbox, 0);
  if (is_new) {
    found->second = new_value();
    values_.back().name = mailbox.substr(mailbox.rfind('@') + 1);
  }
  return found->second;
}

std::uint32_t IndicatorIndex::value_of_network(const IpPrefix& network) {
  const auto [found, is_new] = by_length_[bits_of(network)].try_emplace(network.base(), 0);
  if (is_new) {
    found->second = new_value();
    values_.back().network = network;
  }
  return found->second;
}

void IndicatorIndex::add(IndicatorAssertion entry, const StoredRecord& record) {
  static const FieldId kPrefix = field_id("prefix");
  std::string network;
  for (const auto& [field, text] : record.fields) {
    if (field == kPrefix) network = text;
  }
  std::string_view host = entry.value;
  std::uint32_t value = 0;
  if (entry.type == "email-addr") {
    value = value_of_mailbox(lower(host));
  } else {
    host = entry.type == "url" ? host_of_url(host) : network.empty() ? without_port(host) : network;
    const auto prefix = IpPrefix::parse(host);
    std::string canonical;
    if (prefix.ok()) {
      value = value_of_network(*prefix);
    } else if (!canonicalise_name(host.substr(host.starts_with("*.") ? 2 : 0), canonical)) {
      value = value_of_name(canonical);
    } else {
      ++left_out_;  // a store that was not written by these readers
      return;
    }
  }
  values_[value].entries.push_back(static_cast<std::uint32_t>(entries_.size()));
  entries_.push_back(std::move(entry));
}

Status IndicatorIndex::load(RecordStore& store, const std::vector<std::uint32_t>& evidences,
                            std::size_t most) {
  static const FieldId kUntil = field_id("valid_until");
  RowFilter filter;
  filter.evidences = evidences;
  filter.kinds = {RecordKind::indicator};
  return store.records(filter, [&](const StoredRecord& record) {
    if (entries_.size() >= most) {
      ++left_out_;
      return true;
    }
    IndicatorAssertion entry;
    entry.evidence = record.evidence;
    entry.offset = record.row.offset;
    entry.length = record.row.length;
    if ((record.row.flags & kTimeUnknown) == 0) entry.from_us = record.row.time_us;
    for (const auto& [field, text] : record.fields) {
      if (std::string* place = place_of(entry, field)) *place = text;
      if (field != kUntil) continue;
      if (const auto until = parse_rfc3339(text); until.ok()) entry.until_us = until->us;
    }
    add(std::move(entry), record);
    return true;
  });
}

void IndicatorIndex::find_name(std::string_view canonical, IndicatorHits& hits) const {
  if (names_.empty()) return;
  std::string suffix(canonical);
  bool is_below = false;
  for (const std::string_view label : labels_of(canonical)) {
    if (const auto found = names_.find(suffix); found != names_.end()) {
      hits.push_back({found->second, is_below});
    }
    is_below = true;
    suffix.erase(0, std::min(label.size() + 1, suffix.size()));
  }
}

void IndicatorIndex::find_address(const IpAddress& address, IndicatorHits& hits) const {
  for (const auto& [bits, networks] : by_length_) {
    const auto found = networks.find(masked(address, bits));
    if (found == networks.end()) continue;
    // ::/0 and the like hold no IPv4 address.
    if (values_[found->second].network->base().is_v4() != address.is_v4()) continue;
    hits.push_back({found->second, bits < kAddressBits});
  }
}

void IndicatorIndex::find_mailbox(std::string_view mailbox, IndicatorHits& hits) const {
  if (mailboxes_.empty()) return;
  if (const auto found = mailboxes_.find(lower(mailbox)); found != mailboxes_.end()) {
    hits.push_back({found->second, false});
  }
}

}  // namespace assay
