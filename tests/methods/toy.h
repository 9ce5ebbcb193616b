// Toy cases for methods: causes first, then a cache and a choice of servers, never drawn rows.
//
// Times are seconds since 2016-05-04T00:00:00Z, a Wednesday. Everything is seeded.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "assay/method.h"
#include "methods/support/random.h"

namespace assay::toy {

inline constexpr double kDay = 86400;
inline constexpr std::int64_t kStartUs = 1'462'320'000LL * kMicrosPerSecond;
using Times = std::vector<double>;
using methods::Random;

inline double exponential(Random& random, double mean) {
  return -mean * std::log(1.0 - random.uniform());
}

// --- causes ---

inline Times poisson(Random& random, double per_day, double days) {
  Times times;
  for (double t = exponential(random, kDay / per_day); t < days * kDay;
       t += exponential(random, kDay / per_day)) {
    times.push_back(t);
  }
  return times;
}

// Weekdays, `from` to `to` o'clock UTC; each day begins and ends up to 40 minutes off that: people
// do not start on the second, and an office that did would be a clock.
inline Times office(Random& random, double per_day, double days, double from = 9, double to = 18) {
  Times times;
  double day = -1;
  double early = 0;
  double late = 0;
  for (const double t : poisson(random, per_day * 24 / (to - from), days)) {
    const double hour = std::fmod(t, kDay) / 3600;
    if (std::floor(t / kDay) != day) {
      day = std::floor(t / kDay);
      early = (2 * random.uniform() - 1) * 2.0 / 3;
      late = (2 * random.uniform() - 1) * 2.0 / 3;
    }
    const int weekday = static_cast<int>(t / kDay + 2) % 7;
    if (weekday < 5 && hour >= from + early && hour < to + late) times.push_back(t);
  }
  return times;
}

// Every `period` seconds on the clock, each up to `jitter` late.
inline Times timer(Random& random, double period, double jitter, double days, double phase = 0) {
  Times times;
  for (double t = phase; t < days * kDay; t += period) {
    times.push_back(t + jitter * random.uniform());
  }
  return times;
}

// --- filters ---

// What leaves a cache: the first demand after each expiry. `prefetch`: share of the TTL at its end
// in which a demand renews the entry early.
inline Times through_cache(const Times& demand, double ttl, double prefetch = 0) {
  Times misses;
  double expires = -1;
  for (const double t : demand) {
    if (t < expires - prefetch * ttl) continue;
    misses.push_back(t);
    expires = t + ttl;
  }
  return misses;
}

inline Times merged(Times a, const Times& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  return a;
}

// --- a case ---

struct RowOptions {
  std::uint16_t qtype = 1;
  std::string name = "mail1.sender.example";
  std::string server = "203.0.113.1";
  std::uint16_t rcode = kNoRcode;
  std::uint16_t id = 0;
  std::uint16_t client_port = 0;
  std::uint32_t ttl = kNoTtl;
  std::uint32_t evidence = 1;
  std::uint32_t width_us = 1'000'000;  // whole seconds
  std::uint32_t flags = kHasQuery;
  bool is_lookup = true;
};

// Bank (Europe/Berlin), Clinic, Sender; one question about mail1.sender.example.
class Toy {
 public:
  explicit Toy(double days, std::uint32_t evidences = 1) : days_(days) {
    file_.title = "toy";
    Party bank{"Bank", {prefix("192.0.2.0/24")}, {}, {"corp.bank.example"}, {}, "Europe/Berlin"};
    Party clinic{"Clinic", {prefix("198.51.100.0/24")}, {}, {}, {}, "America/New_York"};
    Party sender{"Sender", {}, {NamePattern::parse("*.sender.example").value()}, {}, {}, "UTC"};
    file_.parties = {bank, clinic, sender};
    question_.id = "q1";
    question_.between = {"Bank", "Sender"};
    file_.questions = {question_};
    records_.vantage = "authoritative";
    records_.window = {kStartUs, kStartUs + static_cast<std::int64_t>(days * kMicrosPerDay)};
    records_.window_is_stated = true;
    records_.patterns = {NamePattern::parse("mail1.sender.example").value()};
    records_.hosts.push_back({});
    name("mail1.sender.example");
    for (std::uint32_t n = 1; n <= evidences; ++n) {
      Evidence evidence;
      evidence.number = n;
      evidence.id = "dns-" + std::to_string(n);
      evidence.state = ReadState::read;
      evidence.vantage = Vantage::authoritative;
      evidences_.push_back(evidence);
    }
  }

  // Names below a wildcard are the question's too; before any is asked.
  void ask_about(const char* pattern) {
    records_.patterns.push_back(NamePattern::parse(pattern).value());
  }

  CaseFile& file() { return file_; }
  Evidence& evidence(std::size_t n = 1) { return evidences_[n - 1]; }
  Random random(const char* label) const { return Random(seed_, label); }
  void set_seed(std::uint64_t seed) { seed_ = seed; }
  double days() const { return days_; }

  void declare_complete() {
    for (Evidence& evidence : evidences_) {
      evidence.coverage.intervals = {records_.window};
      evidence.coverage.completeness = Completeness::complete;
    }
  }

  void ask(double t, const std::string& client, const RowOptions& options = {}) {
    LookupRow row;
    const std::int64_t us = static_cast<std::int64_t>(t * 1e6);
    row.time_us = kStartUs + us / options.width_us * options.width_us;
    row.width_us = options.width_us;
    row.client = host(client);
    row.server = host(options.server);
    row.name = name(options.name);
    row.evidence = options.evidence;
    row.ttl = options.ttl;
    row.qtype = options.qtype;
    row.rcode = options.rcode;
    row.id = options.id;
    row.client_port = options.client_port;
    row.flags = options.flags;
    (options.is_lookup ? records_.rows : records_.no_lookups).push_back(row);
  }
  void ask_all(const Times& times, const std::string& client, const RowOptions& options = {}) {
    for (const double t : times) ask(t, client, options);
  }

  // Each time asked, and with probability `p` again 1 to 5 s later at the next of three servers.
  void ask_with_retries(Random& random, const Times& times, const std::string& client, double p) {
    for (const double t : times) {
      int server = static_cast<int>(random.uniform() * 3);
      double at = t;
      RowOptions options;
      do {
        options.server = "203.0.113." + std::to_string(1 + server % 3);
        ask(at, client, options);
        ++server;
        at += 1 + 4 * random.uniform();
      } while (random.uniform() < p);
    }
  }

  void background(std::uint32_t evidence, std::int64_t hour, std::uint64_t other_rows) {
    const std::int64_t epoch_hour = kStartUs / (3600 * kMicrosPerSecond) + hour;
    records_.background.push_back({evidence, epoch_hour, other_rows, other_rows});
  }

  // Names of the vantage that the question is not about.
  void other_name(const OtherName& other) { records_.other_names.push_back(other); }
  // Records that are no look-ups.
  OtherRecords& others() { return others_; }

  void lose(const RecorderLoss& loss) { records_.losses.push_back(loss); }

  std::vector<Finding> run(std::string_view method) {
    finish();
    return find_method(method)->run(records_, context());
  }

  // Of the rows so far.
  MethodContext context() {
    MethodContext context;
    context.case_file = &file_;
    context.question = &question_;
    all_evidences_.assign(evidences_.begin(), evidences_.end());
    context.all_evidences = &all_evidences_;
    context.others = &others_;
    context.random_seed = seed_;
    return context;
  }

  std::uint32_t name(const std::string& canonical) {
    for (std::uint32_t n = 0; n < records_.names.size(); ++n) {
      if (records_.names[n].canonical == canonical) return n;
    }
    NameInfo info;
    info.canonical = canonical;
    info.is_target = canonical == "mail1.sender.example" || canonical == "mail2.sender.example";
    for (const NamePattern& pattern : records_.patterns)
      info.is_target |= pattern.matches(canonical);
    if (!info.is_target && canonical.starts_with("mail1.sender.example.")) info.run_on_of = 0;
    info.party = canonical.ends_with("sender.example") ? 2 : -1;
    records_.names.push_back(info);
    return static_cast<std::uint32_t>(records_.names.size() - 1);
  }
  // A further name of the question, held by a party (index into the case's).
  void target(const std::string& canonical, int party) {
    NameInfo& info = records_.names[name(canonical)];
    info.is_target = true;
    info.party = party;
  }
  const QuestionRecords& records() {
    finish();
    return records_;
  }
  void could_be(std::uint64_t rows) { records_.could_be_rows = rows; }

 private:
  static IpPrefix prefix(const char* text) { return IpPrefix::parse(text).value(); }

  std::uint32_t host(const std::string& text) {
    if (text.empty()) return 0;
    const IpAddress address = *IpAddress::parse(text);
    for (std::uint32_t h = 1; h < records_.hosts.size(); ++h) {
      if (records_.hosts[h].address == address) return h;
    }
    HostInfo info{address, -1};
    for (std::size_t p = 0; p < file_.parties.size(); ++p) {
      for (const IpPrefix& held : file_.parties[p].addresses) {
        if (held.contains(address)) info.party = static_cast<int>(p);
      }
    }
    records_.hosts.push_back(info);
    return static_cast<std::uint32_t>(records_.hosts.size() - 1);
  }

  void finish() {
    records_.evidences.clear();
    records_.recorders.clear();
    for (const Evidence& evidence : evidences_) {
      records_.evidences.push_back(&evidence);
      records_.recorders.push_back({evidence.id, {&evidence}, ""});
    }
    std::stable_sort(records_.rows.begin(), records_.rows.end(),
                     [](const LookupRow& a, const LookupRow& b) { return a.time_us < b.time_us; });
    std::uint64_t offset = 0;
    for (LookupRow& row : records_.rows) {
      row.offset = offset;
      row.length = 80;
      offset += 81;
    }
  }

  double days_;
  std::uint64_t seed_ = 1;
  CaseFile file_;
  Question question_;
  std::deque<Evidence> evidences_;
  std::vector<Evidence> all_evidences_;
  QuestionRecords records_;
  OtherRecords others_;
};

inline const Finding* find(const std::vector<Finding>& findings, std::string_view id_end) {
  for (const Finding& finding : findings) {
    if (finding.id.ends_with(id_end)) return &finding;
  }
  return nullptr;
}

}  // namespace assay::toy
