// case.toml -> CaseFile. Every error names file and line, and the nearest word that would do.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>

#include "assay/case.h"
#include "explanations/claim_fields.h"

namespace assay {
namespace {

std::string or_nothing(const std::optional<std::string>& nearest) {
  return nearest ? fmt::format("did you mean '{}'?", *nearest) : "";
}

// Words that findings use for subjects of their own.
constexpr std::string_view kSubjects[] = {"other", "not told", "all",    "dns",
                                          "flow",  "mail",     "message"};
constexpr std::string_view kEvidenceKinds[] = {"dns",          "flow",    "mail", "message",
                                               "registration", "payment", "file"};

bool is_evidence_id(std::string_view name) {
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos || dash + 1 == name.size()) return false;
  const std::string_view kind = name.substr(0, dash);
  const std::string_view number = name.substr(dash + 1);
  return std::find(std::begin(kEvidenceKinds), std::end(kEvidenceKinds), kind) !=
             std::end(kEvidenceKinds) &&
         number.find_first_not_of("0123456789") == std::string_view::npos;
}

// nullptr when nothing is wrong with it.
const char* problem_of_party_name(std::string_view name) {
  if (std::find(std::begin(kSubjects), std::end(kSubjects), name) != std::end(kSubjects)) {
    return "findings use that word for somebody or something else";
  }
  if (name.find_first_of("+/") != std::string_view::npos) {
    return "'+' and '/' join names in findings";
  }
  if (IpAddress::parse(name)) return "it reads as an address";
  if (is_evidence_id(name)) return "it reads as an evidence";
  return nullptr;
}

// Collects the first error; what comes after it is not looked at.
class Parser {
 public:
  explicit Parser(std::string_view file_name) : file_name_(file_name) {}

  Result<CaseFile> parse(const toml::table& root);

 private:
  using Words = std::vector<std::string>;

  int line_of(const toml::node& node) const { return static_cast<int>(node.source().begin.line); }
  void fail(const toml::node& node, std::string what, std::string mend = "");
  void check_words(const toml::table& table, const Words& known, std::string_view where);
  std::string text(const toml::table& table, std::string_view key, bool is_required = false);
  Words texts(const toml::table& table, std::string_view key);
  std::optional<Interval> interval(const toml::table& table, std::string_view key);
  std::vector<NamePattern> patterns(const toml::table& table, std::string_view key);
  std::string scalar_text(const toml::node& node);
  template <class Each>
  void each_table(const toml::table& root, std::string_view key, Each each);

  void parse_party(const toml::table& table);
  void parse_question(const toml::table& table);
  void parse_claim(const toml::table& table);
  void parse_claim_fields(const toml::table& table, const ClaimKind& kind, Claim& claim);
  void parse_calendar(const toml::table& table);
  void parse_clock(const toml::table& table);
  void parse_ttl(const toml::table& root);
  void check_party(const toml::node& node, const std::string& name);
  void check_party_name(const toml::table& table, const std::string& name);
  void check_held_name(const toml::table& table, const std::string& name);
  void check_prefixes(const toml::table& table, const Party& party);
  void check_zone(const toml::table& table, std::string_view key, const std::string& zone);
  std::string next_id(std::string_view prefix, const std::set<std::string>& taken) const;

  std::string file_name_;
  CaseFile file_;
  std::set<std::string> question_ids_, claim_ids_;
  std::optional<Error> error_;
};

void Parser::fail(const toml::node& node, std::string what, std::string mend) {
  if (error_) return;
  error_ = Error{ErrorCode::malformed, fmt::format("{}:{}: {}", file_name_, line_of(node), what),
                 std::move(mend)};
}

void Parser::check_words(const toml::table& table, const Words& known, std::string_view where) {
  for (const auto& [key, node] : table) {
    const std::string word(key.str());
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    const auto nearest = nearest_word(word, known);
    fail(node, fmt::format("'{}' is not a word of {}", word, where),
         nearest ? or_nothing(nearest) : fmt::format("its words are: {}", fmt::join(known, ", ")));
  }
}

std::string Parser::text(const toml::table& table, std::string_view key, bool is_required) {
  const toml::node* node = table.get(key);
  if (node == nullptr) {
    if (is_required) fail(table, fmt::format("'{}' is missing", key));
    return "";
  }
  if (const auto* value = node->as_string()) return value->get();
  fail(*node, fmt::format("'{}' is to be a text in quotation marks", key));
  return "";
}

Parser::Words Parser::texts(const toml::table& table, std::string_view key) {
  Words words;
  const toml::node* node = table.get(key);
  if (node == nullptr) return words;
  if (const auto* value = node->as_string()) return {value->get()};
  const toml::array* array = node->as_array();
  if (array == nullptr) fail(*node, fmt::format("'{}' is to be a list of texts", key));
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    if (const auto* value = (*array)[i].as_string()) {
      words.push_back(value->get());
    } else {
      fail((*array)[i], fmt::format("'{}' is to be a list of texts", key));
    }
  }
  return words;
}

std::optional<Interval> Parser::interval(const toml::table& table, std::string_view key) {
  const std::string words = text(table, key);
  if (words.empty()) return std::nullopt;
  auto parsed = parse_interval(words);
  if (!parsed.ok()) {
    fail(*table.get(key), parsed.error().message, parsed.error().mend);
    return std::nullopt;
  }
  return *parsed;
}

std::vector<NamePattern> Parser::patterns(const toml::table& table, std::string_view key) {
  std::vector<NamePattern> found;
  for (const std::string& word : texts(table, key)) {
    auto pattern = NamePattern::parse(word);
    if (pattern.ok()) {
      found.push_back(std::move(*pattern));
    } else {
      fail(*table.get(key), pattern.error().message, pattern.error().mend);
    }
  }
  return found;
}

void Parser::check_party(const toml::node& node, const std::string& name) {
  if (file_.find_party(name) != nullptr) return;
  Words known;
  for (const Party& party : file_.parties) known.push_back(party.name);
  const auto nearest = nearest_word(name, known);
  fail(node, fmt::format("there is no party '{}'", name),
       nearest ? or_nothing(nearest)
               : fmt::format("state it first: assay party CASE add {} ADDRESS...", name));
}

// A party's name stands beside other subjects in findings, claims and identifiers; one that reads
// like another subject would take the other's numbers for its own, or be passed over.
void Parser::check_party_name(const toml::table& table, const std::string& name) {
  if (error_) return;
  if (const char* const why = problem_of_party_name(name)) {
    fail(*table.get("name"), fmt::format("a party cannot be called '{}': {}", name, why),
         "give it another name, and let 'source' say the rest");
  }
}

// A mistyped address would be a name that nobody holds, and its holder would hold nothing.
void Parser::check_held_name(const toml::table& table, const std::string& name) {
  const std::string last = name.substr(name.find_last_of('.') + 1);
  if (last.empty() || last.find_first_not_of("0123456789-") != std::string::npos) return;
  fail(*table.get("names"), fmt::format("'{}' is not an address, and no name either", name),
       "write 192.0.2.7 or 192.0.2.0/24 in 'addresses'; of a range its prefixes");
}

// Of two parties that hold one prefix at one time, neither could be told to be the asker.
void Parser::check_prefixes(const toml::table& table, const Party& party) {
  for (const Party& other : file_.parties) {
    const bool are_apart =
        party.holds && other.holds && intersect(*party.holds, *other.holds).empty();
    if (are_apart) continue;
    for (const IpPrefix& prefix : party.addresses) {
      for (const IpPrefix& held : other.addresses) {
        if (!(prefix.base() == held.base()) || prefix.length() != held.length()) continue;
        fail(*table.get("addresses"),
             fmt::format("{} is held by '{}' (line {}) at the same time", prefix.to_string(),
                         other.name, other.line),
             "say with 'holds' who held it when, or take it from one of them");
      }
    }
  }
}

void Parser::check_zone(const toml::table& table, std::string_view key, const std::string& zone) {
  if (zone.empty()) return;
  if (auto found = Zone::find(zone); !found.ok()) {
    fail(*table.get(key), found.error().message, found.error().mend);
  }
}

// "q1", "q2", ...: what a person did not number gets the next free number.
std::string Parser::next_id(std::string_view prefix, const std::set<std::string>& taken) const {
  for (int n = 1;; ++n) {
    std::string id = fmt::format("{}{}", prefix, n);
    if (!taken.contains(id)) return id;
  }
}

void Parser::parse_party(const toml::table& table) {
  check_words(table,
              {"name", "addresses", "names", "suffixes", "accounts", "mail_hosts", "edges", "zone",
               "source", "holds"},
              "[[party]]");
  Party party;
  party.line = line_of(table);
  party.name = text(table, "name", true);
  if (!error_ && party.name.empty()) fail(table, "a party needs a name");
  check_party_name(table, party.name);
  if (file_.find_party(party.name) != nullptr) {
    fail(table, fmt::format("the party '{}' stands in line {} already", party.name,
                            file_.find_party(party.name)->line));
  }
  for (const std::string& word : texts(table, "addresses")) {
    auto prefix = IpPrefix::parse(word);
    if (prefix.ok()) {
      party.addresses.push_back(*prefix);
    } else {
      fail(*table.get("addresses"), prefix.error().message, prefix.error().mend);
    }
  }
  party.names = patterns(table, "names");
  for (const NamePattern& name : party.names) check_held_name(table, name.to_string());
  for (const std::string& word : texts(table, "suffixes")) {
    std::string canonical;
    if (const auto problem = canonicalise_name(word, canonical)) {
      fail(*table.get("suffixes"), fmt::format("'{}' is not a name: {}", word, problem->text));
    }
    party.suffixes.push_back(std::move(canonical));
  }
  for (const std::string& word : texts(table, "accounts")) {
    party.accounts.push_back(account_key(word));
    if (party.accounts.back().empty()) {
      fail(*table.get("accounts"), fmt::format("'{}' is no account", word),
           "write it as statements do, like \"XX00 1234 5678\"");
    }
  }
  for (const auto& [word, places] :
       {std::pair("mail_hosts", &party.mail_hosts), {"edges", &party.edges}}) {
    *places = texts(table, word);
    for (const std::string& place : *places) {
      if (place.empty()) fail(*table.get(word), fmt::format("an entry of '{}' is empty", word));
    }
  }
  party.zone = text(table, "zone");
  check_zone(table, "zone", party.zone);
  party.source = text(table, "source");
  party.holds = interval(table, "holds");
  check_prefixes(table, party);
  file_.parties.push_back(std::move(party));
}

void Parser::parse_question(const toml::table& table) {
  check_words(table, {"id", "between", "names", "window", "text"}, "[[question]]");
  Question question;
  question.line = line_of(table);
  question.id = text(table, "id");
  if (question.id.empty()) question.id = next_id("q", question_ids_);
  if (!question_ids_.insert(question.id).second) {
    fail(table, fmt::format("the question '{}' stands there twice", question.id),
         "give one of them another id");
  }
  question.between = texts(table, "between");
  if (question.between.size() < 2) {
    fail(table, "'between' is to name two parties or more", "between = [\"Bank\", \"Sender\"]");
  }
  for (const std::string& name : question.between) check_party(*table.get("between"), name);
  question.names = patterns(table, "names");
  question.window = interval(table, "window");
  question.text = text(table, "text");
  file_.questions.push_back(std::move(question));
}

std::string Parser::scalar_text(const toml::node& node) {
  if (const auto* value = node.as_string()) return value->get();
  if (const auto* value = node.as_integer()) return std::to_string(value->get());
  if (const auto* value = node.as_floating_point()) return fmt::format("{}", value->get());
  if (const auto* value = node.as_boolean()) return value->get() ? "true" : "false";
  fail(node, "is to be a text or a number");
  return "";
}

void Parser::parse_claim_fields(const toml::table& table, const ClaimKind& kind, Claim& claim) {
  Words known = {"id", "kind", "quote", "source", "question"};
  for (const std::string_view word : kind.required) {
    known.emplace_back(word);
    if (!table.contains(word)) {
      fail(table, fmt::format("a claim of kind '{}' needs '{}'", kind.name, word),
           std::string(kind.summary));
    }
  }
  known.insert(known.end(), kind.optional.begin(), kind.optional.end());
  check_words(table, known, fmt::format("a claim of kind '{}'", kind.name));
  for (const auto& [key, node] : table) {
    const std::string word(key.str());
    if (std::find(known.begin(), known.begin() + 5, word) != known.begin() + 5) continue;
    const bool is_list = word == "parties" || word == "types" || word == "figures" ||
                         word == "addresses" || word == "events" || word == "zones" ||
                         word == "askers" || word == "records" || word == "holder";
    const toml::array* array = node.as_array();
    if (array != nullptr && !is_list) fail(node, fmt::format("'{}' is to be one text", word));
    if (array != nullptr) {
      for (const toml::node& item : *array) claim.lists[word].push_back(scalar_text(item));
    } else if (is_list) {
      claim.lists[word].push_back(scalar_text(node));
    } else {
      claim.fields[word] = scalar_text(node);
    }
    if (word == "party" || word == "of_party") check_party(node, claim.fields[word]);
    if (word == "parties") {
      for (const std::string& name : claim.lists[word]) check_party(node, name);
    }
  }
  for (const auto& [key, node] : table) {
    if (error_) return;
    if (const auto problem = claims::problem_of_field(claim, key.str(), file_)) {
      fail(node, problem->what, problem->mend);
    }
  }
}

void Parser::parse_claim(const toml::table& table) {
  Claim claim;
  claim.line = line_of(table);
  claim.id = text(table, "id");
  if (claim.id.empty()) claim.id = next_id("c", claim_ids_);
  if (!claim_ids_.insert(claim.id).second) {
    fail(table, fmt::format("the claim '{}' stands there twice", claim.id),
         "give one of them another id");
  }
  claim.kind = text(table, "kind", true);
  claim.quote = text(table, "quote");
  claim.source = text(table, "source");
  claim.question = text(table, "question");
  if (!claim.question.empty() && !question_ids_.contains(claim.question)) {
    fail(*table.get("question"), fmt::format("there is no question '{}'", claim.question),
         or_nothing(nearest_word(claim.question, {question_ids_.begin(), question_ids_.end()})));
  }
  Words kinds;
  const ClaimKind* kind = nullptr;
  for (const ClaimKind& candidate : claim_kinds()) {
    kinds.emplace_back(candidate.name);
    if (candidate.name == claim.kind) kind = &candidate;
  }
  if (kind != nullptr) {
    parse_claim_fields(table, *kind, claim);
  } else if (!error_) {
    const auto nearest = nearest_word(claim.kind, kinds);
    fail(*table.get("kind"), fmt::format("there is no kind of claim '{}'", claim.kind),
         nearest ? or_nothing(nearest) : fmt::format("the kinds are: {}", fmt::join(kinds, ", ")));
  }
  file_.claims.push_back(std::move(claim));
}

void Parser::parse_calendar(const toml::table& table) {
  check_words(table, {"name", "when"}, "[[calendar]]");
  CalendarEvent event;
  event.name = text(table, "name", true);
  for (const CalendarEvent& other : file_.calendar) {
    if (other.name == event.name)
      fail(table, fmt::format("the event '{}' stands there twice", event.name));
  }
  const std::string when = text(table, "when", true);
  if (error_) return;
  if (when.find('/') != std::string::npos) {
    event.when = interval(table, "when").value_or(Interval());
  } else if (auto instant = parse_rfc3339(when); instant.ok()) {
    // A bare date is a whole day, which an instant's width cannot hold.
    const bool is_date = when.size() == 10;
    event.when = {instant->us, instant->us + (is_date ? kMicrosPerDay : instant->width_us)};
  } else {
    fail(*table.get("when"), instant.error().message, instant.error().mend);
  }
  file_.calendar.push_back(std::move(event));
}

void Parser::parse_clock(const toml::table& table) {
  check_words(table, {"evidence", "add_seconds", "source"}, "[[clock]]");
  ClockCorrection correction;
  correction.line = static_cast<int>(line_of(table));
  correction.evidence = text(table, "evidence", true);
  correction.source = text(table, "source");
  const auto seconds = table["add_seconds"].value<double>();
  constexpr double kMost = 100.0 * 366 * 86'400;
  if (!seconds || !(std::abs(*seconds) <= kMost)) {
    return fail(table, "[[clock]] needs add_seconds, what to add to the times of that evidence",
                "add_seconds = -3600.0");
  }
  correction.add_us = std::llround(*seconds * static_cast<double>(kMicrosPerSecond));
  for (const ClockCorrection& other : file_.clocks) {
    if (other.evidence == correction.evidence) {
      fail(table, fmt::format("the clock of '{}' is corrected twice", other.evidence));
    }
  }
  file_.clocks.push_back(std::move(correction));
}

void Parser::parse_ttl(const toml::table& root) {
  const toml::node* node = root.get("ttl");
  if (node == nullptr) return;
  const toml::table* table = node->as_table();
  if (table == nullptr) return fail(*node, "'ttl' is to be a table: [ttl]");
  for (const auto& [key, value] : *table) {
    std::string canonical;
    if (const auto problem = canonicalise_name(key.str(), canonical)) {
      fail(value, fmt::format("'{}' is not a name: {}", key.str(), problem->text));
    }
    const auto* seconds = value.as_integer();
    if (seconds == nullptr || seconds->get() < 0 || seconds->get() > 0x7fffffff) {
      fail(value, "a TTL is a number of seconds from 0 to 2147483647 (RFC 2181 section 8)");
      return;
    }
    file_.ttl_seconds[canonical] = static_cast<std::uint32_t>(seconds->get());
  }
}

template <class Each>
void Parser::each_table(const toml::table& root, std::string_view key, Each each) {
  const toml::node* node = root.get(key);
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    fail(*node, fmt::format("'{}' is to be a list of tables", key), fmt::format("[[{}]]", key));
    return;
  }
  for (const toml::node& item : *array) {
    if (error_) return;
    if (const toml::table* table = item.as_table()) {
      each(*table);
    } else {
      fail(item, fmt::format("'{}' is to be a list of tables", key), fmt::format("[[{}]]", key));
    }
  }
}

Result<CaseFile> Parser::parse(const toml::table& root) {
  check_words(root,
              {"title", "default_zone", "party", "question", "claim", "calendar", "clock", "ttl"},
              "case.toml");
  file_.title = text(root, "title");
  if (root.contains("default_zone")) file_.default_zone = text(root, "default_zone");
  check_zone(root, "default_zone", file_.default_zone);
  each_table(root, "party", [this](const toml::table& table) { parse_party(table); });
  each_table(root, "calendar", [this](const toml::table& table) { parse_calendar(table); });
  each_table(root, "clock", [this](const toml::table& table) { parse_clock(table); });
  each_table(root, "question", [this](const toml::table& table) { parse_question(table); });
  each_table(root, "claim", [this](const toml::table& table) { parse_claim(table); });
  parse_ttl(root);
  if (error_) return *error_;
  return std::move(file_);
}

}  // namespace

Result<CaseFile> parse_case_file(std::string_view toml, std::string_view file_name) {
  try {
    const toml::table root = toml::parse(toml, file_name);
    return Parser(file_name).parse(root);
  } catch (const toml::parse_error& problem) {
    return Error{ErrorCode::malformed,
                 fmt::format("{}:{}: is not TOML: {}", file_name, problem.source().begin.line,
                             problem.description()),
                 ""};
  }
}

}  // namespace assay
