// path_evidence by what only packets tell: hop limit and EDNS size.
#include "methods/support/query_paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>

#include "people.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Random;
using toy::RowOptions;
using toy::Toy;

constexpr double kDays = 30;
constexpr char kSource[] = "192.0.2.53";

struct Packet {
  int hop_limit = -1, edns_size = -1;
};

// A case with what its packets tell, as a reader writes it: where it changes.
class Capture {
 public:
  explicit Capture(std::uint64_t seed = 1, std::uint32_t evidences = 1) : toy_(kDays, evidences) {
    toy_.set_seed(seed);
  }

  Toy& toy() { return toy_; }
  void ask(double t, const Packet& packet, RowOptions options = {}) {
    options.flags |= kHasQuery | kEdns | kDnssecOk;
    toy_.ask(t, kSource, options);
    packets_.emplace_back(t, packet);
  }

  Finding finding() {
    std::stable_sort(packets_.begin(), packets_.end(), [](const auto& a, const auto& b) {
      return std::floor(a.first) < std::floor(b.first);  // rows are of whole seconds
    });
    const auto& rows = toy_.records().rows;
    std::map<std::pair<std::uint32_t, bool>, std::pair<int, int>> before;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Packet& packet = packets_[i].second;
      const bool is_tcp = (rows[i].flags & kTcp) != 0;
      const std::pair now{packet.hop_limit, packet.edns_size};
      const auto known = before.find({rows[i].evidence, is_tcp});
      if (known != before.end() && known->second == now) continue;
      before[{rows[i].evidence, is_tcp}] = now;
      OtherRow record;
      record.row.kind = RecordKind::dns;
      record.row.protocol = is_tcp ? 6 : 17;
      record.row.time_us = record.row.until_us = rows[i].time_us;
      record.row.offset = rows[i].offset;
      record.evidence = rows[i].evidence;
      record.client = *IpAddress::parse(kSource);
      if (packet.hop_limit >= 0) {
        record.fields.emplace_back(field_id("hop_limit"), std::to_string(packet.hop_limit));
      }
      if (packet.edns_size >= 0) {
        record.fields.emplace_back(field_id("edns_size"), std::to_string(packet.edns_size));
      }
      toy_.others().rows.push_back(record);
    }
    return *find(toy_.run("path_evidence"), std::string("path_evidence/") + kSource);
  }

 private:
  Toy toy_;
  std::vector<std::pair<double, Packet>> packets_;
};

// What the n-th query at time t (s) bears.
using Sender = std::function<Packet(Random&, double t)>;

// One host over paths that differ by a router.
Packet host(Random& random, double) { return {random.uniform() < 0.3 ? 56 : 57, 1232}; }
Packet with_a_new_route(Random& random, double t) {
  return {host(random, t).hop_limit - (t < 11 * toy::kDay ? 0 : 6), 1232};
}
Packet with_a_flapping_route(Random& random, double t) {
  return {host(random, t).hop_limit - (static_cast<int>(t / toy::kDay) % 7 < 2 ? 6 : 0), 1232};
}
// Offers less for a day after a loss, and once in ten queries at any time.
Packet falling_back(Random& random, double t) {
  const bool is_low = static_cast<int>(t / toy::kDay) % 9 == 4 || random.uniform() < 0.1;
  return {host(random, t).hop_limit, is_low ? 512 : 1232};
}
// A machine of another kind, at another place.
Packet forger(Random&, double) { return {116, 1232}; }
// The same kind of machine, farther off.
Packet farther_forger(Random&, double) { return {49, 1232}; }
// Draws its start anew for each packet.
Packet random_start(Random& random, double) {
  return {40 + static_cast<int>(random.uniform() * 200), 1232};
}
// Chooses its start so that what arrives is what the host's would be.
Packet fitting_forger(Random& random, double t) { return host(random, t); }

Finding finding_of(std::uint64_t seed, const Sender& first, const Sender& second, double mixed) {
  Capture capture(seed);
  auto random = capture.toy().random("hops");
  for (const double t : toy::through_cache(toy::poisson(random, 20, kDays), 3600)) {
    RowOptions options;
    options.client_port = static_cast<std::uint16_t>(1024 + random.uniform() * 64'000);
    options.id = static_cast<std::uint16_t>(random.uniform() * 65'536);
    capture.ask(t, (random.uniform() < mixed ? second : first)(random, t), options);
  }
  return capture.finding();
}

// Seeds 1 to 4 each.
TEST(PathEvidenceHops, FindASecondMachineUnderOneAddress) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    for (const Sender& second : {forger, farther_forger, random_start}) {
      const Finding finding = finding_of(seed, host, second, 0.2);
      EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
      EXPECT_THAT(finding.statement, HasSubstr("hop limit than 57 (64 less 7)"));
      EXPECT_THAT(finding.statement, HasSubstr("mixed"));
      EXPECT_NEAR(finding.value_or("hops_other_share", 0), 0.2, 0.1);
      EXPECT_THAT(finding.limitations, Contains(HasSubstr("Load balancing over paths")));
      ASSERT_NE(finding.table("hop_limits"), nullptr);
    }
  }
}

// Seeds 11 to 14 each.
TEST(PathEvidenceHops, StaySilentOnOneHostAndItsRoutes) {
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    for (const Sender& sender : {host, with_a_new_route, with_a_flapping_route, falling_back}) {
      const Finding finding = finding_of(seed, sender, sender, 0);
      EXPECT_EQ(finding.outcome, Outcome::nothing_found) << finding.statement;
      EXPECT_GT(finding.value_or("hops_told", 0), 200);
    }
  }
  EXPECT_THAT(finding_of(11, with_a_new_route, host, 0).limitations,
              Contains(HasSubstr("change of route")));
  EXPECT_THAT(finding_of(11, falling_back, host, 0).limitations,
              Contains(HasSubstr("fall back to where large answers")));
}

TEST(PathEvidenceHops, CannotTellAForgerWhoFitsHisStart) {
  const Finding finding = finding_of(1, host, fitting_forger, 0.3);
  EXPECT_EQ(finding.outcome, Outcome::nothing_found);
  EXPECT_THAT(finding.limitations, Contains(HasSubstr("not one sender")));
}

TEST(PathEvidenceHops, TellAnotherStartSinceOneMomentFromAMixture) {
  const Sender upgraded = [](Random& random, double t) {
    return t < 11 * toy::kDay ? host(random, t) : forger(random, t);
  };
  const Finding finding = finding_of(2, upgraded, upgraded, 0);
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_THAT(finding.statement, HasSubstr("one before and one since 2016-05-1"));
  EXPECT_EQ(finding.value_or("reasons_in_turn", 0), 1);
}

TEST(PathEvidenceHops, AreEachSensorsOwn) {
  // Two name servers at two sites record each for itself.
  Capture capture(3, 2);
  auto random = capture.toy().random("two sites");
  for (const double t : toy::through_cache(toy::poisson(random, 20, kDays), 3600)) {
    RowOptions options;
    options.evidence = random.uniform() < 0.5 ? 1 : 2;
    capture.ask(t, {options.evidence == 1 ? 57 : 44, 1232}, options);
  }
  const Finding finding = capture.finding();
  EXPECT_EQ(finding.outcome, Outcome::nothing_found) << finding.statement;
  EXPECT_THAT(finding.statement, HasSubstr("each sensor's one hop limit"));
}

TEST(PathEvidenceHops, SayWhatCameOverTcpAndByWhichPath) {
  Capture capture(4);
  auto random = capture.toy().random("tcp");
  int n = 0;
  for (const double t : toy::through_cache(toy::poisson(random, 20, kDays), 3600)) {
    RowOptions options;
    if (n++ % 20 == 0) options.flags |= kTcp;
    capture.ask(t, host(random, t), options);
  }
  const Finding finding = capture.finding();
  EXPECT_EQ(finding.outcome, Outcome::nothing_found) << finding.statement;
  EXPECT_GT(finding.value_or("queries_over_tcp", 0), 10);
  EXPECT_EQ(finding.value_or("tcp_hops_as_udp_share", 0), 1);
}

TEST(PathEvidenceSizes, FindTwoThatAreNoFallback) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Sender other = [](Random& random, double t) {
      return Packet{host(random, t).hop_limit, 4096};
    };
    const Sender first = [](Random& random, double t) {
      return Packet{host(random, t).hop_limit, 1680};
    };
    const Finding finding = finding_of(seed, first, other, 0.2);
    EXPECT_EQ(finding.outcome, Outcome::found);
    EXPECT_THAT(finding.statement, HasSubstr("offer 4,096 bytes, the others 1,680, mixed"));
  }
}

TEST(QueryPaths, NothingIsReadOutOfRecordsThatALimitCut) {
  Capture capture(5);
  auto random = capture.toy().random("cut");
  for (const double t : toy::poisson(random, 10, kDays)) capture.ask(t, {57, 1232});
  capture.toy().others().left_out[RecordKind::dns] = 1;
  const Finding finding = capture.finding();
  EXPECT_EQ(finding.value_or("hops_told", 1), 0);
  EXPECT_THAT(finding.limitations, Contains(HasSubstr("more than are loaded")));
}

TEST(QueryPaths, AreInForceFromTheirOffsetOn) {
  Capture capture(6);
  for (int n = 0; n < 100; ++n) {
    capture.ask(7200.0 * n, n < 60 ? Packet{57, 1232} : Packet{-1, 1232});
  }
  EXPECT_EQ(capture.finding().value_or("hops_told", 0), 60);
}

// --- Error rates, for docs/methods/path_evidence.md; in release. Seeds 3,000,001 and up. ---

TEST(PathEvidenceHopRates, DISABLED_Print) {
  struct Case {
    const char* words;
    Sender first, second;
    double mixed;
  };
  for (const Case& one :
       {Case{"one host, paths of 7 and 8 routers", host, host, 0},
        Case{"its route gets 6 routers longer for good", with_a_new_route, host, 0},
        Case{"its route is 6 routers longer 2 days a week", with_a_flapping_route, host, 0},
        Case{"it falls back to 512 bytes of EDNS", falling_back, host, 0},
        Case{"forged 5 %, another start", host, forger, 0.05},
        Case{"forged 10 %, another start", host, forger, 0.1},
        Case{"forged 10 %, the same start from 8 routers farther", host, farther_forger, 0.1},
        Case{"forged 30 %, any hop limit", host, random_start, 0.3},
        Case{"all forged, any hop limit", random_start, random_start, 0},
        Case{"forged 30 %, the start chosen to fit", host, fitting_forger, 0.3}}) {
    int found = 0;
    for (std::uint64_t run = 0; run < 500; ++run) {
      found +=
          finding_of(3'000'001 + run, one.first, one.second, one.mixed).outcome == Outcome::found;
    }
    std::printf("| %s | %.3f |\n", one.words, found / 500.0);
  }
}

}  // namespace
}  // namespace assay
