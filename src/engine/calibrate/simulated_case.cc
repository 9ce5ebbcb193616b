#include "engine/calibrate/simulated_case.h"

#include <fmt/core.h>

#include <algorithm>

#include "assay/reader.h"
#include "assay/store.h"
#include "engine/examine.h"
#include "engine/other_records.h"
#include "engine/question_records.h"
#include "readers/memory_source.h"
#include "sim/inside.h"
#include "sim/records/mail.h"
#include "sim/records/records.h"
#include "sim/times.h"

namespace assay {
namespace {

using sim::micros;

constexpr std::uint32_t kRowsPerBatch = 65'536;
constexpr double kSpareSeconds = 30 * 86'400;

NamePattern pattern_of(const std::string& text) { return NamePattern::parse(text).value(); }

CaseFile case_file_of(const sim::Scenario& scenario, AskedAbout about) {
  CaseFile file;
  const std::string& target = scenario.target.qname;
  const std::string zone = target.substr(target.find('.') + 1);
  for (std::size_t i = 0; i < scenario.parties.size(); ++i) {
    const sim::Party& party = scenario.parties[i];
    Party& holder = file.parties.emplace_back();
    holder.name = party.name;
    const std::string domain = sim::mail_domain(scenario, i);
    holder.names = {pattern_of(domain), pattern_of("*." + domain)};
    for (const auto* addresses : {&party.addresses, &party.mail_addresses}) {
      for (const std::string& address : *addresses) {
        holder.addresses.push_back(IpPrefix::parse(address).value());
      }
    }
    const auto inside = sim::inside_prefix(static_cast<std::uint16_t>(i));
    holder.addresses.push_back(IpPrefix::parse(inside).value());
  }
  Party& sender = file.parties.emplace_back();
  sender.name = "Sender";
  sender.names = {pattern_of(zone), pattern_of("*." + zone)};
  sender.addresses = {IpPrefix::parse(scenario.target.address).value()};
  // Whoever asks knows the TTL or does not.
  if (scenario.seed % 2 == 0) {
    file.ttl_seconds[target] = static_cast<std::uint32_t>(scenario.target.ttl_seconds);
  }
  Question& question = file.questions.emplace_back();
  question.id = "q1";
  question.between = {scenario.parties.front().name, "Sender"};
  question.names = {pattern_of(target)};
  if (about == AskedAbout::zone) question.names = {pattern_of(zone), pattern_of("*." + zone)};
  const auto claim = [&](const char* kind) -> Claim& {
    Claim& made = file.claims.emplace_back();
    made.id = made.kind = kind;
    made.question = question.id;
    return made;
  };
  for (const char* kind : {"automated", "not_automated", "period"}) {
    claim(kind).fields["party"] = question.between.front();
  }
  file.claims.back().fields.insert({{"value", "1"}, {"unit", "hour"}});
  for (const char* kind : {"no_contact", "no_mail"}) {
    claim(kind).lists["parties"] = question.between;
  }
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

// The records of a run in a store, and what a person would have stated.
class SimulatedCase {
 public:
  SimulatedCase(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                DeclaredCoverage coverage, AskedAbout about)
      : store_(make_memory_store(scenario.seed)),
        file_(case_file_of(scenario, about)),
        scenario_(scenario),
        run_(run),
        is_declared_(coverage == DeclaredCoverage::as_it_was) {}

  Status fill(const FurtherRecords& further) {
    for (std::uint8_t i = 0; i < scenario_.vantage.servers.size(); ++i) ASSAY_TRY(add_server(i));
    // What the first host and line saw where all went over the second.
    std::optional<sim::SimulatedRun> elsewhere;
    if (further.second != SecondPlaces::none) {
      elsewhere.emplace(run_);
      elsewhere->transfers.clear();
      elsewhere->flows.clear();
    }
    const sim::SimulatedRun& here = elsewhere ? *elsewhere : run_;
    Party& party = file_.parties.front();
    if (further.has_mail_log) {
      ASSAY_TRY(add_files("mail", Vantage::mail_server, sim::postfix_logs(scenario_, here)));
      state_places(further.second, party.mail_hosts);
    }
    if (further.has_flows) {
      ASSAY_TRY(add_files("flow", Vantage::passive_sensor, sim::flow_lists(scenario_, here)));
      state_places(further.second, party.edges);
    }
    if (further.has_mailbox) {
      ASSAY_TRY(add_files("message", Vantage::host, sim::mailboxes(scenario_, run_)));
    }
    if (further.has_resolver_log) ASSAY_TRY(add_resolvers());
    if (further.has_registrations) {
      for (const sim::RecordFile& file : sim::registration_files(scenario_)) {
        ASSAY_TRY(read(add_evidence("registration", file.name, Vantage::registry), file));
      }
    }
    return {};
  }

  RecordStore& store() { return *store_; }
  const CaseFile& file() const { return file_; }
  const std::vector<Evidence>& evidences() const { return evidences_; }

 private:
  Evidence& add_evidence(std::string_view kind, const std::string& name, Vantage vantage) {
    Evidence& evidence = evidences_.emplace_back();
    evidence.number = static_cast<std::uint32_t>(evidences_.size());
    evidence.id = fmt::format("{}-{}", kind, evidence.number);
    evidence.name = name;
    evidence.vantage = vantage;
    evidence.clock.zone_is_stated = true;
    evidence.state = ReadState::read;
    return evidence;
  }

  // The log read last is the first place's.
  void state_places(SecondPlaces second, std::vector<std::string>& places) const {
    if (second == SecondPlaces::unstated) return;
    places.push_back(evidences_.back().id);
    if (second == SecondPlaces::stated) places.emplace_back("the second");
  }

  // Clocks of the name's servers may be off, and an editor moves rows by weeks: who is to vouch for
  // all the time that they show kept the log for `spare_s` longer on both sides.
  void declare_all(Evidence& evidence, double spare_s) const {
    if (!is_declared_) return;
    evidence.coverage.intervals = {
        {micros(scenario_.begin_s - spare_s), micros(scenario_.end_s + spare_s)}};
    evidence.coverage.completeness = Completeness::complete;
  }

  Status add_server(std::uint8_t server) {
    Evidence& evidence =
        add_evidence("dns", fmt::format("ns{}.query.log", server + 1), Vantage::authoritative);
    if (is_declared_) {
      evidence.coverage.intervals = recorded_time(scenario_);
      evidence.coverage.completeness =
          scenario_.vantage.seen_probability < 1 ? Completeness::sampled : Completeness::complete;
      if (scenario_.vantage.only_target) {
        evidence.coverage.names = {pattern_of(scenario_.target.qname)};
      }
    }
    const double step = scenario_.vantage.resolution_seconds;
    return add_look_ups(evidence, scenario_.vantage.servers[server], step, run_.rows,
                        [&](const sim::Row& row) { return row.server == server; });
  }

  Status add_resolvers() {
    const auto& addresses = scenario_.parties.front().addresses;
    for (std::uint16_t i = 0; i < addresses.size(); ++i) {
      Evidence& evidence =
          add_evidence("dns", fmt::format("resolver{}.query.log", i + 1), Vantage::resolver);
      declare_all(evidence, 0);
      ASSAY_TRY(add_look_ups(
          evidence, addresses[i], 0, run_.inside,
          [&](const sim::InsideQuery& query) { return query.party == 0 && query.address == i; }));
    }
    return {};
  }

  template <class Query, class IsThere>
  Status add_look_ups(Evidence& evidence, const std::string& server, double resolution_s,
                      const std::vector<Query>& queries, IsThere is_there) {
    evidence.format = "bind_querylog";
    ASSAY_TRY(store_->begin(evidence.number));
    const auto sink = make_store_sink(*store_, evidence.number, no_rejects, kRowsPerBatch);
    const std::uint64_t asked = sink->host(IpAddress::parse(server).value());
    DnsRow out;
    out.width_us =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(micros(resolution_s), 1, UINT32_MAX));
    out.server = asked;
    out.flags = kHasQuery;
    out.length = 100;
    for (const Query& query : queries) {
      if (!is_there(query)) continue;
      out.time_us = micros(query.time_s);
      out.client = sink->host(IpAddress::parse(run_.clients[query.client]).value());
      out.qname = sink->name(run_.names.name(query.name));
      out.qtype = query.qtype;
      sink->unit();
      sink->add(out);
      sink->used_unit();
      out.offset += out.length;
    }
    evidence.size_bytes = out.offset;
    return finish(evidence, *sink);
  }

  // Read as anybody's files would be. A party to which nothing happened has an empty one.
  Status add_files(std::string_view kind, Vantage vantage,
                   const std::vector<sim::RecordFile>& files) {
    const std::string stem = sim::file_stem(scenario_, 0);
    const auto own = std::find_if(files.begin(), files.end(), [&](const sim::RecordFile& file) {
      return file.name.starts_with(stem + ".");
    });
    Evidence& evidence =
        add_evidence(kind, own == files.end() ? std::string(kind) : own->name, vantage);
    evidence.received_from = scenario_.parties.front().name;
    declare_all(evidence, kSpareSeconds);
    if (own == files.end()) return store_->commit(evidence.number);
    return read(evidence, *own);
  }

  Status read(Evidence& evidence, const sim::RecordFile& file) {
    const SniffChoice choice = choose_reader(std::string_view(file.bytes).substr(0, kSniffBytes));
    if (choice.reader == nullptr) {
      return Error{ErrorCode::internal, "no reader takes the simulated " + file.name, ""};
    }
    evidence.format = choice.reader->name();
    evidence.size_bytes = file.bytes.size();
    ASSAY_TRY(store_->begin(evidence.number));
    const auto sink = make_store_sink(*store_, evidence.number, no_rejects, kRowsPerBatch);
    ReadContext context;
    context.clock = evidence.clock;
    context.name = evidence.name;
    MemorySource source(file.bytes);
    ASSAY_TRY(choice.reader->read(source, context, *sink));
    return finish(evidence, *sink);
  }

  Status finish(Evidence& evidence, RecordSink& sink) {
    sink.flush();
    ASSAY_TRY(finish_store_sink(sink));
    evidence.balance = sink.balance();
    evidence.kinds = sink.kinds();
    evidence.span = sink.span();
    return store_->commit(evidence.number);
  }

  static Status no_rejects(const Reject& reject) {
    return Error{ErrorCode::internal, "a simulated record was refused: " + reject.why, ""};
  }

  std::unique_ptr<RecordStore> store_;
  std::vector<Evidence> evidences_;
  CaseFile file_;
  const sim::Scenario& scenario_;
  const sim::SimulatedRun& run_;
  bool is_declared_;
};

}  // namespace

Status look_at_run(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                   DeclaredCoverage coverage,
                   const std::function<void(const QuestionRecords&, const MethodContext&)>& each,
                   const FurtherRecords& further) {
  SimulatedCase made(scenario, run, coverage, AskedAbout::name);
  ASSAY_TRY(made.fill(further));
  MethodContext context;
  context.case_file = &made.file();
  context.question = &made.file().questions.front();
  context.all_evidences = &made.evidences();
  const auto groups =
      load_question_records(made.store(), made.file(), *context.question, made.evidences());
  if (!groups.ok()) return groups.error();
  const auto others =
      load_other_records(made.store(), made.file(), *context.question, made.evidences());
  if (!others.ok()) return others.error();
  context.others = &*others;
  for (const QuestionRecords& records : *groups) each(records, context);
  return {};
}

Result<QuestionResult> examine_run(const sim::Scenario& scenario, const sim::SimulatedRun& run,
                                   DeclaredCoverage coverage, const FurtherRecords& further,
                                   AskedAbout about) {
  SimulatedCase made(scenario, run, coverage, about);
  ASSAY_TRY(made.fill(further));
  auto results = examine_questions(made.store(), made.file(), made.evidences(), nullptr);
  if (!results.ok()) return results.error();
  return std::move(results->front());
}

}  // namespace assay
