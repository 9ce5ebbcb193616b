// The simulator beside what Unbound, BIND 9, PowerDNS Recursor and Knot Resolver did with the same
// demand (tests/data/lab/simulator). Tolerances:
// - Rows are paired within 50 ms: some times the recording's own spread (a coarse clock, a busy
//   machine) and far below a second, the smallest effect that is told apart here.
// - Of those that keep to a server 95 % must pair. Where the server is drawn, so is the round trip;
//   one that crosses the edge of a second moves an expiry by a second, and with it the rows that
//   follow until the demand pauses: 75 %.
// - Gap laws must lie nearer than two samples of one law do in 999 of 1,000 cases. Both come from
//   one demand, so they do lie nearer: the rows that pair are the sharper test.
#include "recorded_resolvers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace assay::sim {
namespace {

constexpr double kWithin = 0.05;
const std::vector<std::string> kKinds = {"dense", "sparse", "short", "poll", "session", "gone"};

Iteration lossless(ServerChoice choice) {
  Iteration iteration;
  iteration.choice = choice;
  iteration.loss_probability = 0;
  return iteration;
}

struct Model {
  std::string resolver;
  Cache cache;
  ServerChoice choice = ServerChoice::sticky;
};

// What each keeps and for how long, as its manual says or, where it says nothing, as it did.
std::vector<Model> single_caches() {
  return {
      {"unbound", {.ttl_clock = TtlClock::late}, ServerChoice::band},
      {"unbound-threads", {.ttl_clock = TtlClock::late}, ServerChoice::band},
      {"unbound-prefetch",
       {.ttl_clock = TtlClock::late, .prefetch_share = 0.1},
       ServerChoice::band},
      {"bind", {.ttl_clock = TtlClock::early, .prefetch_seconds = 2}},
      {"bind-plain", {.ttl_clock = TtlClock::early}},
      {"powerdns", {.ttl_clock = TtlClock::early}},
      {"knot", {.min_ttl_seconds = 5, .ttl_clock = TtlClock::late}},
  };
}

class RecordedResolvers : public testing::Test {
 protected:
  std::vector<Upstream> real(const std::string& resolver, double begin_s, double end_s) const {
    return between(recording_.upstream.at(resolver), begin_s, end_s);
  }
  std::vector<Upstream> simulated(const Cache& cache, ServerChoice choice,
                                  std::uint64_t seed = 1) const {
    return between(simulate(recording_, cache, lossless(choice), seed), 0, kQuietEnd);
  }
  const Recording recording_ = read_recording();
};

TEST_F(RecordedResolvers, AskUpstreamWhenTheSimulatorSays) {
  for (const Model& model : single_caches()) {
    const auto rows = real(model.resolver, 0, kQuietEnd);
    const auto said = simulated(model.cache, model.choice);
    for (const std::string& kind : kKinds) {
      // Negative answers of Unbound share the life of their SOA: see below.
      if (kind == "gone" && model.resolver.starts_with("unbound")) continue;
      const auto a = of_kind(rows, kind), b = of_kind(said, kind);
      const auto both = static_cast<double>(paired(a, b, kWithin));
      const std::string where = model.resolver + " " + kind;
      RecordProperty(where, std::to_string(a.size()) + " rows, " + std::to_string(b.size()) +
                                " simulated, " + std::to_string(static_cast<int>(both)));
      const double least = model.choice == ServerChoice::sticky ? 0.95 : 0.75;
      EXPECT_GE(both, least * static_cast<double>(a.size())) << where;
      EXPECT_NEAR(static_cast<double>(a.size()), static_cast<double>(b.size()),
                  0.06 * static_cast<double>(b.size()))
          << where;
      EXPECT_LT(distance(gaps(a), gaps(b)), distance_by_chance(a.size(), b.size())) << where;
    }
  }
}

// Why whole seconds are simulated: without them the gap law of a busy name is another.
TEST_F(RecordedResolvers, CountTtlsInWholeSeconds) {
  for (const char* resolver : {"unbound", "bind-plain", "powerdns"}) {
    const auto a = of_kind(real(resolver, 0, kQuietEnd), "dense");
    const auto b = of_kind(simulated({}, ServerChoice::sticky), "dense");
    EXPECT_GT(distance(gaps(a), gaps(b)), distance_by_chance(a.size(), b.size())) << resolver;
    const auto of_real = gaps(a);
    const double least = *std::min_element(of_real.begin(), of_real.end());
    if (std::string(resolver) == "unbound") {
      EXPECT_GE(least, 10);
    } else {
      EXPECT_LT(least, 9.5);  // up to a second below the TTL, with one cache
      EXPECT_GE(least, 9 - kWithin);
    }
  }
}

TEST_F(RecordedResolvers, PrefetchWithinTheLastSecondsAndNotBefore) {
  const auto least = [&](const char* resolver, const char* kind) {
    const auto all = gaps(of_kind(real(resolver, 0, kQuietEnd), kind));
    return *std::min_element(all.begin(), all.end());
  };
  EXPECT_GE(least("bind", "dense"), 10 - 2 - 1 - kWithin);
  EXPECT_LT(least("bind", "dense"), 10 - 2);
  EXPECT_LT(least("bind", "short"), 4);  // a TTL below 9 is not prefetched, but ends early
  EXPECT_GE(least("bind", "short"), 4 - 1 - kWithin);
  EXPECT_GE(least("unbound-prefetch", "dense"), 10 - 1 - 1 - kWithin);
  EXPECT_LT(least("unbound-prefetch", "short"), 4);  // a tenth of 4 s is a whole second here
}

// Two caches behind one address: which one a question meets is drawn, so only laws can agree.
TEST_F(RecordedResolvers, OfAFarmActAsCachesOfTheirOwn) {
  const auto rows = real("unbound-farm", 0, kQuietEnd);
  constexpr int kSeeds = 20;
  std::map<std::string, double> sum, sum_of_squares;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const auto said = simulated({.shards = 2, .ttl_clock = TtlClock::late}, ServerChoice::band,
                                static_cast<std::uint64_t>(seed));
    for (const std::string& kind : kKinds) {
      const auto count = static_cast<double>(of_kind(said, kind).size());
      sum[kind] += count;
      sum_of_squares[kind] += count * count;
      const auto a = gaps(of_kind(rows, kind)), b = gaps(of_kind(said, kind));
      EXPECT_LT(distance(a, b), distance_by_chance(a.size(), b.size())) << kind << " " << seed;
    }
  }
  for (const std::string& kind : kKinds) {
    const double mean = sum[kind] / kSeeds;
    const double sd = std::sqrt(std::max(1.0, sum_of_squares[kind] / kSeeds - mean * mean));
    const auto count = static_cast<double>(of_kind(rows, kind).size());
    RecordProperty("farm " + kind, std::to_string(count) + " rows, " + std::to_string(mean) +
                                       " +- " + std::to_string(sd));
    // Negative answers end early, as those of one Unbound do: see below.
    EXPECT_NEAR(count, mean, kind == "gone" ? 0.1 * mean : 4 * sd) << kind;
  }
}

struct Choice {
  double most = 0;       // the largest share of a server
  double same = 0;       // share of questions that meet the server of the one before
  double by_shares = 0;  // what that would be without dependence
  std::size_t rows = 0;
};

Choice choice_of(const std::vector<Upstream>& rows) {
  Choice out;
  double counts[3] = {}, same = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    counts[rows[i].server] += 1;
    if (i > 0 && rows[i].server == rows[i - 1].server) same += 1;
  }
  const auto n = static_cast<double>(rows.size());
  for (const double count : counts) {
    out.most = std::max(out.most, count / n);
    out.by_shares += count / n * count / n;
  }
  out.same = same / (n - 1);
  out.rows = rows.size();
  return out;
}

TEST_F(RecordedResolvers, ChooseServersAsTheSimulatorDoes) {
  for (const Model& model : single_caches()) {
    if (model.resolver == "knot") continue;  // neither: it tries another one now and then
    const Choice real_one = choice_of(real(model.resolver, 0, kQuietEnd));
    const Choice said = choice_of(simulated(model.cache, model.choice));
    if (model.choice == ServerChoice::sticky) {
      // The simulator learns anew for each of six kinds, whence its few more first questions.
      EXPECT_GT(real_one.most, 0.98) << model.resolver;
      EXPECT_GT(said.most, 0.95) << model.resolver;
    } else {
      const double deviation = std::sqrt(2.0 / 9 / static_cast<double>(real_one.rows));
      EXPECT_LT(real_one.most, 1.0 / 3 + 4 * deviation) << model.resolver;
      EXPECT_LT(said.most, 1.0 / 3 + 4 * deviation);
      EXPECT_NEAR(real_one.same, real_one.by_shares, 4 * deviation) << model.resolver;
    }
  }
}

// While nobody answers: BIND 9 goes round the servers every 0.8 s and gives up after 10 s.
TEST_F(RecordedResolvers, RepeatTheirQuestionsAsTheSimulatorDoesWhileNobodyAnswers) {
  const double end = kAllLost + 10;
  Iteration bind = lossless(ServerChoice::sticky);
  bind.loss_probability = 1;
  bind.steady_tries = 9;
  bind.max_tries = 13;
  bind.give_up_seconds = 10;
  Recording during = recording_;
  during.demands = between(recording_.demands, kAllLost, kAllBack);
  const auto rows = real("bind-plain", kAllLost, kAllBack);
  const auto said =
      between(simulate(during, {.ttl_clock = TtlClock::early}, bind, 1), kAllLost, kAllBack);
  // Those whose answer had not run out when the servers fell silent begin later than simulated.
  std::vector<double> real_waits, said_waits;
  for (const double gap : gaps(between(rows, kAllLost, end))) real_waits.push_back(gap);
  for (const double gap : gaps(between(said, kAllLost, end))) said_waits.push_back(gap);
  ASSERT_GT(real_waits.size(), 50u);
  std::sort(real_waits.begin(), real_waits.end());
  std::sort(said_waits.begin(), said_waits.end());
  RecordProperty("median wait", std::to_string(real_waits[real_waits.size() / 2]) + " " +
                                    std::to_string(said_waits[said_waits.size() / 2]));
  EXPECT_NEAR(real_waits[real_waits.size() / 2], 0.8, kWithin);
  EXPECT_NEAR(said_waits[said_waits.size() / 2], 0.8, kWithin);
  // Nobody is asked twice before all were.
  for (const auto* each : {&rows, &said}) {
    std::map<std::string, Upstream> last;
    int again = 0;
    for (const Upstream& row : *each) {
      const auto [found, is_first] = last.emplace(row.name, row);
      if (!is_first && row.time_s - found->second.time_s < 1) {
        again += row.server == found->second.server;
      }
      found->second = row;
    }
    EXPECT_LE(again, static_cast<int>(each->size() / 50));
  }
}

// -- differences: what the simulator does not do, and how large it is -----------------------------

TEST_F(RecordedResolvers, DifferInUnboundsNegativeAnswersWhichShareTheLifeOfTheirSoa) {
  const auto rows = of_kind(real("unbound", 0, kQuietEnd), "gone");
  const auto said = of_kind(simulated({.ttl_clock = TtlClock::late}, ServerChoice::band), "gone");
  const auto all = gaps(rows);
  const auto early = std::count_if(all.begin(), all.end(), [](double gap) { return gap < 5; });
  EXPECT_GT(early, 5);  // none is simulated
  EXPECT_LT(early, static_cast<std::ptrdiff_t>(all.size() / 8));
  EXPECT_GT(rows.size(), said.size());
  EXPECT_LT(static_cast<double>(rows.size()), 1.1 * static_cast<double>(said.size()));
}

TEST_F(RecordedResolvers, DifferAfterALossByStayingAwayFromServers) {
  // PowerDNS: no server at all for half a minute after none had answered.
  EXPECT_GT(real("powerdns", kAllLost, kAllBack).size(), 50u);
  EXPECT_TRUE(real("powerdns", kAllBack, 400).empty());
  // Unbound: the silent server is left alone, after few questions, also when it is back.
  const Choice back = choice_of(real("unbound", kOneBack, kAllLost));
  EXPECT_LT(back.most, 1);
  for (const Upstream& row : real("unbound", kOneBack, kAllLost)) EXPECT_NE(row.server, 1);
}

}  // namespace
}  // namespace assay::sim
