// Who asked a mail server for what, how far it came and what it was told, from captures and from
// the mail logs of either side.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "methods/support/other_findings.h"

namespace assay::methods {

// How far the client had come when the reply fell that decided.
enum class SmtpStage { no_answer, banner, ehlo, mail, rcpt, data, not_told };
inline constexpr std::array<std::string_view, 7> kSmtpStages{
    "no_answer", "banner", "ehlo", "mail", "rcpt", "data", "not_told"};

enum class SmtpFate {
  accepted,           // 2xx behind the message
  asker_refused,      // 5xx, or 421, that speaks of who asks
  deferred,           // 4xx: come again
  recipient_refused,  // no such mailbox, or not one that this server takes mail for
  content_refused,    // behind the message, of what it says
  unanswered,         // no answer, or the connection was refused
  unknown,            // nothing was asked for, or the record does not tell
};

inline constexpr std::array<std::string_view, 7> kSmtpFates{
    "accepted",        "asker_refused", "deferred", "recipient_refused",
    "content_refused", "unanswered",    "unknown"};

struct SmtpTry {
  std::string asker;    // an address, or "the host of a log"
  std::string network;  // the asker's; its own name where there is no address
  IpAddress address;    // unspecified for the host of a log, and when it is not told
  int party = -1;       // who held the address then, or whose log it is; -1: not known
  std::string log;      // whose host asked; "" = told by its address
  std::int64_t us = 0;
  SmtpStage stage = SmtpStage::not_told;
  SmtpFate fate = SmtpFate::unknown;
  std::uint16_t code = kNoCode;
  bool is_of_own_log = false;
  std::uint32_t row = 0;
};

// Rows of one transfer that do not have one fate: of who handed it over, and of who took it.
struct SmtpDifference {
  std::uint32_t given_row = 0, taken_row = 0;
  SmtpFate given = SmtpFate::unknown, taken = SmtpFate::unknown;
};

struct SmtpServer {
  std::string name;                     // address, or what its log calls it
  int party = -1;                       // a party of the question
  std::string basis;                    // why it is that party's
  std::vector<SmtpTry> tries;           // in order of time
  std::vector<std::uint32_t> own_logs;  // evidences that the server wrote itself
  std::uint64_t without_asker = 0;      // messages in its own log that tell no client
  std::uint64_t by_authenticated = 0;   // its own users and programs: no askers
  // What smtp_both_sides.h found: other names of it, and transfers that two records tell of.
  std::vector<std::string> also;
  std::uint64_t told_by_both = 0;
  std::vector<SmtpDifference> told_differently;
  // Let in by the records of others, and not in its own log by a Message-ID or a queue id.
  std::uint64_t own_log_lacks = 0;
};

// Servers of the question's parties, those with most tries first. A log is a party's when its host
// is one of the party's names, or when more than half of the recipients that it accepted are.
std::vector<SmtpServer> smtp_servers(const MethodContext& context);

inline constexpr char kAskerNotTold[] = "not told";

// What a refusal is about: by its enhanced code (RFC 3463), which stands in `enhanced` or before
// the words, then by its command and its words. Addresses and host names in the words are others'
// writing and are not read.
SmtpFate fate_of_reply(std::uint16_t code, SmtpStage stage, std::string_view enhanced,
                       std::string_view text);
SmtpStage stage_of(std::string_view step);

}  // namespace assay::methods
