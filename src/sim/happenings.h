// What happens inside networks and between servers in a simulated run. Times in seconds since the
// epoch. Names are numbers in a table of the run; 0 is the scenario's target.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace assay::sim {

inline constexpr std::uint16_t kTypeA = 1, kTypePtr = 12, kTypeMx = 15, kTypeTxt = 16,
                               kTypeAaaa = 28;

// Which host inside a party's network: the one that runs the cause's software, the mail host, the
// workstation of whoever works, or always the same workstation.
enum class Asker : std::uint8_t { server, mail_host, workstation, one_workstation };

// One wish to look up a name by a host inside a party's network.
struct Demand {
  double time_s = 0;
  std::uint32_t name = 0;
  std::uint16_t qtype = kTypeA;
  Asker asker = Asker::server;
  bool exists = true;         // but for the target, which may be removed
  bool is_elsewhere = false;  // in a zone that other servers have
};

// A query that reaches an authoritative server by no resolver of the party: spoofed, or from a
// network that is nobody's here.
struct DirectQuery {
  double time_s = 0;
  std::uint32_t name = 0;
  std::uint16_t qtype = kTypeA;
  std::string client;
};

// A mail transfer as both servers would log it.
struct Transfer {
  double time_s = 0;
  double checked_s = 0;    // when the party's mail host looked who connects; 0: it did not
  bool is_inbound = true;  // towards the party
  std::uint16_t code = 250;
  std::uint32_t size_bytes = 0;
  std::uint32_t thread = 0;  // 0: of no conversation
  bool is_reply = false;
  std::uint32_t recipients = 1;
  bool is_refused_for_who_asks = false;  // by the receiving host's policy, else by recipient
  std::uint32_t stranger = 0;            // who asked, by a number; 0: the party or Sender
};

struct Flow {
  double time_s = 0;
  double duration_s = 0;
  bool is_inbound = true;  // opened from the other side
  std::uint16_t port = 25;
  std::uint64_t bytes_sent = 0, bytes_received = 0;  // by who opened it
};

// Mail at rest that no transfer of this time brought.
struct StoredMessage {
  double time_s = 0;
  bool is_draft = false;  // else it was received, before the scenario began
};

class Names {
 public:
  explicit Names(const std::string& target) { number(target); }
  std::uint32_t number(const std::string& name) {
    const auto [found, is_new] = numbers_.emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.push_back(name);
    return found->second;
  }
  const std::string& name(std::uint32_t number) const { return names_[number]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

// Of one cause of one party.
struct Happenings {
  Happenings(Names& all_names, Asker usual) : names(all_names), usual_asker(usual) {}

  void ask(double time_s, std::uint32_t name, std::uint16_t qtype) {
    ask(Demand{time_s, name, qtype, usual_asker});
  }
  void ask(const Demand& demand) {
    if (demands.size() < kMostDemands) return demands.push_back(demand);
    is_too_much = true;
  }

  static constexpr std::size_t kMostDemands = 20'000'000;
  bool is_too_much = false;  // more than that were wanted
  Names& names;
  Asker usual_asker;
  std::vector<Demand> demands;
  std::vector<DirectQuery> direct;
  std::vector<Transfer> transfers;
  std::vector<Flow> flows;
  std::vector<StoredMessage> messages;
};

}  // namespace assay::sim
