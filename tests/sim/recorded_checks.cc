#include "recorded_checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sim/cache.h"
#include "sim/checks.h"

namespace assay::sim {
namespace {

const std::string kFolder = ASSAY_TEST_DATA "/lab/checks/";

std::ifstream open(const std::string& name) {
  std::ifstream in(kFolder + name);
  EXPECT_TRUE(in.is_open()) << name;
  return in;
}

std::string type_text(std::uint16_t qtype) {
  switch (qtype) {
    case kTypeA:
      return "A";
    case kTypePtr:
      return "PTR";
    case kTypeMx:
      return "MX";
    case kTypeTxt:
      return "TXT";
    default:
      return "AAAA";
  }
}

Scenario scenario_of(const ChecksRecording& recording, const SenderChecks& checks) {
  Scenario scenario;
  scenario.begin_s = recording.start_s;
  scenario.end_s = recording.start_s + 3'600;
  scenario.target = {"mail1.sender.example", "198.51.100.25", 8, 8, 0};
  Party& party = scenario.parties.emplace_back();
  party.addresses = {"192.0.2.50"};
  party.stub.retry_probability = 0;
  party.checks = checks;
  party.cache.ttl_clock = TtlClock::late;
  party.iteration.loss_probability = 0;
  party.iteration.minimises_names = true;
  scenario.vantage.latency_ms = {1, 1, 1};
  return scenario;
}

void sort(std::vector<Asked>& rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Asked& a, const Asked& b) { return a.time_s < b.time_s; });
}

}  // namespace

ChecksRecording read_checks_recording() {
  ChecksRecording recording;
  std::string line, word;
  for (std::ifstream in = open("truth.toml"); std::getline(in, line);) {
    if (line.starts_with("start_epoch_ms = ")) recording.start_s = std::stod(line.substr(17)) / 1e3;
  }
  EXPECT_GT(recording.start_s, 1e9);
  std::ifstream truth = open("truth.tsv"), asked = open("records/asked.tsv");
  std::getline(truth, line);
  while (std::getline(truth, line)) {
    std::istringstream fields(line);
    Received message;
    fields >> message.number >> message.setup >> message.client >> message.form >>
        message.connects_s;
    message.connects_s /= 1e3;
    if (message.setup != "submission") recording.messages.push_back(message);
  }
  std::getline(asked, line);
  Asked row;
  std::string qtype, qname;
  while (asked >> row.time_s >> row.program >> row.message >> qtype >> qname) {
    row.time_s /= 1e3;
    row.what = qtype + " " + qname;
    recording.asked.push_back(row);
  }
  return recording;
}

std::vector<Asked> of_message(const std::vector<Asked>& rows, const std::string& program,
                              const std::string& message) {
  std::vector<Asked> out;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(out),
               [&](const Asked& row) { return row.program == program && row.message == message; });
  return out;
}

std::vector<std::string> whats(const std::vector<Asked>& rows) {
  std::vector<std::string> out;
  for (const Asked& row : rows) out.push_back(row.what);
  return out;
}

SimulatedChecks simulate(const ChecksRecording& recording, const SenderChecks& checks,
                         const std::vector<Received>& messages) {
  const Scenario scenario = scenario_of(recording, checks);
  const Party& party = scenario.parties.front();
  Names names(scenario.target.qname);
  Happenings happened(names, Asker::mail_host);
  for (const Received& message : messages) {
    Transfer transfer;
    transfer.time_s = transfer.checked_s = recording.start_s + message.connects_s;
    happened.transfers.push_back(transfer);
    happened.ask(transfer.checked_s, 0, kTypeA);
  }
  add_checks(party, scenario.target, happened);
  Random random(1);
  std::vector<StubQuestion> questions;
  ask_resolvers(happened.demands, 0, party, scenario.target, names, random, questions);
  std::stable_sort(
      questions.begin(), questions.end(),
      [](const StubQuestion& a, const StubQuestion& b) { return a.time_s < b.time_s; });
  SimulatedChecks out;
  const auto row = [&](double time_s, std::uint16_t qtype, std::uint32_t name) {
    const double t = time_s - recording.start_s;
    std::string number;
    for (const Received& each : messages) {
      if (t > each.connects_s - 1) number = each.number;
    }
    return Asked{t, "", number, type_text(qtype) + " " + names.name(name)};
  };
  for (const StubQuestion& each : questions) {
    out.inside.push_back(row(each.time_s, each.qtype, each.name));
    out.inside.back().program = "simulated";
  }
  for (const UpstreamQuery& each : pass_caches(questions, scenario, party, random, &names)) {
    out.upstream.push_back(row(each.time_s, each.qtype, each.name));
    out.upstream.back().program = "resolver";
  }
  sort(out.inside);
  sort(out.upstream);
  return out;
}

}  // namespace assay::sim
