// Mail logs and flows at the parties' borders.
#include <fmt/core.h>

#include "sim/acceptance.h"
#include "sim/inside.h"
#include "sim/records/mail.h"
#include "sim/records/records.h"
#include "sim/times.h"

namespace assay::sim {
namespace {

// The lines of one transfer, in the order in which Postfix writes them.
class TransferLines {
 public:
  TransferLines(const TargetName& target, const std::string& host, std::string& out)
      : target_(target), host_(host), out_(out) {}

  void write(const SimulatedMail& mail) {
    time_us_ = micros(mail.transfer->time_s);
    if (mail.transfer->is_inbound) {
      line("smtpd[2101]", "connect from " + peer_of(mail));
      if (mail.transfer->code >= 400) {
        line("smtpd[2101]", refusal_of(mail));
        line("smtpd[2101]", "disconnect from " + peer_of(mail));
        return;
      }
    }
    write_queued(mail);
  }

 private:
  static std::string peer_of(const SimulatedMail& mail) {
    return fmt::format("{}[{}]", mail.peer_name, mail.peer_address);
  }

  std::string helo_of(const SimulatedMail& mail) const {
    return mail.transfer->stranger == 0 ? target_.qname
                                        : "mail." + mail.from.substr(mail.from.find('@') + 1);
  }

  // Postfix's access(5) with a reply of its own: 521 hangs up, and smtpd_delay_reject = no puts it
  // in place of the greeting.
  std::string refusal_of(const SimulatedMail& mail) const {
    const std::string peer = peer_of(mail);
    const std::uint16_t code = mail.transfer->code;
    const std::string rest =
        fmt::format("from=<{}> to=<{}> proto=ESMTP helo=<{}>", mail.from, mail.to, helo_of(mail));
    if (!mail.transfer->is_refused_for_who_asks) {
      return fmt::format(
          "NOQUEUE: reject: RCPT from {}: {} 5.7.1 <{}>: Recipient address rejected: Access "
          "denied; {}",
          peer, code, mail.to, rest);
    }
    if (code == kTakesNoMail) {
      return fmt::format(
          "NOQUEUE: reject: CONNECT from {0}: {1} 5.7.1 <{0}>: Client host rejected: this host "
          "takes no mail; proto=SMTP",
          peer, code);
    }
    return fmt::format(
        "NOQUEUE: reject: RCPT from {0}: {1} 5.7.1 <{0}>: Client host rejected: Access denied; {2}",
        peer, code, rest);
  }

  // What became of a message that the other side's policy refused, and Postfix returned at once
  // (smtp_skip_5xx_greeting = no).
  std::string outcome_of(const SimulatedMail& mail) const {
    const Transfer& transfer = *mail.transfer;
    if (transfer.code < 400) {
      return fmt::format("dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {})", mail.queue_id);
    }
    if (transfer.code < 500) {
      return fmt::format(
          "dsn=4.7.1, status=deferred (host {} said: {} 4.7.1 Come back later (in reply to RCPT TO "
          "command))",
          peer_of(mail), transfer.code);
    }
    if (transfer.code == kTakesNoMail) {
      return fmt::format(
          "dsn=5.0.0, status=bounced (host {} refused to talk to me: {} {} does not accept mail)",
          peer_of(mail), transfer.code, target_.qname);
    }
    return fmt::format(
        "dsn=5.7.1, status=bounced (host {} said: {} 5.7.1 Client host rejected: Access denied (in "
        "reply to RCPT TO command))",
        peer_of(mail), transfer.code);
  }

  void write_queued(const SimulatedMail& mail) {
    const Transfer& transfer = *mail.transfer;
    const std::string& id = mail.queue_id;
    line(transfer.is_inbound ? "smtpd[2101]" : "pickup[2102]",
         transfer.is_inbound ? fmt::format("{}: client={}", id, peer_of(mail))
                             : fmt::format("{}: uid=1000 from=<{}>", id, mail.from));
    line("cleanup[2103]", fmt::format("{}: message-id=<{}>", id, mail.message_id));
    line("qmgr[2104]", fmt::format("{}: from=<{}>, size={}, nrcpt=1 (queue active)", id, mail.from,
                                   transfer.size_bytes));
    const std::string relay =
        transfer.is_inbound ? "mailbox.local[127.0.0.1]:24" : fmt::format("{}:25", peer_of(mail));
    line(transfer.is_inbound ? "lmtp[2105]" : "smtp[2106]",
         fmt::format("{}: to=<{}>, relay={}, delay=0.4, delays=0.1/0/0.1/0.2, {}", id, mail.to,
                     relay, outcome_of(mail)));
    const bool stays = transfer.code >= 400 && transfer.code < 500;
    if (!stays) line("qmgr[2104]", fmt::format("{}: removed", id));
  }

  void line(std::string_view process, std::string_view message) {
    fmt::format_to(std::back_inserter(out_), "{} {} postfix/{}: {}\n", format_utc(time_us_), host_,
                   process, message);
    time_us_ += 20'000;
  }

  const TargetName& target_;
  const std::string& host_;
  std::string& out_;
  std::int64_t time_us_ = 0;
};

}  // namespace

std::vector<RecordFile> postfix_logs(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<RecordFile> files;
  for (std::uint16_t i = 0; i < scenario.parties.size(); ++i) {
    RecordFile file{file_stem(scenario, i) + ".mail.log", "", {}};
    TransferLines lines(scenario.target, scenario.parties[i].mail.host, file.bytes);
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
