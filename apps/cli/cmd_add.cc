// assay add
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "command.h"
#include "outcomes.h"

namespace assay::cli {
namespace {

struct AddOptions {
  std::string directory, vantage, zone, skew, from, note, format, mapping, max_rejects;
  std::vector<std::string> files, covers, names;
  int year = 0;
  bool is_complete = false, is_sampled = false, is_filtered = false, copy = false, dry_run = false,
       restate = false;
};

// "2.5", "-300ms", "+1h": seconds unless a unit says otherwise.
Result<std::int64_t> parse_skew(std::string_view text) {
  const std::string_view whole = text;
  if (text.starts_with('+')) text.remove_prefix(1);
  double amount = 0;
  const auto [end, problem] = std::from_chars(text.begin(), text.end(), amount);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.begin()));
  const std::pair<std::string_view, double> units[] = {
      {"", 1e6}, {"s", 1e6}, {"ms", 1e3}, {"us", 1}, {"m", 60e6}, {"min", 60e6}, {"h", 3600e6}};
  constexpr double kMost = 1e15;  // 31 years; not true of "nan"
  for (const auto& [word, micros] : units) {
    if (problem != std::errc() || unit != word || !(std::abs(amount * micros) <= kMost)) continue;
    return static_cast<std::int64_t>(std::llround(amount * micros));
  }
  return Error{ErrorCode::usage, fmt::format("--skew {}: not a duration", whole),
               "what to add to the file's times to get true time, such as -2.5s, 300ms, 1h"};
}

Result<Coverage> coverage_of(const AddOptions& options) {
  Coverage coverage;
  for (const std::string& text : options.covers) {
    auto interval = parse_interval(text);
    if (!interval.ok()) return interval.error();
    coverage.intervals.push_back(*interval);
  }
  coverage.intervals = normalise(std::move(coverage.intervals));
  for (const std::string& text : options.names) {
    auto pattern = NamePattern::parse(text);
    if (!pattern.ok()) return pattern.error();
    coverage.names.push_back(std::move(*pattern));
  }
  if (options.is_complete + options.is_sampled + options.is_filtered > 1) {
    return Error{ErrorCode::usage, "--complete, --sampled and --filtered exclude one another", ""};
  }
  if (options.is_complete) coverage.completeness = Completeness::complete;
  if (options.is_sampled) coverage.completeness = Completeness::sampled;
  if (options.is_filtered) coverage.completeness = Completeness::filtered;
  if (coverage.completeness != Completeness::unknown && coverage.intervals.empty()) {
    return Error{ErrorCode::usage, "what was recorded completely, sampled or filtered needs a time",
                 "state it with --covers A/B, such as --covers 2016-05-04/2016-09-23"};
  }
  return coverage;
}

Result<AddRequest> request_of(const AddOptions& options) {
  AddRequest request;
  request.paths = options.files;
  if (!options.vantage.empty()) {
    const auto vantage = parse_vantage(options.vantage);
    if (!vantage) {
      const auto nearest = nearest_word(options.vantage, vantage_words());
      return Error{ErrorCode::usage, fmt::format("there is no vantage '{}'", options.vantage),
                   nearest ? fmt::format("did you mean '{}'?", *nearest)
                           : fmt::format("the words are: {}", fmt::join(vantage_words(), ", "))};
    }
    request.vantage = *vantage;
  }
  if (!options.zone.empty()) request.zone = options.zone;
  if (!options.skew.empty()) {
    auto skew = parse_skew(options.skew);
    if (!skew.ok()) return skew.error();
    request.skew_us = *skew;
  }
  if (options.year != 0) request.year = options.year;
  auto coverage = coverage_of(options);
  if (!coverage.ok()) return coverage.error();
  request.coverage = std::move(*coverage);
  request.received_from = options.from;
  request.note = options.note;
  request.as_format = options.format;
  request.mapping_path = options.mapping;
  request.copy = options.copy;
  request.restate = options.restate;
  request.dry_run = options.dry_run;
  return request;
}

Result<int> run_add(const AddOptions& options, Session& session) {
  auto request = request_of(options);
  if (!request.ok()) return request.error();
  auto opened = session.open(options.directory);
  if (!opened.ok()) return opened.error();
  OutcomeTeller teller(session, options.directory);
  teller.is_dry_run = options.dry_run;
  auto outcomes = opened->add(*request, [&](const AddOutcome& outcome) {
    teller.tell(outcome, outcome.evidence.id.empty()
                             ? std::vector<RejectSummary>()
                             : opened->reject_summaries(outcome.evidence.id));
  });
  session.show_remarks(*opened);
  if (!outcomes.ok()) return outcomes.error();
  auto exit_code = teller.finish(options.max_rejects, opened->case_hash());
  const auto file = opened->case_file();
  if (exit_code.ok() && file.ok() && file->parties.empty()) {
    session.suggest(fmt::format("assay party {} add NAME ADDRESS-OR-NAME...", options.directory));
  } else if (exit_code.ok()) {
    session.suggest(fmt::format("assay examine {}", options.directory));
  }
  return exit_code;
}

}  // namespace

Job declare_add(CLI::App& app) {
  auto options = std::make_shared<AddOptions>();
  case_argument(app, options->directory);
  app.add_option("FILE", options->files, "files, folders, or - for standard input")->required();
  app.add_option("--vantage", options->vantage,
                 fmt::format("where it was recorded: {}", fmt::join(vantage_words(), ", ")));
  app.add_option("--zone", options->zone, "zone of times that carry none, such as Europe/Berlin");
  app.add_option("--skew", options->skew,
                 "what to add to its times to get true time: -2.5s, 300ms; seconds without a unit");
  app.add_option("--year", options->year, "year of the first stamp, when stamps have none")
      ->check(CLI::Range(1970, 2200));
  app.add_option("--covers", options->covers, "A/B: when this vantage recorded; repeatable")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_flag("--complete", options->is_complete, "it recorded everything it could see then");
  app.add_flag("--sampled", options->is_sampled, "it recorded a sample");
  app.add_flag("--filtered", options->is_filtered, "something was left out by a rule");
  app.add_option("--names", options->names, "only these names are covered: a.example,*.b.example")
      ->delimiter(',')
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--from", options->from, "who handed it over");
  app.add_option("--note", options->note, "what is to be remembered about it");
  app.add_option("--as", options->format, "read it as this format (assay formats)");
  app.add_option("--mapping", options->mapping, "mapping file of a delimited list");
  app.add_flag("--copy", options->copy, "keep a copy of the bytes in the case");
  app.add_flag("--restate", options->restate,
               "read bytes that are here already again with what is stated now; the rest stays");
  app.add_flag("--dry-run", options->dry_run, "say what would be done; write nothing");
  app.add_option("--max-rejects", options->max_rejects, "exit 4 beyond so many: 100, 0.5%");
  return [options](Session& session) { return run_add(*options, session); };
}

Job declare_read(CLI::App& app) {
  auto options = std::make_shared<AddOptions>();
  auto rebuild = std::make_shared<bool>(false);
  case_argument(app, options->directory);
  app.add_flag("--rebuild", *rebuild, "throw the record store away and fill it from the evidence");
  app.add_option("--max-rejects", options->max_rejects, "exit 4 beyond so many: 100, 0.5%");
  return [options, rebuild](Session& session) -> Result<int> {
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    OutcomeTeller teller(session, options->directory);
    auto outcomes = opened->read_pending(*rebuild, [&](const AddOutcome& outcome) {
      teller.tell(outcome, opened->reject_summaries(outcome.evidence.id));
    });
    session.show_remarks(*opened);
    if (!outcomes.ok()) return outcomes.error();
    return teller.finish(options->max_rejects, opened->case_hash());
  };
}

}  // namespace assay::cli
