// dormancy: the first and the last sign of use of a party's hosts, for each kind of record, and how
// far the silence behind it is vouched for.
#include <fmt/format.h>

#include <algorithm>

#include "core/said_date.h"
#include "methods/registry.h"
#include "methods/support/measure.h"
#include "methods/support/signs_of_use.h"

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

// "flow-1 is declared complete until 2021-...", for evidences that could have shown a later sign.
std::string coverage_text(const MethodContext& context, std::int64_t from_us) {
  std::vector<std::string> parts;
  if (context.all_evidences == nullptr) return "";
  for (const Evidence& evidence : *context.all_evidences) {
    if (!tells_of_use(evidence) || evidence.coverage.completeness != Completeness::complete) {
      continue;
    }
    for (const Interval& declared : normalise(evidence.coverage.intervals)) {
      if (!declared.contains(from_us) && declared.begin_us != from_us) continue;
      parts.push_back(fmt::format("{} until {}", evidence.id, format_utc(declared.end_us)));
    }
  }
  return fmt::format("{}", fmt::join(parts, ", "));
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
      "An address is taken for the host's as the case, a zone or an answer states; it may have had "
      "another user. Packets seen one way alone, look-ups made by it and Received fields can be "
      "another's invention: they show no use, and no silence stands against them.");
}

void add_table(const SignsByKind& signs, Finding& finding) {
  Table table{"signs", {"first_unix_s", "last_unix_s", "count", "is_use", "is_doubtful"}, {}, {}};
  for (const auto& [kind, each] : signs) {
    const auto seconds = [](std::int64_t us) { return static_cast<double>(us / kMicrosPerSecond); };
    table.row_labels.emplace_back(word_of(kind));
    table.rows.push_back({each.span ? seconds(each.span->begin_us) : 0,
                          each.span ? seconds(each.span->end_us - 1) : 0,
                          static_cast<double>(each.count), is_use(kind) ? 1.0 : 0.0,
                          is_doubtful(kind) ? 1.0 : 0.0});
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

Finding measure(const MethodContext& context, const UseSubject& subject, const SignsByKind& signs) {
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
  const std::string covered = coverage_text(context, use.span->end_us);
  finding.statement = fmt::format(
      "{} was last seen in use at {} and first at {} ({}). {}", subject.label,
      finding.parameters["last_sign"], finding.parameters["first_sign"], list_text(signs),
      covered.empty()
          ? std::string("Nobody vouches for the time behind it, so its silence says nothing.")
          : fmt::format("Records declared complete reach further ({}): behind that nobody vouches.",
                        covered));
  return finding;
}

// --- a claim: "not in use since" ---

std::vector<Recorder> own_recorders(const MethodContext& context, const Claim& claim,
                                    const std::vector<QuestionRecords>& vantages) {
  std::vector<Recorder> recorders;
  for (const std::string& id : list_of(claim, "records")) {
    for (const Evidence& evidence : *context.all_evidences) {
      if (evidence.id != id || !tells_of_use(evidence)) continue;
      Recorder recorder{evidence.id, {&evidence}, ""};
      for (const QuestionRecords& records : vantages) {
        for (const RecorderLoss& loss : records.losses) {
          if (std::find(loss.of.begin(), loss.of.end(), evidence.number) != loss.of.end()) {
            recorder.objection = "it says itself that it lost some";
          }
        }
      }
      recorders.push_back(std::move(recorder));
    }
  }
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
  if (context.question->window && context.question->window->begin_us > silent.begin_us) {
    return "the question's window begins after that date, and signs of use before it are not "
           "looked at";
  }
  for (const std::string& text : list_of(claim, "addresses")) {
    if (!IpAddress::parse(text)) return fmt::format("'{}' is no address", quoted(text));
  }
  if (known_addresses(context, subject) == 0) {
    return "no address of it is known, so that no flow and no mail could be told to be its own";
  }
  return "";
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
      "Behind {} there are {} of use of {}{}; within that date {}. Of its name there are {}, which "
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
  std::string_view version() const override { return "1"; }
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
      findings.push_back(measure(ours, subject, signs_of(vantages, ours, subject)));
    }
    if (parties.empty()) {
      const UseSubject nobody{.label = "no party", .party = -1, .addresses = {}, .names = {}};
      findings.push_back(measure(ours, nobody, {}));
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
