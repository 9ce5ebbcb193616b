#include "sim/records/mail.h"

#include <fmt/core.h>

#include <map>

#include "sim/acceptance.h"

namespace assay::sim {
namespace {

constexpr std::size_t kMostReferences = 20;

std::string plain_stem(const std::string& name) {
  std::string stem;
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    stem += is_plain ? c : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : '_';
  }
  return stem;
}

}  // namespace

std::string file_stem(const Scenario& scenario, std::size_t party) {
  const std::string stem = plain_stem(scenario.parties[party].name);
  std::size_t before = 0;
  for (std::size_t i = 0; i < party; ++i) before += plain_stem(scenario.parties[i].name) == stem;
  return before == 0 ? stem : fmt::format("{}_{}", stem, before + 1);
}

std::string mail_domain(const Scenario& scenario, std::size_t party) {
  std::string domain = file_stem(scenario, party);
  for (char& c : domain) c = c == '_' ? '-' : c;
  return domain + ".example";
}

std::string sender_domain(const Scenario& scenario) {
  return scenario.target.qname.substr(scenario.target.qname.find('.') + 1);
}

std::vector<SimulatedMail> mail_of_party(const Scenario& scenario, const SimulatedRun& run,
                                         std::uint16_t party) {
  const std::string domain = mail_domain(scenario, party), outside = sender_domain(scenario);
  std::map<std::pair<std::uint16_t, std::uint32_t>, std::vector<std::string>> threads;
  std::vector<SimulatedMail> mails;
  for (const PartyTransfer& each : run.transfers) {
    if (each.party != party) continue;
    const Transfer& transfer = each.transfer;
    const std::uint64_t number = mails.size() + 1;
    SimulatedMail& mail = mails.emplace_back();
    mail.transfer = &transfer;
    mail.queue_id = fmt::format("{:010X}", 0x4f00000000ull + number * 7'919ull);
    const bool is_person = transfer.thread != 0;
    const bool is_stranger = transfer.stranger != 0;
    mail.peer_name = is_stranger ? "unknown" : scenario.target.qname;
    mail.peer_address = is_stranger ? stranger_address(transfer.stranger) : scenario.target.address;
    const std::string here =
        fmt::format("person{}@{}", (is_person ? transfer.thread : number) % 5, domain);
    const std::string there = is_stranger ? fmt::format("office@other{}.example", transfer.stranger)
                              : is_person ? fmt::format("person{}@{}", transfer.thread % 7, outside)
                                          : "news@" + outside;
    mail.from = transfer.is_inbound ? there : here;
    mail.to = transfer.is_inbound ? here : there;
    mail.message_id = fmt::format("{}.{}.{}@{}", number, each.cause, transfer.thread,
                                  is_stranger           ? there.substr(there.find('@') + 1)
                                  : transfer.is_inbound ? outside
                                                        : domain);
    if (!is_person) continue;
    std::vector<std::string>& earlier = threads[{each.cause, transfer.thread}];
    mail.references = earlier;
    if (earlier.size() == kMostReferences) earlier.erase(earlier.begin() + 1);
    earlier.push_back(mail.message_id);
  }
  return mails;
}

}  // namespace assay::sim
