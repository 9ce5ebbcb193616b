// Mail logs and flows at the parties' borders.
#include <fmt/format.h>

#include <cmath>

#include "sim/records/records.h"

namespace assay::sim {
namespace {

std::int64_t micros(double time_s) { return static_cast<std::int64_t>(std::llround(time_s * 1e6)); }

std::string file_stem(const std::string& party) {
  std::string stem;
  for (const char c : party) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    stem += is_plain ? c : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : '_';
  }
  return stem;
}

std::string mail_host(const Party& party) {
  return party.mail_addresses.empty() ? party.addresses.front() : party.mail_addresses.front();
}

// The lines of one transfer, in the order in which Postfix writes them.
class TransferLines {
 public:
  TransferLines(const Scenario& scenario, const Party& party)
      : target_(scenario.target), domain_(file_stem(party.name) + ".example") {}

  void write(const Transfer& transfer, std::uint32_t number, std::string& out) {
    time_us_ = micros(transfer.time_s);
    id_ = fmt::format("{:010X}", 0x4f00000000ull + number * 7'919ull);
    const std::string sender_domain = target_.qname.substr(target_.qname.find('.') + 1);
    const std::string there = fmt::format("person{}@{}", transfer.thread % 7, sender_domain);
    const std::string here = fmt::format("person{}@{}", transfer.thread % 5, domain_);
    const std::string bulk = "news@" + sender_domain;
    const bool is_person = transfer.thread != 0;
    const std::string peer = fmt::format("{}[{}]", target_.qname, target_.address);
    const std::string& from = !transfer.is_inbound ? here : is_person ? there : bulk;
    const std::string& to = transfer.is_inbound ? here : there;
    if (transfer.is_inbound) {
      line(out, "smtpd[2101]", fmt::format("connect from {}", peer));
      if (transfer.code >= 400) {
        line(out, "smtpd[2101]",
             fmt::format("NOQUEUE: reject: RCPT from {}: {} 5.7.1 <{}>: Recipient address "
                         "rejected: Access denied; from=<{}> to=<{}> proto=ESMTP helo=<{}>",
                         peer, transfer.code, to, from, to, target_.qname));
        line(out, "smtpd[2101]", fmt::format("disconnect from {}", peer));
        return;
      }
    }
    line(out, transfer.is_inbound ? "smtpd[2101]" : "pickup[2102]",
         transfer.is_inbound ? fmt::format("{}: client={}", id_, peer)
                             : fmt::format("{}: uid=1000 from=<{}>", id_, from));
    line(out, "cleanup[2103]",
         fmt::format("{}: message-id=<{}.{}@{}>", id_, number, transfer.thread,
                     from.substr(from.find('@') + 1)));
    line(out, "qmgr[2104]",
         fmt::format("{}: from=<{}>, size={}, nrcpt=1 (queue active)", id_, from,
                     transfer.size_bytes));
    const std::string relay =
        transfer.is_inbound ? "mailbox.local[127.0.0.1]:24" : fmt::format("{}:25", peer);
    line(out, transfer.is_inbound ? "lmtp[2105]" : "smtp[2106]",
         fmt::format("{}: to=<{}>, relay={}, delay=0.4, delays=0.1/0/0.1/0.2, dsn=2.0.0, "
                     "status=sent (250 2.0.0 Ok: queued as {})",
                     id_, to, relay, id_));
    line(out, "qmgr[2104]", fmt::format("{}: removed", id_));
  }

 private:
  void line(std::string& out, std::string_view process, std::string_view message) {
    out += fmt::format("{} mx1 postfix/{}: {}\n", format_utc(time_us_), process, message);
    time_us_ += 20'000;
  }

  const TargetName& target_;
  std::string domain_, id_;
  std::int64_t time_us_ = 0;
};

}  // namespace

std::vector<RecordFile> postfix_logs(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<RecordFile> files;
  for (std::size_t i = 0; i < scenario.parties.size(); ++i) {
    const Party& party = scenario.parties[i];
    RecordFile file{file_stem(party.name) + ".mail.log", ""};
    TransferLines lines(scenario, party);
    std::uint32_t number = 0;
    for (const PartyTransfer& each : run.transfers) {
      if (each.party == i) lines.write(each.transfer, ++number, file.bytes);
    }
    if (!file.bytes.empty()) files.push_back(std::move(file));
  }
  return files;
}

std::vector<RecordFile> flow_lists(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<RecordFile> files;
  for (std::size_t i = 0; i < scenario.parties.size(); ++i) {
    const Party& party = scenario.parties[i];
    RecordFile file{file_stem(party.name) + ".flows.txt",
                    "sIP|dIP|sPort|dPort|pro|packets|bytes|flags|sTime|duration|eTime|\n"};
    std::uint32_t port = 40'000;
    bool has_any = false;
    for (const PartyFlow& each : run.flows) {
      if (each.party != i) continue;
      has_any = true;
      const Flow& flow = each.flow;
      const std::string here = mail_host(party);
      const std::string& there = scenario.target.address;
      port = 40'000 + (port * 31 + 7) % 20'000;
      const auto one_way = [&](const std::string& from, const std::string& to, std::uint32_t sport,
                               std::uint32_t dport, std::uint64_t bytes) {
        file.bytes += fmt::format("{}|{}|{}|{}|6|{}|{}|FSPA|{:.3f}|{:.3f}|{:.3f}|\n", from, to,
                                  sport, dport, 3 + bytes / 1'200, bytes, flow.time_s,
                                  flow.duration_s, flow.time_s + flow.duration_s);
      };
      const std::string& client = flow.is_inbound ? there : here;
      const std::string& server = flow.is_inbound ? here : there;
      one_way(client, server, port, flow.port, flow.bytes_sent);
      one_way(server, client, flow.port, port, flow.bytes_received);
    }
    if (has_any) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace assay::sim
