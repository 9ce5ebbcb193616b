// M19: a message of random bits is really put into look-ups; the bound must not lie below it.
#include <fmt/core.h>

#include <cmath>

#include "engine/calibrate/method_rates/drawn_case.h"
#include "engine/calibrate/method_rates/method_rates.h"

namespace assay {
namespace {

using drawn::DrawnCase;
using drawn::kDay;

std::uint64_t draw(Random& random, int bits) { return random.bits() >> (64 - bits); }

// Each returns how many bits it put in.

// One row in each stretch of 4,096 s; its second says 12 bits.
double by_place(Random& random, DrawnCase& record) {
  double bits = 0;
  for (double t = 0; t + 4096 <= record.days() * kDay; t += 4096, bits += 12) {
    record.ask(t + static_cast<double>(draw(random, 12)));
  }
  return bits;
}

// As many rows in one second as two bits say.
double by_number(Random& random, DrawnCase& record) {
  double bits = 0;
  for (double t = 0; t < record.days() * kDay; t += 1800, bits += 2) {
    for (std::uint64_t i = draw(random, 2); i > 0; --i) record.ask(t);
  }
  return bits;
}

// How long after expiry each cache is asked again: 10 bits of seconds.
double by_wait(Random& random, DrawnCase& record, int caches) {
  double bits = 0;
  for (int cache = 0; cache < caches; ++cache) {
    double t = 1000 * cache;
    while (t + 3600 + 1024 < record.days() * kDay) {
      t += 3600 + static_cast<double>(draw(random, 10));
      record.ask(t);
      bits += 10;
    }
  }
  return bits;
}

// Common words short: gaps of 1 to 6 minutes for 0, 10, 110, ...
double by_short_words(Random& random, DrawnCase& record) {
  double bits = 0;
  for (double t = 0; t < record.days() * kDay - 360;) {
    int ones = 0;
    while (ones < 5 && draw(random, 1) != 0) ++ones;
    bits += ones < 5 ? ones + 1 : 5;
    t += 60 * (ones + 1);
    record.ask(t);
  }
  return bits;
}

// One of 8 addresses at whole hours.
double by_address(Random& random, DrawnCase& record) {
  double bits = 0;
  for (double t = 0; t < record.days() * kDay; t += 3600, bits += 3) {
    record.ask(t, fmt::format("192.0.2.{}", 1 + draw(random, 3)));
  }
  return bits;
}

using Encoder = std::function<double(Random&, DrawnCase&)>;

void add(const char* words, double days, double ttl, Encoder encode,
         std::vector<MethodCell>& cells) {
  MethodCell cell{"M19", "message larger than the capacity bound", words};
  cell.most = 0;
  cell.size_of = "bound over message";
  cell.run = [=, encode = std::move(encode)](std::uint64_t seed) -> Result<MethodTrial> {
    Random random(seed);
    DrawnCase record(seed, days, ttl);
    record.states_ttl = ttl > 0;
    const double bits = encode(random, record);
    const auto findings = record.examine("capacity");
    if (!findings.ok()) return findings.error();
    const double bound = drawn::about(*findings, "capacity/Bank").value_or("bits_at_most", -1);
    return MethodTrial{bound >= 0, bits > bound, bound / bits};
  };
  cells.push_back(std::move(cell));
}

}  // namespace

void add_capacity_cells(std::vector<MethodCell>& cells) {
  add("second of one row in 4,096 s", 10, 0, by_place, cells);
  add("number of rows in a second", 10, 0, by_number, cells);
  add("gaps, short words for common ones", 20, 0, by_short_words, cells);
  add("which of eight addresses asks", 20, 0, by_address, cells);
  for (const int caches : {1, 2, 3}) {
    add(
        caches == 1   ? "wait after expiry of one cache"
        : caches == 2 ? "waits after expiry of two caches"
                      : "waits after expiry of three caches",
        30, 3600,
        [=](Random& random, DrawnCase& record) { return by_wait(random, record, caches); }, cells);
  }
}

}  // namespace assay
