#include "readers/indicator_claim.h"

#include <fmt/core.h>

#include <algorithm>

#include "readers/text_numbers.h"

namespace assay {

namespace {

constexpr std::size_t kMaxValue = 4'096;

// "192.0.2.7:443" without its port; IPv6 stands in brackets then.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  const std::size_t colon = text.find(':');
  const bool has_one = colon != std::string_view::npos && text.rfind(':') == colon;
  return has_one && parse_number<std::uint16_t>(text.substr(colon + 1)) ? text.substr(0, colon)
                                                                        : text;
}

// "x.example" of "https://user@x.example:8443/path"; "" when it is no URL with a host.
std::string_view host_of_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#\\"));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos)
    url.remove_prefix(at + 1);
  return without_port(url);
}

bool is_name_like(std::string_view text) {
  if (text.find('.') == std::string_view::npos || text.front() == '.') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
  });
}

// The network that the text means, its bits behind the length dropped.
std::optional<IpPrefix> network_of(std::string_view text, bool& has_dropped) {
  if (const auto exact = IpPrefix::parse(text); exact.ok()) return *exact;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto base = IpAddress::parse(text.substr(0, slash));
  const auto length = parse_number<std::uint8_t>(text.substr(slash + 1));
  if (!base || !length || *length > (base->is_v4() ? 32 : 128)) return std::nullopt;
  const int kept = *length + (base->is_v4() ? 96 : 0);
  for (int bit = kept; bit < 128; ++bit) {
    base->bytes[static_cast<std::size_t>(bit / 8)] &=
        static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
  }
  const auto meant = IpPrefix::parse(fmt::format("{}/{}", base->to_string(), *length));
  if (!meant.ok()) return std::nullopt;
  has_dropped = true;
  return *meant;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string without_defang(std::string_view text) {
  std::string plain(text);
  for (const std::string_view dot : {"[.]", "(.)", "{.}", "[dot]", "(dot)"}) {
    replace_all(plain, dot, ".");
  }
  replace_all(plain, "[:]", ":");
  replace_all(plain, "[://]", "://");
  replace_all(plain, "[@]", "@");
  replace_all(plain, "[at]", "@");
  if (plain.starts_with("hxxp") || plain.starts_with("hXXp")) plain.replace(1, 2, "tt");
  return plain;
}

std::string_view indicator_type_of(std::string_view value) {
  if (value.empty() || value.size() > kMaxValue) return {};
  if (value.find("://") != std::string_view::npos) {
    return host_of_url(value).empty() ? std::string_view() : "url";
  }
  if (value.find('@') != std::string_view::npos) return "email-addr";
  const std::string_view host = without_port(value);
  const std::string_view base = host.substr(0, host.find('/'));
  if (const auto address = IpAddress::parse(base)) {
    return address->is_v4() ? "ipv4-addr" : "ipv6-addr";
  }
  return is_name_like(host) ? "domain-name" : std::string_view();
}

bool IndicatorRows::set_host(std::string_view text, HeldRecord& record) {
  const auto address = IpAddress::parse(text);
  if (!address) return false;
  record.row.server = sink_.host(*address);
  return true;
}

bool IndicatorRows::set_network(std::string_view text, HeldRecord& record) {
  bool has_dropped = false;
  const auto network = network_of(text, has_dropped);
  if (!network) return false;
  if (has_dropped) sink_.note("indicator.bits_dropped", text);
  record.row.server = sink_.host(network->base());
  const bool is_one = network->length() == (network->base().is_v4() ? 32 : 128);
  static const FieldId kPrefix = field_id("prefix");
  if (!is_one) record.add(kPrefix, network->to_string());
  return true;
}

bool IndicatorRows::set_name(std::string_view text, HeldRecord& record) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  TextKeys::Name name;
  if (text.empty() || text.find_first_of(" \t,;/\\\"'") < text.size() || keys_.name(text, name)) {
    return false;
  }
  record.row.name = name.key;
  if (name.had_capitals) record.row.flags |= kNameHadCapitals;
  return true;
}

std::optional<IndicatorRows::Problem> IndicatorRows::set_value(const IndicatorClaim& claim,
                                                               std::string_view type) {
  static const FieldId kPart = field_id("part");
  const std::string plain = without_defang(trimmed(claim.value));
  if (plain != trimmed(claim.value)) sink_.note("indicator.defanged", claim.value);
  if (plain.empty() || plain.size() > kMaxValue) {
    return Problem{"value_unreadable", "no value, or one of more than 4,096 bytes"};
  }
  std::string_view value = plain;
  std::string part(claim.part);
  const auto say = [&part](std::string_view why) {
    part += fmt::format("{}{}", part.empty() ? "" : "; ", why);
  };
  bool is_read = false;
  if (type == "url") {
    const std::string_view host = host_of_url(value);
    is_read = !host.empty() && (set_host(host, record_) || set_name(host, record_));
    say("a URL, of which the host alone is compared");
  } else if (type == "email-addr") {
    const std::size_t at = value.rfind('@');
    is_read = at != std::string_view::npos && at > 0 && set_name(value.substr(at + 1), record_);
  } else {
    const std::string_view host = without_port(value);
    if (host.size() != value.size() && value.find(':') != std::string_view::npos &&
        host.size() + 2 < value.size()) {
      say("a port, which is not compared");
    }
    is_read = type == "domain-name"                      ? set_name(host, record_)
              : host.find('/') == std::string_view::npos ? set_host(host, record_)
                                                         : set_network(host, record_);
  }
  if (!is_read) return Problem{"value_unreadable", "the value is none of its type"};
  record_.add(kPart, part);
  return std::nullopt;
}

std::optional<IndicatorRows::Problem> IndicatorRows::set_period(const IndicatorClaim& claim) {
  static const FieldId kFrom = field_id("valid_from"), kUntil = field_id("valid_until");
  ClaimTime from, until;
  if (!claim.valid_from.empty()) {
    from = clock_.read(claim.valid_from);
    if (!from.is_known) return Problem{"time_unreadable", "the start of its period is no time"};
  }
  if (!claim.valid_until.empty()) {
    until = clock_.read(claim.valid_until);
    if (!until.is_known) return Problem{"time_unreadable", "the end of its period is no time"};
    // A second without a fraction lasts to its end, as a day does.
    if (claim.is_until_exclusive) {
      until.until_us = until.us - 1;
    } else if (until.until_us == until.us) {
      until.until_us += std::max<std::int64_t>(until.width_us, 1) - 1;
    }
  }
  if (from.is_known && until.is_known && until.until_us < from.us) {
    return Problem{"period_backwards", "its period ends before it begins"};
  }
  from.set(record_.row);
  if (until.is_known) {
    record_.row.until_us = std::max(record_.row.time_us, from.is_known ? until.until_us : 0);
    record_.add(kUntil, format_utc(until.until_us, 6));
  } else {
    record_.row.until_us = record_.row.time_us;
  }
  if (from.is_known) record_.add(kFrom, format_utc(from.us, 6));
  return std::nullopt;
}

std::optional<IndicatorRows::Problem> IndicatorRows::add(const IndicatorClaim& claim,
                                                         std::uint64_t offset,
                                                         std::uint64_t length) {
  static const FieldId kIndicator = field_id("indicator"), kType = field_id("indicator_type");
  record_ = HeldRecord{};
  record_.row.kind = RecordKind::indicator;
  record_.row.offset = offset;
  record_.row.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, UINT32_MAX));
  const std::string plain = without_defang(trimmed(claim.value));
  const std::string_view type = claim.type.empty() ? indicator_type_of(plain) : claim.type;
  if (type.empty()) {
    return Problem{"value_unreadable", "the value is no address, network, name, URL or mailbox"};
  }
  record_.add(kIndicator, plain);
  record_.add(kType, type);
  if (auto problem = set_value(claim, type)) return problem;
  if (auto problem = set_period(claim)) return problem;
  for (const auto& [field, text] : claim.fields) record_.add(field, trimmed(text));
  HeldRecords::send(sink_, record_);
  return std::nullopt;
}

}  // namespace assay
