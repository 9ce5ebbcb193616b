// dormancy: the first and the last sign of use of a party's hosts, for each kind of record, and how
// far the silence behind it is vouched for.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "core/ascii.h"
#include "core/said_date.h"
#include "methods/registry.h"
#include "methods/support/direct_pairs.h"
#include "methods/support/measure.h"
#include "methods/support/rotated.h"
#include "methods/support/signs_of_use.h"
#include "methods/support/stated_places.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostParties = 10;
constexpr RecordKind kUseKinds[] = {RecordKind::flow, RecordKind::service, RecordKind::mail,
                                    RecordKind::message, RecordKind::hop};

// Signs of use, or of everything else, as one.
Signs joined(const SignsByKind& signs, bool of_use) {
  Signs all;
  for (const auto& [kind, each] : signs) {
    if (is_use(kind) != of_use) continue;
    all.count += each.count;
    all.undated += each.undated;
    all.rows.insert(all.rows.end(), each.rows.begin(), each.rows.end());
    all.times.insert(all.times.end(), each.times.begin(), each.times.end());
    if (!each.span) continue;
    all.span = all.span ? Interval{std::min(all.span->begin_us, each.span->begin_us),
                                   std::max(all.span->end_us, each.span->end_us)}
                        : *each.span;
  }
  std::sort(all.rows.begin(), all.rows.end());
  return all;
}

bool tells_of_use(const Evidence& evidence) {
  return std::any_of(std::begin(kUseKinds), std::end(kUseKinds),
                     [&](RecordKind kind) { return evidence.tells_of(kind_word(kind)); });
}

bool has_lost(const std::vector<QuestionRecords>& vantages, const Evidence& evidence) {
  for (const QuestionRecords& records : vantages) {
    for (const RecorderLoss& loss : records.losses) {
      if (std::find(loss.of.begin(), loss.of.end(), evidence.number) != loss.of.end()) return true;
    }
  }
  return false;
}

// All flows of the party's network, as somebody recorded them there: handed over by the party, or
// with the party at nearly all rows and no other at half of them, who could be the keeper as well.
bool are_own_flows(const MethodContext& context, const Evidence& evidence, const Keepers& keepers,
                   int party) {
  if (!evidence.tells_of("flow") ||
      (evidence.vantage != Vantage::passive_sensor && evidence.vantage != Vantage::host) ||
      keepers.of(evidence, RecordKind::flow, party) != Keeper::theirs) {
    return false;
  }
  const auto& parties = context.case_file->parties;
  if (lower_text(evidence.received_from) ==
      lower_text(parties[static_cast<std::size_t>(party)].name)) {
    return true;
  }
  for (int other = 0; other < static_cast<int>(parties.size()); ++other) {
    if (other != party && keepers.of(evidence, RecordKind::flow, other) != Keeper::not_theirs) {
      return false;
    }
  }
  return true;
}

struct Vouched {
  std::int64_t until_us = 0;        // without a break from the last sign on; that when nobody does
  std::vector<std::string> by;      // "flow-1 until 2021-..."
  std::vector<std::string> others;  // the same, of complete records that are not the host's own
  std::string missing;              // an edge of its network of which no log is here
};

void note_loss(const std::vector<QuestionRecords>& vantages, Recorder& recorder) {
  for (const Evidence* piece : recorder.pieces) {
    if (has_lost(vantages, *piece)) recorder.objection = "it says itself that it lost some";
  }
}

// How far the pieces of one recorder, one after the other, are complete from a moment on; that
// moment when they are not. What is wrong with a later piece leaves the earlier ones as they are.
std::int64_t whole_until(const Recorder& recorder, std::int64_t from_us, std::int64_t most_us) {
  std::vector<Interval> declared;
  for (const Evidence* piece : recorder.pieces) {
    declared.insert(declared.end(), piece->coverage.intervals.begin(),
                    piece->coverage.intervals.end());
  }
  std::sort(declared.begin(), declared.end(), [](const Interval& a, const Interval& b) {
    return std::pair(a.begin_us, a.end_us) < std::pair(b.begin_us, b.end_us);
  });
  std::int64_t until_us = from_us;
  for (const Interval& part : declared) {
    if (part.begin_us > until_us || part.end_us <= until_us) continue;
    const Interval behind{from_us, std::min(part.end_us, most_us)};
    if (behind.empty() || !Absence::shortfalls({recorder}, {"use", behind, {}}).empty()) break;
    until_us = behind.end_us;
  }
  return until_us;
}

// A log of somebody else holds what the host had to do with them; a mail log tells of no other use.
// So only all flows of the party's own network vouch, without rejects and losses; and nothing does
// where a sign may stand that has no date or was left out. A doubtful sign ends what is vouched
// for.
Vouched vouched_behind(const MethodContext& context, const std::vector<QuestionRecords>& vantages,
                       const UseSubject& subject, const SignsByKind& signs, std::int64_t from_us) {
  Vouched vouched{from_us, {}, {}};
  if (context.all_evidences == nullptr) return vouched;
  bool is_open =
      subject.party < 0 || left_out_of(context, {std::begin(kUseKinds), std::end(kUseKinds)}) > 0;
  std::int64_t doubtful_us = std::numeric_limits<std::int64_t>::max();
  for (const auto& [kind, each] : signs) {
    if (!is_use(kind) && !is_doubtful(kind)) continue;
    is_open |= each.undated > 0;
    if (!is_doubtful(kind)) continue;
    for (const Interval& when : each.times) {
      if (when.end_us > from_us) doubtful_us = std::min(doubtful_us, when.begin_us);
    }
  }
  const Keepers keepers(*context.others, context);
  std::vector<const Evidence*> own;
  for (const Evidence& evidence : *context.all_evidences) {
    if (!tells_of_use(evidence) || evidence.coverage.completeness != Completeness::complete) {
      continue;
    }
    if (subject.party >= 0 && are_own_flows(context, evidence, keepers, subject.party)) {
      own.push_back(&evidence);
      continue;
    }
    for (const Interval& declared : normalise(evidence.coverage.intervals)) {
      if (!declared.contains(from_us) && declared.begin_us != from_us) continue;
      vouched.others.push_back(
          fmt::format("{} until {}", evidence.id, format_utc(declared.end_us)));
    }
  }
  if (subject.party >= 0 && !own.empty()) {
    const Party& party = context.case_file->parties[static_cast<std::size_t>(subject.party)];
    vouched.missing = missing_place(party, RecordKind::flow, keepers, own);
  }
  if (is_open || !vouched.missing.empty()) return vouched;
  for (Recorder& recorder : rotated(context, own)) {
    note_loss(vantages, recorder);
    const std::int64_t until_us = whole_until(recorder, from_us, doubtful_us);
    if (until_us <= from_us) continue;
    vouched.until_us = std::max(vouched.until_us, until_us);
    vouched.by.push_back(fmt::format("{} until {}", recorder.name, format_utc(until_us)));
  }
  return vouched;
}

std::string vouched_text(const Vouched& vouched, const std::string& label) {
  if (!vouched.by.empty()) {
    return fmt::format(
        "All flows of its network are declared complete further on ({}): behind "
        "that nobody vouches.",
        fmt::join(vouched.by, "; "));
  }
  std::string text = "Nobody vouches for the time behind it, so its silence says nothing.";
  if (!vouched.missing.empty()) {
    text += fmt::format(" Flows of its network are here, but {}.", vouched.missing);
  }
  if (!vouched.others.empty()) {
    text += fmt::format(
        " Records declared complete that are not all flows of its network ({}) show at most that "
        "{} had no dealings by that way with those that they tell of.",
        fmt::join(vouched.others, ", "), label);
  }
  return text;
}

void say_undated_and_left_out(const MethodContext& context, const Signs& use, Finding& finding) {
  if (use.undated > 0) {
    finding.limitations.push_back(fmt::format("{} of use without a time are in no date here.",
                                              plural(static_cast<double>(use.undated), "sign")));
  }
  const auto left = left_out_of(context, {std::begin(kUseKinds), std::end(kUseKinds)});
  if (left > 0) {
    finding.limitations.push_back(fmt::format(
        "{} records lie beyond the limit of what one question holds: the last sign here need not "
        "be the last.",
        left));
  }
}

void say_limits(Finding& finding) {
  finding.limitations.emplace_back(
      "A look-up of a name shows that somebody asked for it, never that its host is in use; mail "
      "in its name and a look-up with its address can be another's doing. They are listed and "
      "count as no sign of use.");
  finding.limitations.emplace_back(
      "An address is taken for the host's as the case, a zone, an answer or a server's check of "
      "the "
      "client's name states; it may have had another user. Packets seen one way alone, look-ups "
      "made by it and Received fields can be "
      "another's invention: they show no use, and no silence stands against them.");
  finding.limitations.emplace_back(
      "A log of Postfix names a client only where the address's reverse name led back to it at "
      "that "
      "time. Such an address counts as the name's in every record, though the holders of both can "
      "change that at any time.");
}

void add_table(const SignsByKind& signs, Finding& finding) {
  Table table{"signs",
              {"first_unix_s", "last_unix_s", "count", "is_use", "is_doubtful", "undated"},
              {},
              {}};
  for (const auto& [kind, each] : signs) {
    const auto seconds = [](std::int64_t us) { return static_cast<double>(us / kMicrosPerSecond); };
    table.row_labels.emplace_back(word_of(kind));
    table.rows.push_back({each.span ? seconds(each.span->begin_us) : 0,
                          each.span ? seconds(each.span->end_us - 1) : 0,
                          static_cast<double>(each.count), is_use(kind) ? 1.0 : 0.0,
                          is_doubtful(kind) ? 1.0 : 0.0, static_cast<double>(each.undated)});
  }
  finding.tables.push_back(std::move(table));
}

std::string list_text(const SignsByKind& signs) {
  std::vector<std::string> parts;
  for (const auto& [kind, each] : signs) {
    if (!each.span) continue;
    parts.push_back(fmt::format(
        "{} ({}) from {} to {}", word_of(kind), count_text(static_cast<double>(each.count)),
        format_utc(each.span->begin_us), format_utc(each.span->end_us - 1)));
  }
  return parts.empty() ? "no dated record" : fmt::format("{}", fmt::join(parts, "; "));
}

Finding start(const MethodContext& context, const UseSubject& subject, const SignsByKind& signs,
              std::string_view variant) {
  Finding finding = make_other_finding(dormancy_method(), context, subject.label, variant);
  OtherIndices rows;
  for (const auto& [kind, each] : signs)
    rows.insert(rows.end(), each.rows.begin(), each.rows.end());
  std::sort(rows.begin(), rows.end());
  finding.selection = seal_others(
      context, rows, fmt::format("records other than look-ups of {} or its name", subject.label));
  finding.dedup_rule = "raw rows";
  finding.denominator = fmt::format("of {} and the look-ups of the question",
                                    plural(static_cast<double>(rows.size()), "record"));
  for (const auto& [kind, each] : signs) {
    std::string name(word_of(kind));
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
    add(finding, name, static_cast<double>(each.count), "rows");
  }
  add_table(signs, finding);
  return finding;
}

Finding measure(const MethodContext& context, const std::vector<QuestionRecords>& vantages,
                const UseSubject& subject, const SignsByKind& signs) {
  Finding finding = start(context, subject, signs, "");
  const Signs use = joined(signs, true);
  const Signs other = joined(signs, false);
  add(finding, "signs_of_use", static_cast<double>(use.count), "rows");
  say_undated_and_left_out(context, use, finding);
  say_limits(finding);
  if (use.count == 0 && other.count == 0) {
    finding.outcome = Outcome::not_applicable;
    finding.statement = fmt::format(
        "No record of this question touches {}: flow records at its edge or its own mail log are "
        "needed to tell when it was last in use.",
        subject.label);
    return finding;
  }
  if (!use.span) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "No dated record {} shows {} in use; what there is ({}) shows only that somebody asked "
        "for its name, wrote it or sent packets with its address. That is no sign of use and, "
        "without "
        "complete "
        "records of the host itself, none of disuse.",
        window_text(finding.window), subject.label, list_text(signs));
    return finding;
  }
  finding.outcome = Outcome::measured;
  finding.parameters["first_sign"] = format_utc(use.span->begin_us);
  finding.parameters["last_sign"] = format_utc(use.span->end_us - 1);
  add(finding, "last_sign_unix_s", static_cast<double>((use.span->end_us - 1) / kMicrosPerSecond),
      "s");
  add(finding, "days_silent_to_the_end",
      static_cast<double>(std::max<std::int64_t>(finding.window.end_us - use.span->end_us, 0)) /
          kMicrosPerDay,
      "days");
  const Vouched vouched = vouched_behind(context, vantages, subject, signs, use.span->end_us);
  add(finding, "vouched_until_unix_s", static_cast<double>(vouched.until_us / kMicrosPerSecond),
      "s");
  finding.statement =
      fmt::format("{} was last seen in use at {} and first at {} ({}). {}", subject.label,
                  finding.parameters["last_sign"], finding.parameters["first_sign"],
                  list_text(signs), vouched_text(vouched, subject.label));
  return finding;
}

// --- a claim: "not in use since" ---

std::vector<Recorder> own_recorders(const MethodContext& context, const Claim& claim,
                                    const std::vector<QuestionRecords>& vantages) {
  std::vector<const Evidence*> named;
  for (const std::string& id : list_of(claim, "records")) {
    for (const Evidence& evidence : *context.all_evidences) {
      if (evidence.id == id && tells_of_use(evidence)) named.push_back(&evidence);
    }
  }
  std::vector<Recorder> recorders = rotated(context, named);
  for (Recorder& recorder : recorders) note_loss(vantages, recorder);
  return recorders;
}

UseSubject subject_of(const MethodContext& context, const Claim& claim) {
  UseSubject subject;
  const std::string party = field_of(claim, "party");
  const std::string name = field_of(claim, "name");
  for (std::size_t p = 0; p < context.case_file->parties.size(); ++p) {
    if (name.empty() && context.case_file->parties[p].name == party) {
      subject.party = static_cast<int>(p);
    }
  }
  subject.label = name.empty() ? party : name;
  std::string canonical;
  if (!name.empty() && !canonicalise_name(name, canonical)) {
    subject.names.push_back(canonical);
    for (const NameAddress& each : context.others->addresses) {
      if (each.name == canonical) subject.addresses.push_back(each.address);
    }
  }
  for (const std::string& text : list_of(claim, "addresses")) {
    subject.party = -1;
    if (subject.label.empty()) subject.label = quoted(text);
    if (const auto address = IpAddress::parse(text)) subject.addresses.push_back(*address);
  }
  return subject;
}

std::size_t known_addresses(const MethodContext& context, const UseSubject& subject) {
  if (subject.party < 0) return subject.addresses.size();
  const Party& party = context.case_file->parties[static_cast<std::size_t>(subject.party)];
  const auto& known = context.others->addresses;
  return party.addresses.size() + static_cast<std::size_t>(std::count_if(
                                      known.begin(), known.end(), [&](const NameAddress& each) {
                                        return party.holds_name(each.name);
                                      }));
}

// Why no silence can be established, whatever the records are: a sign of use could stand where
// nobody looked. Empty: nothing is in the way.
std::string unseen_signs(const MethodContext& context, const Claim& claim,
                         const UseSubject& subject, const Interval& silent) {
  if (silent.empty()) return "the question's window ends before that date";
  // First what would hide use at any time: with it, "no sign" says nothing inside the window
  // either.
  if (known_addresses(context, subject) == 0) {
    return "no address of it is known, so that no flow and no mail could be told to be its own";
  }
  if (context.question->window && context.question->window->begin_us > silent.begin_us) {
    return "the question's window begins after that date, and signs of use before it are not "
           "looked at";
  }
  for (const std::string& text : list_of(claim, "addresses")) {
    if (!IpAddress::parse(text)) return fmt::format("'{}' is no address", quoted(text));
  }
  return "";
}

void say_joined(const std::vector<Recorder>& recorders, Finding& finding) {
  for (const Recorder& recorder : recorders) {
    if (recorder.pieces.size() < 2) continue;
    finding.limitations.push_back(fmt::format(
        "{} are taken for pieces of one recorder's log: one vantage, one format, handed over by "
        "the same, one after the other. If two recorders wrote them, neither vouches for the time "
        "of the other.",
        recorder.name));
  }
}

Finding measure_claim(const MethodContext& context, const std::vector<QuestionRecords>& vantages,
                      const Claim& claim, const Interval& since) {
  const UseSubject subject = subject_of(context, claim);
  const SignsByKind signs = signs_of(vantages, context, subject);
  Finding finding = start(context, subject, signs, claim.id);
  double after = 0, within = 0, doubtful = 0;
  std::optional<Interval> last;
  std::string last_kind;
  for (const auto& [kind, each] : signs) {
    if (is_doubtful(kind)) doubtful += static_cast<double>(each.undated);
    for (const Interval& when : each.times) {
      doubtful += is_doubtful(kind) && when.end_us > since.begin_us;
      if (!is_use(kind)) continue;
      after += when.begin_us >= since.end_us;
      within += when.begin_us < since.end_us && when.end_us > since.begin_us;
      if (when.begin_us >= since.end_us && (!last || when.begin_us > last->begin_us)) {
        last = when;
        last_kind = word_of(kind);
      }
    }
  }
  const auto lookups = signs.find(SignKind::lookup_of_name);
  const Signs use = joined(signs, true);
  add(finding, "signs_after", after, "rows");
  add(finding, "signs_within_the_date", within, "rows");
  add(finding, "signs_undated", static_cast<double>(use.undated), "rows");
  add(finding, "doubtful_signs", doubtful, "rows");
  add(finding, "lookups_of_its_name",
      lookups == signs.end() ? 0 : static_cast<double>(lookups->second.count), "rows");
  add(finding, "known_addresses", static_cast<double>(known_addresses(context, subject)));
  const std::vector<Recorder> recorders = own_recorders(context, claim, vantages);
  const bool has_flow = std::any_of(
      recorders.begin(), recorders.end(),
      [](const Recorder& recorder) { return recorder.pieces.front()->tells_of("flow"); });
  say_joined(recorders, finding);
  add(finding, "own_records", static_cast<double>(recorders.size()));
  add(finding, "own_flow_records", has_flow ? 1 : 0);
  finding.parameters["since"] = format_interval(since);
  if (last) finding.parameters["last_sign"] = format_utc(last->begin_us);
  const Interval silent{since.begin_us, finding.window.end_us};
  const auto observed = static_cast<std::uint64_t>(after + within + doubtful) + use.undated +
                        left_out_of(context, {std::begin(kUseKinds), std::end(kUseKinds)});
  const Sought sought{fmt::format("sign of use of {}", subject.label), silent, {}};
  const std::string unseen = unseen_signs(context, claim, subject, silent);
  if (!unseen.empty()) {
    finding.parameters["silence_untestable"] = unseen;
    finding.limitations.push_back(fmt::format("Silence cannot be established: {}.", unseen));
  } else if (!recorders.empty()) {
    finding.absence = Absence::establish(recorders, sought, observed);
    for (const std::string& why : Absence::shortfalls(recorders, sought)) {
      finding.limitations.push_back(fmt::format("Its records do not vouch for silence: {}.", why));
    }
  }
  finding.outcome = after > 0 ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "After {} there are {} of use of {}{}; within that date {}. Of its name there are {}, which "
      "show no use.",
      format_utc(since.end_us), plural(after, "dated sign"), subject.label,
      last ? fmt::format(", the last ({}) at {}", last_kind, format_utc(last->begin_us)) : "",
      count_text(within), plural(finding.value_or("lookups_of_its_name", 0), "look-up"));
  say_undated_and_left_out(context, use, finding);
  say_limits(finding);
  return finding;
}

class Dormancy : public Method {
 public:
  std::string_view name() const override { return "dormancy"; }
  std::string_view version() const override { return "5"; }
  std::string_view summary() const override {
    return "first and last sign of use for each kind of record, and how far silence is vouched for";
  }
  // Signs of all kinds and vantages belong together.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>& vantages,
                               const MethodContext& context) const override {
    static const OtherRecords kNone;
    MethodContext ours = context;
    if (ours.others == nullptr) ours.others = &kNone;
    std::vector<Finding> findings;
    std::vector<int> parties = question_parties(ours);
    if (parties.size() > kMostParties) parties.resize(kMostParties);
    for (const int party : parties) {
      UseSubject subject;
      subject.party = party;
      subject.label = ours.case_file->parties[static_cast<std::size_t>(party)].name;
      findings.push_back(measure(ours, vantages, subject, signs_of(vantages, ours, subject)));
    }
    if (parties.empty()) {
      const UseSubject nobody{.label = "no party", .party = -1, .addresses = {}, .names = {}};
      findings.push_back(measure(ours, vantages, nobody, {}));
    }
    for (const Claim* claim : claims_of(ours, "unused_since")) {
      const auto since = parse_said_date(field_of(*claim, "date"));
      if (since) findings.push_back(measure_claim(ours, vantages, *claim, *since));
    }
    return findings;
  }
};

}  // namespace

const Method& dormancy_method() {
  static const Dormancy kMethod;
  return kMethod;
}

}  // namespace assay::methods
