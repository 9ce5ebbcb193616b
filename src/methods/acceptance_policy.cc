// acceptance_policy: whom a mail server was seen to let in, whom it refused and at which stage.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/ascii.h"
#include "methods/registry.h"
#include "methods/support/measure.h"
#include "methods/support/smtp_both_sides.h"
#include "methods/support/smtp_tries.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostServers = 8;
constexpr std::size_t kMostTableRows = 200;
constexpr std::int64_t kGreylistUs = 5 * kMicrosPerDay;  // RFC 5321 section 4.5.4.1: 4 to 5 days

// One asker at one server, over all that it tried.
struct Asker {
  std::string network;
  IpAddress address;
  std::uint64_t tries = 0, accepted = 0, refused = 0, deferred = 0, of_recipient = 0,
                of_content = 0, unanswered = 0;
  std::int64_t first_deferred_us = -1;
  bool was_greylisted = false;
  std::array<std::uint64_t, kSmtpStages.size()> refused_at{};
  std::set<std::int64_t> days;
};
using Askers = std::map<std::string, Asker>;

Askers askers_of(const SmtpServer& server) {
  Askers askers;
  for (const SmtpTry& one : server.tries) {
    Asker& asker = askers[one.asker];
    asker.network = one.network;
    asker.address = one.address;
    ++asker.tries;
    asker.days.insert(one.us / kMicrosPerDay);
    switch (one.fate) {
      case SmtpFate::accepted:
        asker.was_greylisted |= asker.accepted == 0 && asker.first_deferred_us >= 0 &&
                                one.us - asker.first_deferred_us <= kGreylistUs;
        ++asker.accepted;
        break;
      case SmtpFate::asker_refused:
        ++asker.refused;
        ++asker.refused_at[static_cast<std::size_t>(one.stage)];
        break;
      case SmtpFate::deferred:
        ++asker.deferred;
        if (asker.first_deferred_us < 0) asker.first_deferred_us = one.us;
        break;
      case SmtpFate::recipient_refused:
        ++asker.of_recipient;
        break;
      case SmtpFate::content_refused:
        ++asker.of_content;
        break;
      case SmtpFate::unanswered:
        ++asker.unanswered;
        break;
      case SmtpFate::unknown:
        break;
    }
  }
  return askers;
}

// Askers by what became of them; one that was ever let in counts as let in. Networks are views
// into the askers that were counted.
struct Sums {
  double askers = 0, accepted = 0, refused = 0, deferred = 0, unanswered = 0, other = 0;
  double greylisted = 0, refused_days = 0;
  std::array<double, kSmtpStages.size()> refused_at{};
  std::set<std::string_view> networks, refused_networks, accepted_networks;
  std::set<std::int64_t> days;
};

Sums sums_of(const Askers& askers) {
  Sums sums;
  std::set<std::int64_t> refused_days;
  for (const auto& [name, asker] : askers) {
    ++sums.askers;
    sums.networks.insert(asker.network);
    sums.days.insert(asker.days.begin(), asker.days.end());
    sums.greylisted += asker.was_greylisted;
    if (asker.accepted > 0) {
      ++sums.accepted;
      sums.accepted_networks.insert(asker.network);
    } else if (asker.refused > 0) {
      ++sums.refused;
      for (std::size_t stage = 0; stage < kSmtpStages.size(); ++stage) {
        sums.refused_at[stage] += asker.refused_at[stage] > 0;
      }
      sums.refused_networks.insert(asker.network);
      refused_days.insert(asker.days.begin(), asker.days.end());
    } else if (asker.deferred > 0) {
      ++sums.deferred;
    } else if (asker.unanswered == asker.tries) {
      ++sums.unanswered;
    } else {
      ++sums.other;
    }
  }
  sums.refused_days = static_cast<double>(refused_days.size());
  return sums;
}

// Networks of refused askers: hosts of one network are turned away together, so that only networks
// come near to being drawn independently.
double networks_refused(const Sums& sums) {
  return static_cast<double>(sums.refused_networks.size() -
                             sums.refused_networks.count(kAskerNotTold));
}

// Of a kind of which k networks were refused and none let in, at most this share is let in (95 %).
double upper_share(const Sums& sums) {
  const double k = networks_refused(sums);
  return k <= 0 ? 1 : 1 - std::pow(0.05, 1 / k);
}

constexpr char kShareMethod[] = "95 % upper limit 1 - 0.05^(1/k), k networks refused of k";

// Words of a reading may begin with a number.
std::string as_sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

bool is_no_mail_code(std::uint16_t code) { return code == 521 || code == 554; }

// RFC 7504 and RFC 5321 section 3.1: said at the banner, these codes mean no mail from anybody.
double refused_by_no_mail_banner(const SmtpServer& server) {
  std::set<std::string> askers;
  for (const SmtpTry& one : server.tries) {
    if (one.stage == SmtpStage::banner && is_no_mail_code(one.code)) askers.insert(one.asker);
  }
  return static_cast<double>(askers.size());
}

void add_table(const Askers& askers, Finding& finding) {
  std::vector<const Askers::value_type*> order;
  for (const auto& each : askers) order.push_back(&each);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->second.tries > b->second.tries; });
  Table table{"askers",
              {"tries", "accepted", "asker_refused", "deferred", "recipient_refused",
               "content_refused", "unanswered", "days"},
              {},
              {}};
  for (const auto* each : order) {
    if (table.rows.size() == kMostTableRows) break;
    const Asker& a = each->second;
    const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
    table.row_labels.push_back(each->first);
    table.rows.push_back({number(a.tries), number(a.accepted), number(a.refused),
                          number(a.deferred), number(a.of_recipient), number(a.of_content),
                          number(a.unanswered), number(a.days.size())});
  }
  finding.tables.push_back(std::move(table));
}

OtherIndices rows_of(const SmtpServer& server) {
  OtherIndices rows;
  for (const SmtpTry& one : server.tries) rows.push_back(one.row);
  for (const SmtpDifference& each : server.told_differently) rows.push_back(each.given_row);
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

Finding start(const MethodContext& context, const SmtpServer& server, std::string_view variant) {
  Finding finding = make_other_finding(acceptance_policy_method(), context, server.name, variant);
  const Party& party = context.case_file->parties[static_cast<std::size_t>(server.party)];
  finding.dedup_rule = "one asker is one address; an asker ever let in counts as let in";
  finding.parameters["party"] = party.name;
  finding.parameters["party_basis"] = server.basis;
  finding.parameters["own_log"] = server.own_logs.empty() ? "no" : "yes";
  finding.selection = seal_others(context, rows_of(server),
                                  fmt::format("mail sessions and transfers to {}", server.name));
  finding.denominator = fmt::format("of {} {} at {} that these records hold",
                                    count_text(static_cast<double>(server.tries.size())),
                                    server.tries.size() == 1 ? "try" : "tries", server.name);
  if (const std::uint64_t left = left_out_of(context, {RecordKind::mail, RecordKind::service})) {
    finding.limitations.push_back(
        fmt::format("{} more mail records lie beyond the limit of what one question holds.", left));
  }
  return finding;
}

void say_limits(const SmtpServer& server, const Sums& sums, Finding& finding) {
  auto& says = finding.limitations;
  if (server.own_logs.empty()) {
    says.emplace_back(
        "Seen from outside: whom the server lets in when nobody records it, these records cannot "
        "show. Its configuration, or its own log of accepted and refused sessions, would.");
  }
  says.emplace_back(
      "A refusal is of this asker at this time: a block list that names the asker, a provider that "
      "blocks port 25, and a limit of rate refuse without any list of those let in.");
  if (sums.refused_networks.size() < 3 || sums.refused_days < 3) {
    says.push_back(fmt::format(
        "Refused askers come from {} on {}; a refusal that is the asker's own fault is told apart "
        "only by three or more networks on three or more days.",
        plural(static_cast<double>(sums.refused_networks.size()), "network"),
        plural(sums.refused_days, "day")));
  }
  says.emplace_back(
      "What a refusal is about is read from its stage, code and words; servers write what they "
      "like. Refusals of a recipient (no such mailbox, relaying denied) and of content say nothing "
      "of who is let in and are kept apart, as is greylisting (4xx, then accepted).");
}

// The reading, by what was seen of askers that were let in.
std::string reading_of(const SmtpServer& server, const Sums& sums, double no_mail,
                       Finding& finding) {
  const std::string bound = share_text(upper_share(sums));
  const std::string networks = plural(networks_refused(sums), "network");
  if (sums.accepted > 0 && sums.refused > 0) {
    finding.outcome = Outcome::measured;
    finding.parameters["reading"] = "some_in_some_refused";
    return "it lets some in and refuses others; what decides (a list, a block list, the asker's "
           "name, its rate) these records do not tell";
  }
  if (sums.accepted > 0) {
    finding.outcome = Outcome::nothing_found;
    finding.parameters["reading"] = "nobody_refused";
    return "nobody was seen to be refused for who they are";
  }
  finding.outcome = Outcome::not_enough;
  if (sums.refused > 0 && no_mail == sums.refused) {
    finding.parameters["reading"] = "no_mail_at_all";
    return fmt::format(
        "all that were refused were told 521 or 554 in place of a greeting, which says that the "
        "host takes no mail from anybody; a host that only sends does that. With {} in {} refused, "
        "at most {} of networks of this kind are let in (95 %). That is no list of those let in: "
        "no "
        "accepted asker was seen to hold it against",
        plural(sums.refused, "asker"), networks, bound);
  }
  if (sums.refused > 0) {
    finding.parameters["reading"] = "no_positive_control";
    return fmt::format(
        "of those that show whom it lets in, {0} of {0} were refused, in {1}, so that at most "
        "{2} of networks of this kind are let in (95 %). "
        "That is no list of those let in: no accepted asker was seen, and a host that takes no "
        "mail at all, a block list and a list of friends refuse alike",
        count_text(sums.refused), networks, bound);
  }
  finding.parameters["reading"] = "not_tested";
  return server.tries.empty() || sums.unanswered < sums.askers
             ? "nobody was let in or refused for who they are, so nothing tells whom it lets in"
             : "no answer came back at all: a filter, a host that is down and one that does not "
               "speak SMTP look alike";
}

// What became of the question's other parties when they asked, by address or by whose log it is;
// how many of their tries were neither let in nor refused for who they are, and how many records
// could be of one more that was let in.
void add_parties(const MethodContext& context, const SmtpServer& server, Finding& finding) {
  const std::vector<int> parties = question_parties(context);
  std::set<std::string> accepted, refused;
  std::set<std::int64_t> days, tried;
  double otherwise = 0;
  double untold =
      static_cast<double>(server.without_asker) +
      static_cast<double>(left_out_of(context, {RecordKind::mail, RecordKind::service}));
  for (const SmtpTry& one : server.tries) {
    untold += one.party < 0 && one.address.is_unspecified() && one.fate == SmtpFate::accepted;
    if (one.party == server.party ||
        std::find(parties.begin(), parties.end(), one.party) == parties.end()) {
      continue;
    }
    tried.insert(one.us / kMicrosPerDay);
    if (one.fate == SmtpFate::accepted) accepted.insert(one.asker);
    otherwise += one.fate != SmtpFate::accepted && one.fate != SmtpFate::asker_refused;
    if (one.fate != SmtpFate::asker_refused) continue;
    refused.insert(one.asker);
    days.insert(one.us / kMicrosPerDay);
  }
  add(finding, "party_askers_accepted", static_cast<double>(accepted.size()), "askers");
  add(finding, "party_askers_refused", static_cast<double>(refused.size()), "askers");
  add(finding, "party_refused_days", static_cast<double>(days.size()), "days");
  add(finding, "party_days", static_cast<double>(tried.size()), "days");
  add(finding, "party_tries_otherwise", otherwise, "tries");
  add(finding, "maybe_of_parties", untold, "records");
}

Finding measure(const MethodContext& context, const SmtpServer& server) {
  Finding finding = start(context, server, "");
  const Askers askers = askers_of(server);
  const Sums sums = sums_of(askers);
  const double no_mail = refused_by_no_mail_banner(server);
  add(finding, "tries", static_cast<double>(server.tries.size()), "tries");
  add(finding, "askers", sums.askers, "askers");
  add(finding, "asker_networks", static_cast<double>(sums.networks.size()), "networks");
  add(finding, "days", static_cast<double>(sums.days.size()), "days");
  add(finding, "accepted_askers", sums.accepted, "askers");
  add(finding, "accepted_networks", static_cast<double>(sums.accepted_networks.size()), "networks");
  add(finding, "refused_askers", sums.refused, "askers");
  add(finding, "refused_networks", static_cast<double>(sums.refused_networks.size()), "networks");
  add(finding, "refused_days", sums.refused_days, "days");
  add(finding, "no_mail_banner_askers", no_mail, "askers");
  add(finding, "deferred_only_askers", sums.deferred, "askers");
  add(finding, "greylisted_askers", sums.greylisted, "askers");
  add(finding, "unanswered_askers", sums.unanswered, "askers");
  add(finding, "not_about_the_asker", sums.other, "askers");
  add_parties(context, server, finding);
  for (std::size_t stage = 0; stage < kSmtpStages.size(); ++stage) {
    if (sums.refused_at[stage] == 0) continue;
    add(finding, fmt::format("refused_at_{}", kSmtpStages[stage]), sums.refused_at[stage],
        "askers");
  }
  if (sums.accepted == 0 && sums.refused > 0) {
    add(finding, "accepted_share_of_this_kind", 0, "", Range{0, upper_share(sums)}, kShareMethod);
  }
  if (server.by_authenticated > 0) {
    add(finding, "own_users_messages", static_cast<double>(server.by_authenticated), "messages");
  }
  const std::string reading = reading_of(server, sums, no_mail, finding);
  finding.statement = fmt::format(
      "{} asked {} ({}'s by {}) from {} on {} {}: {} let in, {} refused for who they are, {} told "
      "to come again and not seen to be let in, {} without an answer, {} otherwise; {} first told "
      "to come again and then let in. {}.",
      plural(sums.askers, "asker"), server.name, finding.parameters["party"], server.basis,
      plural(static_cast<double>(sums.networks.size()), "network"),
      plural(static_cast<double>(sums.days.size()), "day"), window_text(finding.window),
      count_text(sums.accepted), count_text(sums.refused), count_text(sums.deferred),
      count_text(sums.unanswered), count_text(sums.other), count_text(sums.greylisted),
      as_sentence(reading));
  add_table(askers, finding);
  add_both_sides(context, server, finding);
  say_limits(server, sums, finding);
  return finding;
}

// --- a claim: "it lets in only these" ---

enum class Standing { named, own, other, cannot_tell };

// By its address, or by whose log the asker's host wrote. Without an address, a prefix neither
// holds an asker nor leaves it out. A host of the server's own party is no asker from outside: it
// hands on inside what one of the party's servers took, from whomever.
Standing standing_of(const MethodContext& context, const std::vector<std::string>& named,
                     const SmtpServer& server, const SmtpTry& one) {
  const bool has_address = !one.address.is_unspecified();
  bool is_open = !has_address && one.party < 0;
  for (const std::string& text : named) {
    if (const Party* party = context.case_file->find_party(text)) {
      const auto index = static_cast<int>(party - context.case_file->parties.data());
      if (one.party == index || is_address_of(context, index, one.address)) return Standing::named;
      continue;
    }
    const Result<IpPrefix> prefix = IpPrefix::parse(text);
    if (prefix.ok() && has_address && prefix->contains(one.address)) return Standing::named;
    is_open |= !has_address || !prefix.ok();
  }
  if (server.party >= 0 &&
      (one.party == server.party || is_address_of(context, server.party, one.address))) {
    return Standing::own;
  }
  return is_open ? Standing::cannot_tell : Standing::other;
}

// The server's own log as a recorder, with what keeps it from vouching.
Recorder recorder_of(const MethodContext& context, const std::vector<QuestionRecords>& vantages,
                     const SmtpServer& server) {
  Recorder recorder;
  recorder.name = server.name;
  for (const std::uint32_t number : server.own_logs) {
    const Evidence* evidence = evidence_numbered(context, number);
    if (evidence == nullptr) continue;
    recorder.pieces.push_back(evidence);
    for (const Note& note : evidence->notes) {
      const std::string_view code = note.code;
      const bool is_cut = code == "mail.repeats_bounded" || code.ends_with(".pending_full") ||
                          code.ends_with(".sessions_full") || code.ends_with(".repeats_missing");
      if (is_cut && note.count > 0) {
        recorder.objection = fmt::format("its note {} says that lines were cut short", note.code);
      }
    }
    for (const QuestionRecords& records : vantages) {
      for (const RecorderLoss& loss : records.losses) {
        if (std::find(loss.of.begin(), loss.of.end(), number) != loss.of.end()) {
          recorder.objection = "it says itself that it lost some";
        }
      }
    }
  }
  return recorder;
}

// Tries of those named and of all others; who cannot be told is in neither.
struct Split {
  SmtpServer named, others;
  double accepted_untold = 0, accepted_own = 0, unknown = 0;
  std::set<std::string> accepted_others;
};

Split split_by(const MethodContext& context, const std::vector<std::string>& named,
               const SmtpServer& server) {
  Split split;
  for (const SmtpTry& one : server.tries) {
    const Standing standing = standing_of(context, named, server, one);
    if (standing == Standing::own) {
      split.accepted_own += one.fate == SmtpFate::accepted;
      continue;
    }
    if (standing != Standing::named) split.unknown += one.fate == SmtpFate::unknown;
    if (standing == Standing::cannot_tell) {
      split.accepted_untold += one.fate == SmtpFate::accepted;
      continue;
    }
    (standing == Standing::named ? split.named : split.others).tries.push_back(one);
    if (standing == Standing::other && one.fate == SmtpFate::accepted) {
      split.accepted_others.insert(one.asker);
    }
  }
  return split;
}

// Who was let in and counts for neither group.
void say_in_neither(const Split& split, const SmtpServer& server, Finding& finding) {
  if (server.without_asker > 0) {
    finding.limitations.push_back(fmt::format(
        "{} of its log tell no client (begun on the host itself, or before the log): each could be "
        "another asker's.",
        plural(static_cast<double>(server.without_asker), "message")));
  }
  if (split.accepted_own > 0) {
    finding.limitations.push_back(
        fmt::format("{} of other hosts of {} are in neither number: mail handed on inside, of "
                    "which the records do not tell from whom it was taken.",
                    plural(split.accepted_own, "session"), finding.parameters["party"]));
  }
  if (split.accepted_untold > 0) {
    finding.limitations.push_back(fmt::format(
        "{} let in of askers of whom the records do not tell whether they are among those named: "
        "they count for neither.",
        plural(split.accepted_untold, "session")));
  }
}

Finding measure_claim(const MethodContext& context, const std::vector<QuestionRecords>& vantages,
                      const SmtpServer& server, const Claim& claim) {
  Finding finding = start(context, server, claim.id);
  const std::vector<std::string> named = list_of(claim, "askers");
  const Split split = split_by(context, named, server);
  const Askers named_askers = askers_of(split.named), other_askers = askers_of(split.others);
  const Sums in = sums_of(named_askers);
  const Sums out = sums_of(other_askers);
  add(finding, "accepted_named", in.accepted, "askers");
  add(finding, "refused_named", in.refused, "askers");
  add(finding, "accepted_others", out.accepted, "askers");
  add(finding, "refused_others", out.refused, "askers");
  add(finding, "refused_other_networks", static_cast<double>(out.refused_networks.size()),
      "networks");
  add(finding, "refused_other_days", out.refused_days, "days");
  add(finding, "other_askers", out.askers, "askers");
  add(finding, "accepted_untold", split.accepted_untold, "sessions");
  add(finding, "accepted_own", split.accepted_own, "sessions");
  add(finding, "own_log", server.own_logs.empty() ? 0 : 1);
  if (out.accepted == 0 && out.refused > 0) {
    add(finding, "accepted_share_of_others", 0, "", Range{0, upper_share(out)}, kShareMethod);
  }
  finding.parameters["askers"] = fmt::format("{}", fmt::join(named, ", "));
  finding.outcome = out.accepted > 0 ? Outcome::found : Outcome::nothing_found;
  const auto left = left_out_of(context, {RecordKind::mail, RecordKind::service});
  const auto observed = static_cast<std::uint64_t>(out.accepted + split.unknown +
                                                   split.accepted_untold + split.accepted_own) +
                        server.without_asker + left;
  const Recorder recorder = recorder_of(context, vantages, server);
  if (!server.own_logs.empty()) {
    finding.absence = Absence::establish({recorder},
                                         {fmt::format("accepted session of anybody but {} at {}",
                                                      finding.parameters["askers"], server.name),
                                          finding.window,
                                          {}},
                                         observed);
    for (const std::string& why :
         Absence::shortfalls({recorder}, {"accepted session", finding.window, {}})) {
      finding.limitations.push_back(fmt::format("The log does not vouch for absence: {}.", why));
    }
  }
  say_in_neither(split, server, finding);
  finding.statement = fmt::format(
      "Of {} at {} {}: of those named ({}) {} let in and {} refused; of all others {} let in{}{} "
      "and "
      "{} refused for who they are, from {} on {}.",
      plural(static_cast<double>(askers_of(server).size()), "asker"), server.name,
      window_text(finding.window), finding.parameters["askers"], count_text(in.accepted),
      count_text(in.refused), count_text(out.accepted),
      split.accepted_others.empty() ? "" : ", among them ",
      split.accepted_others.empty() ? std::string() : *split.accepted_others.begin(),
      count_text(out.refused), plural(static_cast<double>(out.refused_networks.size()), "network"),
      plural(out.refused_days, "day"));
  say_limits(server, out, finding);
  return finding;
}

bool speaks_of(const Claim& claim, const SmtpServer& server, const MethodContext& context) {
  const std::string party = field_of(claim, "party");
  const std::string wanted = field_of(claim, "server");
  const Party& holder = context.case_file->parties[static_cast<std::size_t>(server.party)];
  if (!party.empty() && holder.name != party) return false;
  const auto is_wanted = [&](const std::string& name) {
    return lower_text(wanted) == lower_text(name);
  };
  return wanted.empty() || is_wanted(server.name) ||
         std::any_of(server.also.begin(), server.also.end(), is_wanted);
}

class AcceptancePolicy : public Method {
 public:
  std::string_view name() const override { return "acceptance_policy"; }
  std::string_view version() const override { return "4"; }
  std::string_view summary() const override {
    return "whom mail servers were seen to let in and to refuse, and at which stage";
  }
  // Mail is of no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>& vantages,
                               const MethodContext& context) const override {
    const std::vector<SmtpServer> servers = smtp_servers(context);
    std::vector<Finding> findings;
    for (std::size_t s = 0; s < std::min(servers.size(), kMostServers); ++s) {
      findings.push_back(measure(context, servers[s]));
      for (const Claim* claim : claims_of(context, "accepts_only")) {
        if (speaks_of(*claim, servers[s], context)) {
          findings.push_back(measure_claim(context, vantages, servers[s], *claim));
        }
      }
    }
    if (servers.size() > kMostServers) {
      findings.front().limitations.push_back(
          fmt::format("{} more servers were asked less often; they are not measured.",
                      servers.size() - kMostServers));
    }
    if (findings.empty()) {
      findings.push_back(nothing_to_measure(
          *this, context, "of no mail session",
          "No record shows what a mail server of these parties answered, so whom it lets in cannot "
          "be said. Needed is its configuration, or its mail log with accepted and refused "
          "sessions; a capture of both, or the mail logs of those who asked, show a part."));
    }
    return findings;
  }
};

}  // namespace

const Method& acceptance_policy_method() {
  static const AcceptancePolicy kMethod;
  return kMethod;
}

}  // namespace assay::methods
