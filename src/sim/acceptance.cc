#include "sim/acceptance.h"

#include <fmt/core.h>

#include <algorithm>

namespace assay::sim {

std::uint16_t policy_reply(const MailHost& host, const std::string& client_address) {
  constexpr std::uint16_t kAccepted = 250;
  switch (host.accepts) {
    case Acceptance::everybody:
      return kAccepted;
    case Acceptance::nobody:
      return kTakesNoMail;
    case Acceptance::listed:
      break;
  }
  const bool is_listed =
      std::find(host.listed.begin(), host.listed.end(), client_address) != host.listed.end();
  return is_listed ? kAccepted : kNotOnTheList;
}

std::string stranger_address(std::uint32_t number) {
  return fmt::format("2001:db8:{:x}::25", number);
}

}  // namespace assay::sim
