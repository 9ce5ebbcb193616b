// assay party
#include <fmt/format.h>

#include <algorithm>

#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

struct PartyOptions {
  std::string directory, action, name, zone, source, holds;
  std::vector<std::string> words, suffixes, accounts, mail_hosts, edges;
};

// What was meant as an address would become a name that nobody holds: no top-level domain is
// without a letter (RFC 3696 section 2), and no name of a mail or web server has a blank.
bool is_no_name(std::string_view word) {
  if (word.find_first_of(" \t:") != std::string_view::npos) return true;
  if (word.ends_with('.')) word.remove_suffix(1);
  const std::string_view last = word.substr(word.find_last_of('.') + 1);
  return !word.empty() && std::all_of(last.begin(), last.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '*';
  });
}

Result<Party> party_of(const PartyOptions& options) {
  Party party;
  party.name = options.name;
  for (const std::string& word : options.words) {
    const bool has_slash = word.find('/') != std::string::npos;
    if (has_slash || IpAddress::parse(word)) {
      auto prefix = IpPrefix::parse(word);
      if (!prefix.ok()) return prefix.error();
      party.addresses.push_back(*prefix);
    } else if (is_no_name(word)) {
      return Error{ErrorCode::usage,
                   fmt::format("'{}' is not an address, and no name either", safe(word)),
                   "write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32; of a range its prefixes"};
    } else {
      auto pattern = NamePattern::parse(word);
      if (!pattern.ok()) return pattern.error();
      party.names.push_back(std::move(*pattern));
    }
  }
  for (const std::string& word : options.suffixes) {
    std::string canonical;
    if (const auto problem = canonicalise_name(word, canonical)) {
      return Error{ErrorCode::usage, fmt::format("'{}' is not a name: {}", word, problem->text),
                   ""};
    }
    party.suffixes.push_back(std::move(canonical));
  }
  for (const std::string& word : options.accounts) {
    party.accounts.push_back(account_key(word));
    if (party.accounts.back().empty()) {
      return Error{ErrorCode::usage, fmt::format("'{}' is no account", safe(word)), ""};
    }
  }
  party.mail_hosts = options.mail_hosts;
  party.edges = options.edges;
  for (const auto* places : {&party.mail_hosts, &party.edges}) {
    if (std::find(places->begin(), places->end(), "") == places->end()) continue;
    return Error{ErrorCode::usage, "a mail host or an edge without a name", ""};
  }
  if (!options.zone.empty()) {
    if (auto zone = Zone::find(options.zone); !zone.ok()) return zone.error();
    party.zone = options.zone;
  }
  party.source = options.source;
  if (!options.holds.empty()) {
    auto interval = parse_interval(options.holds);
    if (!interval.ok()) return interval.error();
    party.holds = *interval;
  }
  return party;
}

Result<int> list_parties(const PartyOptions& options, const Case& opened, Session& session) {
  const auto file = opened.case_file();
  if (!file.ok()) return file.error();
  Json array = Json::array();
  for (const Party& party : file->parties) {
    std::vector<std::string> addresses, names;
    for (const IpPrefix& prefix : party.addresses) addresses.push_back(prefix.to_string());
    for (const NamePattern& name : party.names) names.push_back(name.to_string());
    array.push_back({{"name", party.name},
                     {"addresses", addresses},
                     {"names", names},
                     {"suffixes", party.suffixes},
                     {"accounts", party.accounts},
                     {"mail_hosts", party.mail_hosts},
                     {"edges", party.edges},
                     {"zone", party.zone},
                     {"source", party.source}});
    if (session.wants_json) continue;
    names.insert(names.begin(), addresses.begin(), addresses.end());
    session.print(fmt::format("{}  {}\n", session.bold(safe(party.name)), fmt::join(names, " ")));
  }
  if (session.wants_json) session.print_json({{"case", options.directory}, {"parties", array}});
  if (file->parties.empty()) {
    session.suggest(
        fmt::format("assay party {} add Bank 192.0.2.0/24 bank.example", options.directory));
  }
  return kDone;
}

Result<int> run_party(const PartyOptions& options, Session& session) {
  auto opened = session.open(options.directory);
  if (!opened.ok()) return opened.error();
  if (options.action == "list") return list_parties(options, *opened, session);
  if (options.name.empty()) {
    return Error{ErrorCode::usage,
                 fmt::format("assay party CASE {} needs the party's name", options.action), ""};
  }
  if (options.action == "remove") {
    if (Status status = opened->remove_party(options.name); !status.ok()) return status.error();
  } else {
    auto party = party_of(options);
    if (!party.ok()) return party.error();
    if (Status status = opened->add_party(*party); !status.ok()) return status.error();
  }
  if (session.wants_json) {
    session.print_json({{"case", options.directory}, {"case_hash", opened->case_hash()}});
  }
  const auto file = opened->case_file();
  if (file.ok() && file->questions.empty() && file->parties.size() > 1) {
    session.suggest(fmt::format("assay ask {} --between {} --and {}", options.directory,
                                file->parties[0].name, file->parties[1].name));
  }
  return kDone;
}

}  // namespace

Job declare_party(CLI::App& app) {
  auto options = std::make_shared<PartyOptions>();
  case_argument(app, options->directory);
  app.add_option("ACTION", options->action, "add, remove or list")
      ->required()
      ->check(CLI::IsMember({"add", "remove", "list"}));
  app.add_option("NAME", options->name, "the party");
  app.add_option("HELD", options->words,
                 "addresses, prefixes and names: 192.0.2.0/24 bank.example '*.bank.example'");
  app.add_option("--suffix", options->suffixes,
                 "a search suffix of the party's machines; repeatable")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--account", options->accounts, "an account that the party holds; repeatable")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--mail-host", options->mail_hosts,
                 "a host that takes or sends the party's mail, as its log names it, or its log (id "
                 "or file); repeatable: state all")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--edge", options->edges,
                 "the flow log (id or file) of a place where traffic enters or leaves its network; "
                 "repeatable: state all")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--zone", options->zone, "zone of its day, such as Europe/Berlin");
  app.add_option("--source", options->source, "who says so");
  app.add_option("--holds", options->holds, "A/B: when it held them");
  return [options](Session& session) { return run_party(*options, session); };
}

}  // namespace assay::cli
