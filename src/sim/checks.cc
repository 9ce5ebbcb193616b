#include "sim/checks.h"

#include <fmt/core.h>

#include <set>

#include "assay/names.h"

namespace assay::sim {
namespace {

// "25.113.0.203." or the nibbles of an IPv6 address, last first.
std::string reversed_labels(const std::string& text) {
  const auto address = IpAddress::parse(text);
  std::string labels;
  if (!address) return labels;
  const bool is_v4 = address->is_v4();
  for (std::size_t i = 16; i-- > (is_v4 ? 12u : 0u);) {
    const unsigned byte = address->bytes[i];
    labels += is_v4 ? fmt::format("{}.", byte) : fmt::format("{:x}.{:x}.", byte & 15, byte >> 4);
  }
  return labels;
}

// What a filter asks once it has the message; SPF's look-ups and the key's go out together, DMARC
// waits for both. Where filters have no look-up of their own the old delays stand.
void ask_policies(const SenderChecks& checks, const TargetName& target, double t,
                  Happenings& happened) {
  Names& names = happened.names;
  const std::string zone = target.qname.substr(target.qname.find('.') + 1);
  const auto ask = [&](double after, const std::string& name, std::uint16_t qtype) {
    happened.ask({t + after, names.number(name), qtype, Asker::mail_host});
  };
  if (checks.policy) ask(0.3, zone, kTypeTxt);
  if (!checks.dkim_selector.empty()) {
    ask(0.3, checks.dkim_selector + "._domainkey." + zone, kTypeTxt);
  }
  if (checks.both_families) {
    ask(0.32, target.qname, kTypeA);
    ask(0.32, target.qname, kTypeAaaa);
  }
  for (const std::string& list : checks.domain_lists) {
    happened.ask(
        {t + 0.34, names.number(zone + "." + list), kTypeA, Asker::mail_host, false, true});
  }
  if (checks.policy) ask(0.5, "_dmarc." + zone, kTypeTxt);
}

// The checks at which lists are asked, where their answers are kept for a while.
std::set<double> list_times(const SenderChecks& checks, const std::vector<Transfer>& transfers) {
  std::set<double> times, asked;
  for (const Transfer& transfer : transfers) times.insert(transfer.checked_s);
  times.erase(0);
  for (const double t : times) {
    if (asked.empty() || t >= *asked.rbegin() + checks.lists_kept_seconds) asked.insert(t);
  }
  return asked;
}

}  // namespace

std::string reverse_name(const std::string& address) {
  return reversed_labels(address) +
         (address.find(':') == std::string::npos ? "in-addr.arpa" : "ip6.arpa");
}

std::string blocklist_name(const std::string& address, const std::string& list) {
  return reversed_labels(address) + list;
}

void add_checks(const Party& party, const TargetName& target, Happenings& happened) {
  const SenderChecks& checks = party.checks;
  const bool is_any = checks.reverse || checks.policy || checks.greeting || checks.exchanger ||
                      checks.both_families || !checks.blocklists.empty() ||
                      !checks.domain_lists.empty() || !checks.dkim_selector.empty();
  if (!is_any) return;
  Names& names = happened.names;
  const std::string zone = target.qname.substr(target.qname.find('.') + 1);
  const std::set<double> lists_asked = list_times(checks, happened.transfers);
  for (const Transfer& transfer : happened.transfers) {
    const double t = transfer.checked_s;
    if (t == 0) continue;
    if (checks.reverse) {
      happened.ask({t - 0.05, names.number(reverse_name(target.address)), kTypePtr,
                    Asker::mail_host, true, true});
    }
    for (const std::string& list : checks.blocklists) {  // which do not list it
      if (lists_asked.count(t) == 0) break;
      happened.ask({t + 0.02, names.number(blocklist_name(target.address, list)), kTypeA,
                    Asker::mail_host, false, true});
    }
    if (checks.greeting) happened.ask({t + 0.04, 0, kTypeA, Asker::mail_host});
    if (checks.exchanger) {
      happened.ask({t + 0.05, names.number(zone), kTypeMx, Asker::mail_host});
    }
    ask_policies(checks, target, t, happened);
  }
}

}  // namespace assay::sim
