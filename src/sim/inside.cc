#include "sim/inside.h"

#include <fmt/core.h>

#include <cmath>

namespace assay::sim {
namespace {

constexpr std::uint64_t kWorkstations = 24;
constexpr double kSecondsOfUse = 1'800;

// No randomness of the run is used, so that asking for this log changes nothing else.
std::uint64_t mixed(std::uint64_t value) {
  value *= 0x9e3779b97f4a7c15ull;
  return value ^ (value >> 32);
}

}  // namespace

std::string inside_prefix(std::uint16_t party) { return fmt::format("10.{}.0.0/16", party + 1); }

std::string outside_address(const TargetName& target, std::uint64_t number) {
  const std::string address = fmt::format("203.0.113.{}", 20 + number);
  return address == target.address ? "203.0.113.250" : address;
}

std::string mail_host(const Party& party) {
  return party.mail_addresses.empty() ? party.addresses.front() : party.mail_addresses.front();
}

std::string inside_address(const Party& party, std::uint16_t number, Asker asker,
                           std::uint16_t cause, double time_s) {
  const int net = number + 1;
  switch (asker) {
    case Asker::mail_host:
      return mail_host(party);
    case Asker::workstation: {
      const auto turn = static_cast<std::uint64_t>(std::floor(time_s / kSecondsOfUse));
      return fmt::format("10.{}.1.{}", net, 10 + mixed(turn * 64 + cause) % kWorkstations);
    }
    case Asker::one_workstation:
      return fmt::format("10.{}.1.{}", net, 10 + mixed(cause + 1u) % kWorkstations);
    case Asker::server:
      break;
  }
  return fmt::format("10.{}.0.{}", net, 20 + cause);
}

}  // namespace assay::sim
