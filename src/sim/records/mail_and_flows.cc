// Mail logs and flows at the parties' borders.
#include <fmt/format.h>

#include "sim/inside.h"
#include "sim/records/mail.h"
#include "sim/records/records.h"
#include "sim/times.h"

namespace assay::sim {
namespace {

// The lines of one transfer, in the order in which Postfix writes them.
class TransferLines {
 public:
  TransferLines(const TargetName& target, std::string& out) : target_(target), out_(out) {}

  void write(const SimulatedMail& mail) {
    const Transfer& transfer = *mail.transfer;
    time_us_ = micros(transfer.time_s);
    const std::string peer = fmt::format("{}[{}]", target_.qname, target_.address);
    const std::string& id = mail.queue_id;
    if (transfer.is_inbound) {
      line("smtpd[2101]", fmt::format("connect from {}", peer));
      if (transfer.code >= 400) {
        line("smtpd[2101]",
             fmt::format("NOQUEUE: reject: RCPT from {}: {} 5.7.1 <{}>: Recipient address "
                         "rejected: Access denied; from=<{}> to=<{}> proto=ESMTP helo=<{}>",
                         peer, transfer.code, mail.to, mail.from, mail.to, target_.qname));
        line("smtpd[2101]", fmt::format("disconnect from {}", peer));
        return;
      }
    }
    line(transfer.is_inbound ? "smtpd[2101]" : "pickup[2102]",
         transfer.is_inbound ? fmt::format("{}: client={}", id, peer)
                             : fmt::format("{}: uid=1000 from=<{}>", id, mail.from));
    line("cleanup[2103]", fmt::format("{}: message-id=<{}>", id, mail.message_id));
    line("qmgr[2104]", fmt::format("{}: from=<{}>, size={}, nrcpt=1 (queue active)", id, mail.from,
                                   transfer.size_bytes));
    const std::string relay =
        transfer.is_inbound ? "mailbox.local[127.0.0.1]:24" : fmt::format("{}:25", peer);
    line(transfer.is_inbound ? "lmtp[2105]" : "smtp[2106]",
         fmt::format("{}: to=<{}>, relay={}, delay=0.4, delays=0.1/0/0.1/0.2, dsn=2.0.0, "
                     "status=sent (250 2.0.0 Ok: queued as {})",
                     id, mail.to, relay, id));
    line("qmgr[2104]", fmt::format("{}: removed", id));
  }

 private:
  void line(std::string_view process, std::string_view message) {
    fmt::format_to(std::back_inserter(out_), "{} mx1 postfix/{}: {}\n", format_utc(time_us_),
                   process, message);
    time_us_ += 20'000;
  }

  const TargetName& target_;
  std::string& out_;
  std::int64_t time_us_ = 0;
};

}  // namespace

std::vector<RecordFile> postfix_logs(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<RecordFile> files;
  for (std::uint16_t i = 0; i < scenario.parties.size(); ++i) {
    RecordFile file{file_stem(scenario, i) + ".mail.log", "", {}};
    TransferLines lines(scenario.target, file.bytes);
    for (const SimulatedMail& mail : mail_of_party(scenario, run, i)) {
      lines.write(mail);
      ++file.records["mail"];
      if (mail.transfer->is_inbound) ++file.records["service"];  // the connection
    }
    if (!file.bytes.empty()) files.push_back(std::move(file));
  }
  return files;
}

std::vector<RecordFile> flow_lists(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<RecordFile> files;
  for (std::size_t i = 0; i < scenario.parties.size(); ++i) {
    const Party& party = scenario.parties[i];
    RecordFile file{file_stem(scenario, i) + ".flows.txt",
                    "sIP|dIP|sPort|dPort|pro|packets|bytes|flags|sTime|duration|eTime|\n",
                    {}};
    std::uint32_t port = 40'000;
    for (const PartyFlow& each : run.flows) {
      if (each.party != i) continue;
      const Flow& flow = each.flow;
      const std::string here = mail_host(party);
      const std::string& there = scenario.target.address;
      port = 40'000 + (port * 31 + 7) % 20'000;
      const auto one_way = [&](const std::string& from, const std::string& to, std::uint32_t sport,
                               std::uint32_t dport, std::uint64_t bytes) {
        file.bytes += fmt::format("{}|{}|{}|{}|6|{}|{}|FSPA|{:.3f}|{:.3f}|{:.3f}|\n", from, to,
                                  sport, dport, 3 + bytes / 1'200, bytes, flow.time_s,
                                  flow.duration_s, flow.time_s + flow.duration_s);
        ++file.records["flow"];
      };
      const std::string& client = flow.is_inbound ? there : here;
      const std::string& server = flow.is_inbound ? here : there;
      one_way(client, server, port, flow.port, flow.bytes_sent);
      one_way(server, client, flow.port, port, flow.bytes_received);
    }
    if (!file.records.empty()) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace assay::sim
