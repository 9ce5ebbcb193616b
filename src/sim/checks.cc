#include "sim/checks.h"

#include <fmt/format.h>

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
  if (!checks.reverse && !checks.policy && checks.blocklists.empty()) return;
  Names& names = happened.names;
  const std::string zone = target.qname.substr(target.qname.find('.') + 1);
  for (const Transfer& transfer : happened.transfers) {
    const double t = transfer.checked_s;
    if (t == 0) continue;
    if (checks.reverse) {
      happened.ask({t - 0.05, names.number(reverse_name(target.address)), kTypePtr,
                    Asker::mail_host, true, true});
    }
    for (const std::string& list : checks.blocklists) {  // which do not list it
      happened.ask({t + 0.02, names.number(blocklist_name(target.address, list)), kTypeA,
                    Asker::mail_host, false, true});
    }
    if (checks.policy) {
      happened.ask({t + 0.3, names.number(zone), kTypeTxt, Asker::mail_host});
      happened.ask({t + 0.5, names.number("_dmarc." + zone), kTypeTxt, Asker::mail_host});
    }
  }
}

}  // namespace assay::sim
