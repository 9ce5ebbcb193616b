#include "methods/support/smtp_tries.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "core/ascii.h"
#include "methods/support/mail_words.h"
#include "methods/support/smtp_both_sides.h"

namespace assay::methods {
namespace {

constexpr std::array<std::string_view, 3> kOwnLogFormats{"postfix_log", "exim_mainlog",
                                                         "sendmail_log"};
constexpr std::uint16_t kMailPorts[] = {25, 465, 587, 2525};
constexpr std::uint8_t kTcp = 6;
constexpr std::size_t kMostReplyBytes = 1024;

struct Words {
  FieldId status = field_id("status"), step = field_id("step"),
          enhanced = field_id("enhanced_code"), text = field_id("reply_text"),
          host = field_id("host"), queue = field_id("queue_id"), user = field_id("auth_user"),
          helo_reply = field_id("helo_reply"), action = field_id("action"),
          direction = field_id("direction"), state = field_id("conn_state");
};
const Words& words() {
  static const Words kWords;
  return kWords;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Of whole words: "rbl" is not in "marble".
bool contains_words(std::string_view text, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) {
    for (std::size_t at = text.find(phrase); at != std::string_view::npos;
         at = text.find(phrase, at + 1)) {
      const std::size_t end = at + phrase.size();
      if ((at == 0 || !is_word_byte(text[at - 1])) &&
          (end == text.size() || !is_word_byte(text[end]))) {
        return true;
      }
    }
    return false;
  });
}

// ".1.1" of "5.1.1", or of "550 5.1.1 User unknown"; "" when no enhanced code stands in front.
std::string subject_of(std::string_view text) {
  const auto digits = [&](std::size_t at) {
    const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
    return static_cast<std::size_t>(end - text.begin()) - at;
  };
  if (digits(0) == 3 && text.size() > 4 && (text[3] == ' ' || text[3] == '-')) {
    text.remove_prefix(4);
  }
  if (digits(0) != 1 || text.size() < 2 || text[1] != '.') return "";
  const std::size_t subject = digits(2);
  if (subject == 0 || subject > 3 || text.size() <= 2 + subject || text[2 + subject] != '.') {
    return "";
  }
  const std::size_t detail = digits(3 + subject);
  if (detail == 0 || detail > 3) return "";
  return std::string(text.substr(1, 2 + subject + detail));
}

// The server's own words, in lower case: without what stands in <>, without addresses and names of
// hosts, which whoever asked may have chosen.
std::string own_words(std::string_view reply) {
  const std::string text = lower_text(reply.substr(0, kMostReplyBytes));
  std::string bare;
  bool is_inside = false, is_quoted = false;
  for (const char c : text) {
    if (is_inside && c == '"') is_quoted = !is_quoted;
    if (!is_inside && c == '<') {
      is_inside = true;
      is_quoted = false;
    } else if (is_inside && !is_quoted && c == '>') {
      is_inside = false;
    } else if (!is_inside) {
      bare += c;
    }
  }
  std::string words;
  for (std::size_t at = 0; at < bare.size();) {
    const std::size_t end = std::min(bare.find_first_of(" \t\r\n", at), bare.size());
    const std::string_view token = std::string_view(bare).substr(at, end - at);
    bool is_chosen = token.find('@') != std::string_view::npos;
    for (std::size_t dot = 1; dot + 1 < token.size() && !is_chosen; ++dot) {
      is_chosen = token[dot] == '.' && is_word_byte(token[dot - 1]) && is_word_byte(token[dot + 1]);
    }
    if (!is_chosen) words.append(token);
    words += ' ';
    at = end + 1;
  }
  return words;
}

bool is_mail_port(std::uint16_t port) {
  return std::find(std::begin(kMailPorts), std::end(kMailPorts), port) != std::end(kMailPorts);
}

bool is_own_log(const Evidence& evidence) {
  return std::find(kOwnLogFormats.begin(), kOwnLogFormats.end(), evidence.format) !=
         kOwnLogFormats.end();
}

// One session of a capture: its ends.
using SessionKey =
    std::tuple<std::uint32_t, std::uint64_t, std::uint16_t, std::uint64_t, std::uint16_t>;
SessionKey session_of(const OtherRow& row) {
  return {row.evidence, row.row.client, row.row.client_port, row.row.server, row.row.server_port};
}

struct Recipients {
  std::uint64_t all = 0;
  std::map<int, std::uint64_t> of_party;
};

class Collector {
 public:
  explicit Collector(const MethodContext& context)
      : context_(context), parties_(question_parties(context)) {
    for (const OtherRow& row : context.others->rows) {
      if (row.row.kind == RecordKind::mail) with_mail_.insert(session_of(row));
    }
  }

  std::vector<SmtpServer> collect() {
    const auto& rows = context_.others->rows;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      const OtherRow& row = rows[i];
      if (row.row.kind == RecordKind::flow) take_flow(i, row);
      if (row.row.kind != RecordKind::mail && row.row.kind != RecordKind::service) continue;
      const Evidence* evidence = evidence_numbered(context_, row.evidence);
      if (evidence == nullptr) continue;
      if (is_own_log(*evidence)) {
        take_log(i, row, *evidence);
      } else if (evidence->format != "rspamd_log" && evidence->format != "exchange_tracking") {
        take_wire(i, row);
      }
    }
    return finish();
  }

 private:
  // The party of the question that holds the row's server; -1 when none does.
  int party_of_server(const OtherRow& row) const {
    for (const int party : parties_) {
      if (row.server_party == party || is_address_of(context_, party, row.server)) return party;
    }
    return -1;
  }

  SmtpServer* server_at(const OtherRow& row) {
    const int party = party_of_server(row);
    if (party < 0) return nullptr;
    SmtpServer& server = servers_[row.server.to_string()];
    server.name = row.server.to_string();
    server.party = party;
    server.basis = "its address";
    return &server;
  }

  static SmtpTry try_of(std::uint32_t index, const OtherRow& row) {
    SmtpTry one;
    one.row = index;
    one.us = row.row.time_us;
    one.code = row.row.code;
    one.address = row.client;
    one.asker = row.client.is_unspecified() ? kAskerNotTold : row.client.to_string();
    one.network = row.client.is_unspecified() ? kAskerNotTold : network_text(row.client);
    if (!row.client.is_unspecified()) one.party = row.client_party;
    return one;
  }

  // Packets to a mail port that nothing came back for; only of formats that count both ways.
  void take_flow(std::uint32_t index, const OtherRow& row) {
    if (row.row.protocol != kTcp || !is_mail_port(row.row.server_port)) return;
    const Evidence* evidence = evidence_numbered(context_, row.evidence);
    const std::string_view state = row.field(words().state);
    const bool is_counted = evidence != nullptr && is_read_as(*evidence, "pcap_flow");
    const bool is_silent =
        state == "S0" || state == "REJ" ||
        (is_counted && row.row.packets_sent > 0 && row.row.packets_received == 0);
    if (!is_silent) return;
    if (SmtpServer* server = server_at(row)) {
      SmtpTry one = try_of(index, row);
      one.stage = SmtpStage::no_answer;
      one.fate = SmtpFate::unanswered;
      server->tries.push_back(std::move(one));
    }
  }

  void take_wire(std::uint32_t index, const OtherRow& row) {
    const bool is_session = row.row.kind == RecordKind::service;
    if (is_session &&
        (!is_mail_port(row.row.server_port) || with_mail_.contains(session_of(row)))) {
      return;
    }
    SmtpServer* server = server_at(row);
    if (server == nullptr) return;
    SmtpTry one = try_of(index, row);
    if (is_session) {
      judge_session(row, one);
    } else {
      judge_mail(row, one);
    }
    server->tries.push_back(std::move(one));
  }

  static void judge_session(const OtherRow& row, SmtpTry& one) {
    one.stage = SmtpStage::banner;
    if (row.row.code != kNoCode && row.row.code >= 400) {
      one.fate =
          row.row.code < 500 && row.row.code != 421 ? SmtpFate::deferred : SmtpFate::asker_refused;
      return;
    }
    const std::string_view helo = row.field(words().helo_reply);
    if (helo.starts_with('4') || helo.starts_with('5')) {
      one.stage = SmtpStage::ehlo;
      one.fate = helo.starts_with('5') || helo.starts_with("421") ? SmtpFate::asker_refused
                                                                  : SmtpFate::deferred;
    }
  }

  static void judge_mail(const OtherRow& row, SmtpTry& one) {
    one.stage = stage_of(row.field(words().step));
    if (fate_of(row) == MailFate::accepted) {
      one.stage = SmtpStage::data;
      one.fate = SmtpFate::accepted;
    } else if (row.row.code != kNoCode && row.row.code >= 400) {
      one.fate = fate_of_reply(row.row.code, one.stage, row.field(words().enhanced),
                               row.field(words().text));
    }
  }

  // Of a server's own log: whom it let in, and what other servers told it.
  void take_log(std::uint32_t index, const OtherRow& row, const Evidence& evidence) {
    const std::string host(row.field(words().host));
    const std::string name = host.empty() ? evidence.id : host;
    if (row.row.kind == RecordKind::mail) take_incoming(index, row, evidence, name);
    if (row.row.server == 0 || row.field(words().direction) == "in") return;
    if (SmtpServer* other = server_at(row)) {
      SmtpTry one = try_of(index, row);
      one.asker = fmt::format("the host of {}", name);
      one.network = one.asker;
      one.address = {};
      one.party = -1;
      one.log = name;
      if (row.row.kind == RecordKind::mail) {
        judge_mail(row, one);
      } else if (row.row.code == kNoCode) {
        one.stage = SmtpStage::no_answer;
        one.fate = SmtpFate::unanswered;
      } else if (row.row.code >= 400) {
        one.fate = fate_of_reply(row.row.code, one.stage, row.field(words().enhanced),
                                 row.field(words().text));
      }
      other->tries.push_back(std::move(one));
    }
  }

  void take_incoming(std::uint32_t index, const OtherRow& row, const Evidence& evidence,
                     const std::string& name) {
    SmtpServer& server = logs_[name];
    server.name = name;
    if (std::find(server.own_logs.begin(), server.own_logs.end(), evidence.number) ==
        server.own_logs.end()) {
      server.own_logs.push_back(evidence.number);
    }
    const bool is_refusal = fate_of(row) == MailFate::rejected;
    if (!row.field(words().user).empty() || is_loopback(row.client)) {
      ++server.by_authenticated;
      return;
    }
    if (row.client.is_unspecified()) {
      server.without_asker += !is_refusal;
      return;
    }
    SmtpTry one = try_of(index, row);
    one.is_of_own_log = true;
    if (is_refusal) {
      one.stage = stage_of(row.field(words().step));
      // Exim tells no code.
      const std::string_view text = row.field(words().text);
      const bool is_passing = row.field(words().action).starts_with("temporarily");
      const std::uint16_t otherwise = is_passing ? 450 : 550;
      const std::uint16_t code = row.row.code == kNoCode ? otherwise : row.row.code;
      one.fate = fate_of_reply(code, one.stage, row.field(words().enhanced), text);
    } else if (row.field(words().status) != "unfinished" && !row.field(words().queue).empty()) {
      one.stage = SmtpStage::data;
      one.fate = SmtpFate::accepted;
      if (!is_handed_on(row)) count_recipient(row, accepted_[name]);
    }
    if (!is_handed_on(row)) count_recipient(row, asked_[name]);
    server.tries.push_back(std::move(one));
  }

  // To another host: its recipients say nothing of whose log this is.
  static bool is_handed_on(const OtherRow& row) {
    return !row.server.is_unspecified() && !is_loopback(row.server) &&
           row.field(words().direction) == "out";
  }

  void count_recipient(const OtherRow& row, Recipients& recipients) const {
    ++recipients.all;
    for (const int party : parties_) recipients.of_party[party] += row.name_party == party;
  }

  void attribute(const std::string& name, SmtpServer& server) const {
    std::string canonical;
    const bool is_name = !canonicalise_name(name, canonical);
    for (const int party : parties_) {
      const Party& who = context_.case_file->parties[static_cast<std::size_t>(party)];
      if (is_name && who.holds_name(canonical)) {
        server.party = party;
        server.basis = "the name of its host";
        return;
      }
    }
    // A server that took nothing is told by whom others wanted to reach there.
    const auto taken = accepted_.find(name);
    const auto asked = asked_.find(name);
    if (asked == asked_.end()) return;
    const Recipients& told = taken == accepted_.end() ? asked->second : taken->second;
    for (const auto& [party, count] : told.of_party) {
      if (2 * count <= told.all) continue;
      server.party = party;
      server.basis =
          fmt::format("the recipients of {} of {} messages that {}", count, told.all,
                      taken == accepted_.end() ? "others wanted to hand over" : "it took");
      return;
    }
  }

  std::vector<SmtpServer> finish() {
    std::vector<SmtpServer> all;
    for (auto& [name, server] : logs_) {
      attribute(name, server);
      if (server.party >= 0 && !server.tries.empty()) all.push_back(std::move(server));
    }
    std::map<std::string, int> holders;  // of the hosts that asked, by the logs that they wrote
    for (auto& [name, server] : servers_) {
      for (SmtpTry& one : server.tries) {
        if (one.log.empty()) continue;
        const auto [holder, is_new] = holders.emplace(one.log, -1);
        if (is_new) {
          SmtpServer its_host;
          attribute(one.log, its_host);
          holder->second = its_host.party;
        }
        one.party = holder->second;
      }
      all.push_back(std::move(server));
    }
    return all;
  }

  const MethodContext& context_;
  std::vector<int> parties_;
  std::set<SessionKey> with_mail_;
  std::map<std::string, SmtpServer> servers_, logs_;
  std::map<std::string, Recipients> accepted_, asked_;  // by server
};

}  // namespace

SmtpStage stage_of(std::string_view step) {
  const std::string text = lower_text(step);
  if (contains_any(text, {"rcpt"})) return SmtpStage::rcpt;
  if (contains_any(text, {"mail", "sender"})) return SmtpStage::mail;
  if (contains_any(text, {"connect", "banner", "relay"})) return SmtpStage::banner;
  if (contains_any(text, {"helo", "ehlo"})) return SmtpStage::ehlo;
  if (contains_any(text, {"data", "bdat", "end-of", "message", "eom"})) return SmtpStage::data;
  return SmtpStage::not_told;
}

SmtpFate fate_of_reply(std::uint16_t code, SmtpStage stage, std::string_view enhanced,
                       std::string_view reply) {
  if (code >= 400 && code < 500 && code != 421) return SmtpFate::deferred;
  const std::string subject = subject_of(enhanced.empty() ? reply : enhanced);
  // A sender's address that the server does not believe (RFC 3463, 3.2) is about who asks.
  const bool is_sender = subject == ".1.7" || subject == ".1.8";
  if (subject.starts_with(".2.") || (subject.starts_with(".1.") && !is_sender)) {
    return SmtpFate::recipient_refused;
  }
  const std::string text = own_words(reply);
  // Words of the client's own address stand before those of the recipient's: a list that names the
  // client is quoted in a refusal of RCPT.
  const bool is_of_asker =
      is_sender || code == 421 || subject == ".7.25" || subject == ".7.23" ||
      contains_words(text, {"client host", "sender verify", "sender address",
                            "blocked",     "block list",    "blocklist",
                            "blocklisted", "blacklist",     "blacklisted",
                            "denylist",    "dnsbl",         "rbl",
                            "reputation",  "listed",        "spf",
                            "your ip",     "your host",     "reverse",
                            "helo",        "ehlo",          "not allowed to connect",
                            "banned"});
  if (is_of_asker) return SmtpFate::asker_refused;
  if (stage == SmtpStage::data || subject.starts_with(".6.") || subject.starts_with(".3.") ||
      code == 552) {
    return SmtpFate::content_refused;
  }
  const bool is_of_recipient =
      contains_words(text, {"relay", "relaying", "user unknown", "no such", "unknown user",
                            "unrouteable", "mailbox", "does not exist", "recipient address",
                            "unknown recipient", "recipient unknown"});
  if (is_of_recipient) return SmtpFate::recipient_refused;
  // A bare 550 to RCPT may be about either.
  if (stage == SmtpStage::rcpt && !subject.starts_with(".7.")) return SmtpFate::recipient_refused;
  return SmtpFate::asker_refused;
}

std::vector<SmtpServer> smtp_servers(const MethodContext& context) {
  if (context.others == nullptr) return {};
  std::vector<SmtpServer> servers = Collector(context).collect();
  settle_both_sides(context, servers);
  std::stable_sort(servers.begin(), servers.end(), [](const SmtpServer& a, const SmtpServer& b) {
    return a.tries.size() > b.tries.size();
  });
  for (SmtpServer& server : servers) {
    std::stable_sort(server.tries.begin(), server.tries.end(),
                     [](const SmtpTry& a, const SmtpTry& b) { return a.us < b.us; });
  }
  return servers;
}

}  // namespace assay::methods
