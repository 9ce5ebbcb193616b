// coverage: for each kind of record, whether the case has any, and what is vouched for in the
// window.

#include <fmt/format.h>

#include <algorithm>

#include "methods/registry.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

// The kinds that an explanation may lean on (docs/ladder.md). Look-ups are those of the vantage.
constexpr const char* kKinds[] = {"dns", "flow", "mail", "message"};
constexpr const char* kLookUps = "dns";
constexpr const char* kUnknownKind = "file";
constexpr std::size_t kShortfalls = 5;
constexpr std::size_t kLossesTold = 20;

std::vector<const Evidence*> evidences_of_kind(const QuestionRecords& records,
                                               const MethodContext& context,
                                               std::string_view kind) {
  if (kind == kLookUps) return records.evidences;
  std::vector<const Evidence*> found;
  if (context.all_evidences == nullptr) return found;
  for (const Evidence& evidence : *context.all_evidences) {
    if (evidence.tells_of(kind)) found.push_back(&evidence);
  }
  return found;
}

// What recorders of these evidences say that they lost.
std::vector<const RecorderLoss*> losses_of(const QuestionRecords& records,
                                           const std::vector<const Evidence*>& evidences) {
  std::vector<const RecorderLoss*> found;
  for (const RecorderLoss& loss : records.losses) {
    const bool is_theirs =
        std::any_of(evidences.begin(), evidences.end(), [&](const Evidence* evidence) {
          return std::find(loss.of.begin(), loss.of.end(), evidence->number) != loss.of.end();
        });
    if (is_theirs) found.push_back(&loss);
  }
  return found;
}

// Nothing is known of who keeps logs of other kinds: each evidence is a recorder by itself. What
// nobody could tell may be of any kind.
std::vector<Recorder> recorders_of_kind(const QuestionRecords& records,
                                        const MethodContext& context, std::string_view kind) {
  if (kind == kLookUps) return records.recorders;
  std::vector<Recorder> recorders;
  if (context.all_evidences == nullptr) return recorders;
  for (const Evidence& evidence : *context.all_evidences) {
    const bool could_be = evidence.tells_of(kUnknownKind) && evidence.vantage == Vantage::unknown &&
                          evidence.state != ReadState::container;
    if (could_be || evidence.tells_of(kind)) recorders.push_back({evidence.id, {&evidence}, ""});
  }
  for (Recorder& recorder : recorders) {
    if (!losses_of(records, recorder.pieces).empty()) {
      recorder.objection = "its recorder says itself that it lost some";
    }
  }
  return recorders;
}

double covered_share(const Interval& window, const std::vector<Interval>& parts) {
  if (window.empty()) return 0;
  double open = 0;
  for (const Interval& gap : uncovered(window, parts)) {
    open += static_cast<double>(gap.length_us());
  }
  return 1 - open / static_cast<double>(window.length_us());
}

// Complete parts without those in which something was lost.
std::vector<Interval> without(const std::vector<const RecorderLoss*>& losses,
                              const Interval& window, const std::vector<Interval>& complete) {
  std::vector<Interval> missing = uncovered(window, complete);
  for (const RecorderLoss* loss : losses) missing.push_back(loss->when);
  return uncovered(window, missing);
}

std::string id_of(const MethodContext& context, std::uint32_t number) {
  if (context.all_evidences != nullptr) {
    for (const Evidence& evidence : *context.all_evidences) {
      if (evidence.number == number) return evidence.id;
    }
  }
  return fmt::format("evidence {}", number);
}

// Each interval with the share lost in it: what was declared complete is lossy there.
void add_losses(const std::vector<const RecorderLoss*>& losses, const MethodContext& context,
                const Interval& window, Finding& finding) {
  if (losses.empty()) return;
  Table table{"losses", {"lost_share", "seconds"}, {}, {}};
  std::vector<Interval> lossy;
  const RecorderLoss* largest = losses.front();
  double weighted = 0, length = 0;
  for (const RecorderLoss* loss : losses) {
    if (loss->share > largest->share) largest = loss;
    const double seconds = static_cast<double>(loss->when.length_us()) / kMicrosPerSecond;
    weighted += loss->share * seconds;
    length += seconds;
    lossy.push_back(loss->when);
    const auto evidence = static_cast<std::uint32_t>(loss->evidence);
    auto& told = finding.selection.evidences;
    if (std::find(told.begin(), told.end(), evidence) == told.end()) told.push_back(evidence);
    if (table.rows.size() == kLossesTold) continue;
    table.row_labels.push_back(fmt::format("{} ({}:{})", format_interval(loss->when),
                                           id_of(context, loss->evidence), loss->offset));
    table.rows.push_back({loss->share, seconds});
  }
  finding.tables.push_back(std::move(table));
  add(finding, "loss_intervals", static_cast<double>(losses.size()));
  add(finding, "lossy_share", covered_share(window, lossy));
  add(finding, "lost_share_largest", largest->share);
  add(finding, "lost_share_mean", length > 0 ? weighted / length : 0);
  finding.statement += fmt::format(
      " Its recorder says itself that it lost {} of what it should have recorded, at most {} (in "
      "{}, "
      "{}:{}): in these {} of the window coverage is lossy, not complete.",
      share_text(finding.value_or("lost_share_mean", 0)), share_text(largest->share),
      format_interval(largest->when), id_of(context, largest->evidence), largest->offset,
      share_text(finding.value_or("lossy_share", 0)));
  finding.limitations.emplace_back(
      "What a recorder lost is its own estimate, of gaps in TCP or of packets that the kernel "
      "dropped, not a count of missing records; it is taken for that of all evidence in the same "
      "folder without another stated vantage.");
}

struct Declared {
  std::vector<Interval> any;
  std::vector<Interval> complete;
  double complete_evidences = 0;
  double rows = 0;
};

double rows_of(const std::vector<const Evidence*>& evidences, const std::string& kind) {
  double rows = 0;
  for (const Evidence* evidence : evidences) {
    const auto of_kind = evidence->kinds.find(kind);
    if (evidence->kinds.empty()) {
      rows += static_cast<double>(evidence->balance.rows);
    } else if (of_kind != evidence->kinds.end()) {
      rows += static_cast<double>(of_kind->second);
    }
  }
  return rows;
}

Declared declared_by(const std::vector<const Evidence*>& evidences, const Interval& window,
                     const std::vector<NamePattern>& names) {
  Declared declared;
  for (const Evidence* evidence : evidences) {
    bool is_complete = false;
    for (const Interval& part : evidence->coverage.intervals) {
      const Interval inside = intersect(part, window);
      if (inside.empty()) continue;
      declared.any.push_back(inside);
      if (!evidence->coverage.is_complete_for(inside, names)) continue;
      declared.complete.push_back(inside);
      is_complete = true;
    }
    declared.complete_evidences += is_complete ? 1 : 0;
  }
  return declared;
}

void say(const QuestionRecords& records, std::string_view kind, double evidences,
         const Declared& declared, Finding& finding) {
  const bool is_complete = finding.value_or("complete", 0) > 0;
  if (evidences == 0) {
    finding.outcome = Outcome::nothing_found;
    finding.statement = fmt::format("The case holds no {} evidence{}.", kind,
                                    kind == kLookUps ? " at this vantage" : "");
    finding.limitations.push_back(
        fmt::format("Nothing can be concluded from the absence of {} records that nobody handed "
                    "over.",
                    kind));
    return;
  }
  finding.outcome = is_complete ? Outcome::found : Outcome::measured;
  finding.statement = fmt::format(
      "{} with {}; coverage of {} of the window {} is declared, {} of it complete, by {}.",
      plural(evidences, fmt::format("{} evidence", kind)), plural(declared.rows, "row"),
      share_text(finding.value_or("declared_share", 0)), window_text(records.window),
      share_text(finding.value_or("complete_share", 0)),
      plural(declared.complete_evidences, "evidence"));
  finding.limitations.emplace_back(
      "Coverage is what was stated when the evidence was added; nothing in a record vouches for "
      "its "
      "own completeness.");
}

// Who keeps the records, how much of the window each vouches for, and which falls short.
void add_recorders(const std::vector<Recorder>& recorders, const Sought& sought,
                   const std::vector<std::string>& shortfalls, Finding& finding) {
  Table table{"recorders", {"pieces", "complete_share"}, {}, {}};
  for (const Recorder& recorder : recorders) {
    const Declared declared = declared_by(recorder.pieces, sought.window, sought.names);
    table.row_labels.push_back(recorder.name);
    table.rows.push_back({static_cast<double>(recorder.pieces.size()),
                          covered_share(sought.window, declared.complete)});
  }
  finding.tables.push_back(std::move(table));
  if (recorders.empty() || shortfalls.empty()) return;
  std::vector<std::string> told(
      shortfalls.begin(),
      shortfalls.begin() + static_cast<std::ptrdiff_t>(std::min(shortfalls.size(), kShortfalls)));
  if (shortfalls.size() > kShortfalls) {
    told.push_back(fmt::format("{} more", shortfalls.size() - kShortfalls));
  }
  finding.limitations.push_back(fmt::format(
      "No absence can be vouched for: every recorder that touches the window has to cover all of "
      "it, complete for the names, wholly read and free of rejects ({}).",
      fmt::join(told, "; ")));
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view kind) {
  Finding finding = make_finding(coverage_method(), records, context, kind);
  const auto evidences = evidences_of_kind(records, context, kind);
  const bool is_dns = kind == kLookUps;
  const Sought sought{is_dns ? fmt::format("look-up of {}", patterns_text(records))
                             : fmt::format("{} record", kind),
                      records.window, is_dns ? records.patterns : std::vector<NamePattern>{}};
  const auto recorders = recorders_of_kind(records, context, kind);
  Declared declared = declared_by(evidences, records.window, sought.names);
  const auto losses = losses_of(records, evidences);
  if (!losses.empty()) declared.complete = without(losses, records.window, declared.complete);
  declared.rows = rows_of(evidences, std::string(kind));
  finding.dedup_rule = "evidences";
  finding.denominator = fmt::format("of the window {}", window_text(records.window));
  finding.selection = seal(records, {}, fmt::format("declared coverage of {} evidences", kind));
  for (const Evidence* evidence : evidences) {
    finding.selection.evidences.push_back(evidence->number);
  }
  add(finding, "evidences", static_cast<double>(evidences.size()), "evidences");
  add(finding, "complete_evidences", declared.complete_evidences, "evidences");
  add(finding, "rows", declared.rows, "rows");
  add(finding, "declared_share", covered_share(records.window, declared.any));
  const double complete_share = covered_share(records.window, declared.complete);
  add(finding, "complete_share", complete_share);
  // The rule by which an absence could be established, whatever was observed.
  const auto shortfalls = Absence::shortfalls(recorders, sought);
  const bool is_complete =
      shortfalls.empty() && losses.empty() && !(is_dns && records.patterns.empty());
  add(finding, "complete", is_complete ? 1 : 0);
  const double observed =
      is_dns
          ? static_cast<double>(split_by_asker(records, context).all.size() + records.could_be_rows)
          : declared.rows;
  if (is_complete) {
    finding.absence = Absence::establish(recorders, sought, static_cast<std::uint64_t>(observed));
  }
  say(records, kind, static_cast<double>(evidences.size()), declared, finding);
  add_losses(losses, context, records.window, finding);
  add_recorders(recorders, sought, shortfalls, finding);
  if (!shortfalls.empty() && complete_share > 0) {
    finding.statement += fmt::format(" It vouches for no absence: {}.", shortfalls.front());
  }
  if (finding.absence) finding.statement += " Established: " + finding.absence->statement() + ".";
  return finding;
}

class CoverageMethod : public Method {
 public:
  std::string_view name() const override { return "coverage"; }
  std::string_view version() const override { return "3"; }
  std::string_view summary() const override {
    return "which kinds of record the case has, and what coverage is declared";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    std::vector<Finding> findings;
    for (const char* kind : kKinds) findings.push_back(measure(records, context, kind));
    return findings;
  }
};

}  // namespace

const Method& coverage_method() {
  static const CoverageMethod kMethod;
  return kMethod;
}

}  // namespace assay::methods
