#include "engine/calibrate/record_gains.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "engine/calibrate/family_cases.h"
#include "engine/calibrate/in_threads.h"
#include "engine/calibrate/simulated_case.h"
#include "methods/features/features.h"

namespace assay {
namespace {

using likelihood::FamilyModel;
using likelihood::LabelledCases;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kNearUs = 60'000'000;

// Beside the look-ups; the order of the columns and of the page.
struct RecordOption {
  const char* record;
  const char* text;
};
constexpr RecordOption kOptions[] = {
    {"receiving_mail_log", "the mail log of the asker's mail host"},
    {"flow_at_either_edge", "flows at the asker's edge"},
    {"mailboxes", "the mailbox of the asker"},
    {"resolver_client_log", "the asker's resolver log with the inside hosts"},
};
constexpr std::size_t kOptionCount = std::size(kOptions);

struct CaseNumbers {
  std::vector<double> look_ups;
  std::vector<double> further[kOptionCount];
};

double log_count(double count) { return std::log10(1 + count); }

std::vector<std::int64_t> times_of(const QuestionRecords& records,
                                   const methods::AskerGroup& party) {
  std::vector<std::int64_t> times;
  for (const std::uint32_t row : party.rows) times.push_back(records.rows[row].time_us);
  std::sort(times.begin(), times.end());
  return times;
}

double share_near(const std::vector<std::int64_t>& some, const std::vector<std::int64_t>& others) {
  if (some.empty()) return kNaN;
  double near = 0;
  for (const std::int64_t time : some) {
    const auto at = std::lower_bound(others.begin(), others.end(), time - kNearUs);
    near += at != others.end() && *at <= time + kNearUs;
  }
  return near / static_cast<double>(some.size());
}

// Counts, directions, sizes and how records of these kinds lie beside the look-ups.
std::vector<double> numbers_of(const OtherRecords& others, const std::set<RecordKind>& kinds,
                               const std::vector<std::int64_t>& look_ups) {
  static const FieldId kReply = field_id("in_reply_to");
  double outgoing = 0, replies = 0, refused = 0, bytes_sent = 0, bytes_received = 0, ports[5] = {};
  std::vector<std::int64_t> times;
  for (const OtherRow& row : others.rows) {
    if (kinds.count(row.row.kind) == 0) continue;
    times.push_back(row.row.time_us);
    outgoing += row.client_party == 0;
    replies += !row.field(kReply).empty();
    refused += row.row.code != kNoCode && row.row.code >= 400;
    bytes_sent += static_cast<double>(row.row.bytes_sent);
    bytes_received += static_cast<double>(row.row.bytes_received);
    const std::uint16_t port = row.row.server_port;
    ++ports[port == 25                   ? 0
            : port == 443 || port == 80  ? 1
            : port == 993 || port == 143 ? 2
            : port == 0                  ? 3
                                         : 4];
  }
  std::sort(times.begin(), times.end());
  const auto count = static_cast<double>(times.size());
  std::vector<double> numbers = {log_count(count),
                                 log_count(outgoing),
                                 log_count(replies),
                                 log_count(refused),
                                 log_count(bytes_sent),
                                 log_count(bytes_received),
                                 share_near(look_ups, times),
                                 share_near(times, look_ups)};
  for (const double port : ports) numbers.push_back(log_count(port));
  return numbers;
}

std::vector<double> resolver_numbers(const QuestionRecords& records, const MethodContext& context,
                                     const methods::AskerGroup& party) {
  std::vector<double> numbers = methods::summary_features(records, context, party).values();
  std::vector<double> clients(records.hosts.size());
  double most = 0;
  for (const std::uint32_t row : party.rows) {
    most = std::max(most, ++clients[records.rows[row].client]);
  }
  numbers.push_back(log_count(static_cast<double>(
      std::count_if(clients.begin(), clients.end(), [](double rows) { return rows > 0; }))));
  numbers.push_back(party.rows.empty() ? kNaN : most / static_cast<double>(party.rows.size()));
  return numbers;
}

Status look(const std::string& family, std::uint64_t seed, sim::ScenarioRanges ranges,
            CaseNumbers& out) {
  ranges.keeps_inside = true;
  const auto draw = sim::draw_scenario(*sim::find_cause(family), seed, ranges);
  if (!draw.ok()) return draw.error();
  const auto each = [&](const QuestionRecords& records, const MethodContext& context) {
    const methods::AskerGroup party = methods::split_by_asker(records, context).parties.front();
    if (records.vantage == "resolver") {
      out.further[3] = resolver_numbers(records, context, party);
    } else if (records.vantage == "authoritative") {
      out.look_ups = methods::summary_features(records, context, party).values();
      const std::vector<std::int64_t> times = times_of(records, party);
      out.further[0] = numbers_of(*context.others, {RecordKind::mail, RecordKind::service}, times);
      out.further[1] = numbers_of(*context.others, {RecordKind::flow}, times);
      out.further[2] = numbers_of(*context.others, {RecordKind::message}, times);
    }
  };
  return look_at_run(
      draw->scenario, draw->run, DeclaredCoverage::as_it_was, each,
      {.has_mail_log = true, .has_flows = true, .has_mailbox = true, .has_resolver_log = true});
}

using Cases = std::vector<CaseNumbers>;

bool has_option(std::size_t choice, std::size_t option) {
  return choice == kOptionCount + 1 || choice == option + 1;
}

// Choice 0: look-ups alone; 1 ...: with one further record; the last: with all.
LabelledCases part_of(const Cases& cases, std::size_t families, std::size_t from, std::size_t to,
                      std::size_t choice, std::size_t resolver_width) {
  LabelledCases part;
  part.classes = families;
  for (std::size_t i = from; i < to; ++i) {
    if (cases[i].look_ups.empty()) continue;
    std::vector<double> row = cases[i].look_ups;
    for (std::size_t option = 0; option < kOptionCount; ++option) {
      if (!has_option(choice, option)) continue;
      std::vector<double> further = cases[i].further[option];
      if (option == 3) further.resize(resolver_width, kNaN);  // nobody inside asked
      row.insert(row.end(), further.begin(), further.end());
    }
    part.features = row.size();
    part.values.insert(part.values.end(), row.begin(), row.end());
    part.labels.push_back(i % families);
  }
  return part;
}

bool is_in(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Whether persons acted at the moments, at even odds of the families that say yes or no; nothing
// for a family that says neither.
std::optional<double> person_bits_of(const std::vector<double>& ln, const std::string& truth) {
  const bool is_person = is_in(person_families(), truth);
  if (!is_person && !is_in(program_families(), truth)) return std::nullopt;
  double same = 0, all = 0;
  for (std::size_t f = 0; f < ln.size(); ++f) {
    const std::string& name = modelled_families()[f];
    const bool says_person = is_in(person_families(), name);
    if (!says_person && !is_in(program_families(), name)) continue;
    all += std::exp(ln[f]);
    if (says_person == is_person) same += std::exp(ln[f]);
  }
  return -std::log2(same / all);
}

// Families of one answer together, at even odds of the families.
double bits_of(const std::vector<double>& ln, const std::vector<bool>& is_same) {
  double same = 0, all = 0;
  for (std::size_t f = 0; f < ln.size(); ++f) {
    const double likelihood = std::exp(ln[f]);
    all += likelihood;
    if (is_same[f]) same += likelihood;
  }
  return -std::log2(same / all);
}

Result<OpenBits> open_bits(const Cases& cases, const GainRequest& request, std::size_t choice) {
  const auto& names = modelled_families();
  const std::size_t families = names.size();
  std::size_t width = 0;
  for (const CaseNumbers& each : cases) width = std::max(width, each.further[3].size());
  const std::size_t trained = families * request.train;
  const std::size_t calibrated = trained + families * request.calibrate;
  const LabelledCases train = part_of(cases, families, 0, trained, choice, width);
  std::vector<std::string> columns;
  for (std::size_t f = 0; f < train.features; ++f) columns.push_back(fmt::format("n{}", f));
  const auto model = FamilyModel::learn(
      train, part_of(cases, families, trained, calibrated, choice, width), names, columns,
      {.seed = 1, .rounds = request.rounds, .least_leaf = std::clamp(request.train / 25, 2u, 20u)});
  if (!model.ok()) return model.error();
  std::vector<sim::CauseTruth> truths;
  for (const std::string& name : names) truths.push_back(sim::find_cause(name)->truth());
  const LabelledCases test = part_of(cases, families, calibrated, cases.size(), choice, width);
  OpenBits open;
  double of_either = 0;  // cases in which persons acted, or did not
  for (std::size_t i = 0; i < test.size(); ++i) {
    const auto ln = model->look_at(test.row(i)).ln_likelihoods;
    const std::size_t truth = test.labels[i];
    std::vector<bool> family(families), contact(families), exchange(families);
    for (std::size_t f = 0; f < families; ++f) {
      family[f] = f == truth;
      contact[f] = truths[f].is_contact == truths[truth].is_contact;
      exchange[f] = truths[f].is_conversation == truths[truth].is_conversation;
    }
    if (const auto bits = person_bits_of(ln, names[truth])) {
      open.of_persons += *bits;
      ++of_either;
    }
    const auto count = static_cast<double>(test.size());
    open.of_family += bits_of(ln, family) / count;
    open.of_contact += bits_of(ln, contact) / count;
    open.of_exchange += bits_of(ln, exchange) / count;
  }
  open.of_persons /= std::max(1.0, of_either);
  open.record = choice == 0 ? "" : choice <= kOptionCount ? kOptions[choice - 1].record : "all";
  open.text = choice == 0              ? "look-ups alone"
              : choice <= kOptionCount ? kOptions[choice - 1].text
                                       : "all of these";
  return open;
}

}  // namespace

Result<GainStudy> study_gains(const GainRequest& request) {
  const auto& names = modelled_families();
  const std::uint32_t each = request.train + request.calibrate + request.test;
  Cases cases(each * names.size());
  ASSAY_TRY(in_threads(request.threads, cases.size(), [&](std::size_t i, unsigned) {
    return look(names[i % names.size()], request.first_seed + i, request.ranges, cases[i]);
  }));
  GainStudy study;
  study.families = names.size();
  study.cases = cases.size();
  study.open.resize(kOptionCount + 2);
  ASSAY_TRY(in_threads(request.threads, study.open.size(), [&](std::size_t i, unsigned) -> Status {
    auto open = open_bits(cases, request, i);
    if (!open.ok()) return open.error();
    study.open[i] = std::move(*open);
    return {};
  }));
  return study;
}

std::vector<likelihood::RecordGain> gains_of(const GainStudy& study) {
  std::vector<likelihood::RecordGain> gains;
  for (const OpenBits& open : study.open) {
    if (open.record.empty() || open.record == "all") continue;
    gains.push_back({open.record, std::max(0.0, study.open.front().of_contact - open.of_contact)});
  }
  std::stable_sort(gains.begin(), gains.end(),
                   [](const auto& a, const auto& b) { return a.bits > b.bits; });
  return gains;
}

}  // namespace assay
