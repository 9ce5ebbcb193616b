#include "engine/calibrate/simulated_case.h"

#include <algorithm>
#include <cmath>

#include "assay/reader.h"
#include "assay/store.h"
#include "engine/examine.h"
#include "engine/question_records.h"

namespace assay {
namespace {

std::int64_t micros(double time_s) { return static_cast<std::int64_t>(std::llround(time_s * 1e6)); }

NamePattern pattern_of(const std::string& text) { return NamePattern::parse(text).value(); }

CaseFile case_file_of(const sim::Scenario& scenario) {
  CaseFile file;
  const std::string& target = scenario.target.qname;
  const std::string zone = target.substr(target.find('.') + 1);
  for (const sim::Party& party : scenario.parties) {
    Party& holder = file.parties.emplace_back();
    holder.name = party.name;
    for (const std::string& address : party.addresses) {
      holder.addresses.push_back(IpPrefix::parse(address).value());
    }
  }
  Party& sender = file.parties.emplace_back();
  sender.name = "Sender";
  sender.names = {pattern_of(zone), pattern_of("*." + zone)};
  Question& question = file.questions.emplace_back();
  question.id = "q1";
  question.between = {scenario.parties.front().name, "Sender"};
  question.names = {pattern_of(target)};
  return file;
}

// The declared time without the outages.
std::vector<Interval> recorded_time(const sim::Scenario& scenario) {
  std::vector<Interval> times = {{micros(scenario.begin_s), micros(scenario.end_s)}};
  for (const sim::Outage& outage : scenario.vantage.outages) {
    std::vector<Interval> left;
    for (const Interval& each : times) {
      const Interval before{each.begin_us, std::min(each.end_us, micros(outage.begin_s))};
      const Interval after{std::max(each.begin_us, micros(outage.end_s)), each.end_us};
      if (before.begin_us < before.end_us) left.push_back(before);
      if (after.begin_us < after.end_us) left.push_back(after);
    }
    times = std::move(left);
  }
  return times;
}

Status fill(RecordStore& store, const sim::Scenario& scenario, const sim::SimulatedRun& run,
            std::uint8_t server, Evidence& evidence) {
  ASSAY_TRY(store.begin(evidence.number));
  const auto sink = make_store_sink(
      store, evidence.number, [](const Reject&) { return Status(); }, 65'536);
  const std::uint64_t asked =
      sink->host(IpAddress::parse(scenario.vantage.servers[server]).value());
  std::uint64_t offset = 0;
  for (const sim::Row& row : run.rows) {
    if (row.server != server) continue;
    DnsRow out;
    out.time_us = micros(row.time_s);
    out.width_us = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(micros(scenario.vantage.resolution_seconds), 1, UINT32_MAX));
    out.client = sink->host(IpAddress::parse(run.clients[row.client]).value());
    out.server = asked;
    out.qname = sink->name(run.names.name(row.name));
    out.qtype = row.qtype;
    out.flags = kHasQuery;
    out.offset = offset;
    out.length = 100;
    offset += out.length;
    sink->unit();
    sink->add(out);
    sink->used_unit();
  }
  sink->flush();
  ASSAY_TRY(finish_store_sink(*sink));
  evidence.balance = sink->balance();
  evidence.kinds["dns"] = evidence.balance.rows;
  evidence.span = sink->span();
  evidence.size_bytes = offset;
  return store.commit(evidence.number);
}

// The records of a run in a store, and what a person would have stated.
struct SimulatedCase {
  std::unique_ptr<RecordStore> store;
  std::vector<Evidence> evidences;
  CaseFile file;
};

Result<SimulatedCase> make_case(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                                DeclaredCoverage coverage) {
  SimulatedCase made{make_memory_store(scenario.seed), {}, case_file_of(scenario)};
  for (std::uint8_t i = 0; i < scenario.vantage.servers.size(); ++i) {
    Evidence& evidence = made.evidences.emplace_back();
    evidence.number = i + 1u;
    evidence.id = "dns-" + std::to_string(i + 1);
    evidence.name = "ns" + std::to_string(i + 1) + ".query.log";
    evidence.format = "bind_querylog";
    evidence.vantage = Vantage::authoritative;
    evidence.clock.zone_is_stated = true;
    evidence.state = ReadState::read;
    if (coverage == DeclaredCoverage::as_it_was) {
      evidence.coverage.intervals = recorded_time(scenario);
      evidence.coverage.completeness =
          scenario.vantage.seen_probability < 1 ? Completeness::sampled : Completeness::complete;
      if (scenario.vantage.only_target) {
        evidence.coverage.names = {pattern_of(scenario.target.qname)};
      }
    }
    ASSAY_TRY(fill(*made.store, scenario, run, i, evidence));
  }
  return made;
}

}  // namespace

Status look_at_run(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                   DeclaredCoverage coverage,
                   const std::function<void(const QuestionRecords&, const MethodContext&)>& each) {
  auto made = make_case(scenario, run, coverage);
  if (!made.ok()) return made.error();
  MethodContext context;
  context.case_file = &made->file;
  context.question = &made->file.questions.front();
  context.all_evidences = &made->evidences;
  const auto groups =
      load_question_records(*made->store, made->file, *context.question, made->evidences);
  if (!groups.ok()) return groups.error();
  if (!groups->empty()) each(groups->front(), context);
  return {};
}

Result<QuestionResult> examine_run(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                                   DeclaredCoverage coverage) {
  auto made = make_case(scenario, run, coverage);
  if (!made.ok()) return made.error();
  auto results = examine_questions(*made->store, made->file, made->evidences, nullptr);
  if (!results.ok()) return results.error();
  return std::move(results->front());
}

}  // namespace assay
