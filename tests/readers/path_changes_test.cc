// Hop limits and EDNS sizes: written where they change, and so that each query's are found again.
// Those of the shared captures are held against tshark's.
#include "readers/path_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <random>
#include <sstream>

#include "golden.h"
#include "pcap_read.h"

namespace assay::test {
namespace {

// What is in force at a query, by its evidence's records, as docs/records.md says it is read.
std::pair<std::string, std::string> in_force(const CollectingSink& sink, const DnsRow& row) {
  const RecordRow* last = nullptr;
  for (const RecordRow& record : sink.records) {
    const bool is_its = record.kind == RecordKind::dns && record.client == row.client &&
                        (record.protocol == 6) == ((row.flags & kTcp) != 0) &&
                        record.offset <= row.offset;
    if (is_its && (last == nullptr || record.offset >= last->offset)) last = &record;
  }
  if (last == nullptr) return {};
  const auto hops = sink.texts_of(last->number, "hop_limit");
  const auto sizes = sink.texts_of(last->number, "edns_size");
  return {hops.empty() ? "" : hops.front(),
          sizes.empty() || (row.flags & kEdns) == 0 ? "" : sizes.front()};
}

DnsRow query(std::uint64_t client, std::uint64_t offset, bool has_edns) {
  DnsRow row;
  row.client = client;
  row.flags = kHasQuery | (has_edns ? kEdns : 0u);
  row.offset = offset;
  row.length = 1;
  return row;
}

TEST(PathChanges, AreWrittenWhereAClientsHopLimitOrSizeChanges) {
  CollectingSink sink;
  PathChanges paths(sink);
  const struct {
    std::uint64_t client;
    QueryPath path;
  } kQueries[] = {{1, {57, 1232}}, {1, {57, -1}},  {2, {57, 1232}}, {1, {57, 1232}}, {1, {57, 512}},
                  {1, {57, -1}},   {1, {56, 512}}, {2, {57, 1232}}, {3, {-1, -1}},   {3, {-1, 0}}};
  std::uint64_t offset = 0;
  for (const auto& [client, path] : kQueries) {
    paths.take(query(client, offset++, path.edns_size >= 0), path);
  }
  sink.flush();
  std::vector<std::string> written;
  for (const RecordRow& record : sink.records) {
    written.push_back(fmt::format("{} {} {} {}", record.client, record.offset,
                                  fmt::join(sink.texts_of(record.number, "hop_limit"), ""),
                                  fmt::join(sink.texts_of(record.number, "edns_size"), "")));
  }
  EXPECT_THAT(written, testing::ElementsAre("1 0 57 1232", "2 2 57 1232", "1 4 57 512",
                                            "1 6 56 512", "3 9  0"));
  EXPECT_EQ(sink.balance().rows, 0u) << "what a look-up says beyond its row is no row";
}

// Seed 5. A table of 64 slots and 1,000 clients: most are forgotten all the time.
TEST(PathChanges, AreFoundAgainHoweverManyClientsThereAre) {
  for (const std::size_t most_slots : {std::size_t{64}, std::size_t{256}, std::size_t{1} << 20}) {
    std::mt19937 random(5);
    CollectingSink sink;
    PathChanges paths(sink, most_slots);
    std::vector<std::pair<DnsRow, QueryPath>> queries;
    for (std::uint64_t offset = 0; offset < 3'000; ++offset) {
      const std::uint64_t client = 1 + random() % 1'000;
      const QueryPath path{static_cast<std::int32_t>(50 + random() % 2),
                           random() % 2 == 0 ? QueryPath::kNotTold : 1232};
      queries.emplace_back(query(client, offset, path.edns_size >= 0), path);
      if (random() % 8 == 0) queries.back().first.flags |= kTcp;
      paths.take(queries.back().first, path);
    }
    sink.flush();
    for (const auto& [row, path] : queries) {
      ASSERT_EQ(in_force(sink, row),
                std::pair(std::to_string(path.hop_limit),
                          path.edns_size < 0 ? std::string() : std::to_string(path.edns_size)))
          << row.offset;
    }
  }
}

// --- beside tshark ---

std::string output_of(const std::string& command) {
  std::string out;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  char chunk[65'536];
  for (std::size_t n = 0; (n = std::fread(chunk, 1, sizeof chunk, pipe)) > 0;) out.append(chunk, n);
  pclose(pipe);
  return out;
}

using Queries = std::map<std::string, int>;  // "client id hop limit, size" -> how often

Queries told_by_tshark(const std::filesystem::path& capture) {
  Queries queries;
  std::istringstream lines(output_of(
      "tshark -n -r '" + capture.string() +
      "' -Y 'dns.flags.response == 0 && udp.port == 53 && !icmp && !icmpv6 && !_ws.malformed'"
      " -T fields -E separator=, -E occurrence=l -e ip.src -e ipv6.src -e ip.ttl -e ipv6.hlim"
      " -e dns.id -e dns.rr.udp_payload_size 2>/dev/null"));
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> columns;
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part, ',');) columns.push_back(part);
    columns.resize(6);
    const bool is_v4 = !columns[0].empty();
    const std::string size =
        columns[5].empty() ? "-" : std::to_string(std::stoul(columns[5], nullptr, 0));
    ++queries[fmt::format("{} {} {} {}", IpAddress::parse(columns[is_v4 ? 0 : 1])->to_string(),
                          std::stoul(columns[4], nullptr, 16), columns[is_v4 ? 2 : 3], size)];
  }
  return queries;
}

Queries ours(const CollectingSink& sink) {
  Queries queries;
  for (const DnsRow& row : sink.rows) {
    const bool is_query = (row.flags & kHasQuery) != 0;
    if (!is_query || (row.flags & (kTcp | kMulticast | kExtraQuestion)) != 0) continue;
    const auto [hop_limit, size] = in_force(sink, row);
    ++queries[fmt::format("{} {} {} {}", sink.hosts.at(row.client), row.id, hop_limit,
                          size.empty() ? "-" : size)];
  }
  return queries;
}

class PathsBesideTshark : public testing::TestWithParam<const char*> {};

TEST_P(PathsBesideTshark, AreTheSameForEveryQueryOverUdp) {
  ASSAY_NEED_SHARED(path, GetParam());
  if (output_of("tshark --version 2>/dev/null").empty()) GTEST_SKIP() << "tshark is not here";
  CollectingSink sink;
  read_capture(file_bytes(path), sink);
  const Queries told = told_by_tshark(path);
  EXPECT_FALSE(told.empty());
  EXPECT_EQ(ours(sink), told);
}

// A C-DNS file and the capture that it was made of.
TEST(PathsOfCDns, AreThoseOfTheCapture) {
  ASSAY_NEED_SHARED(capture, "cdns/gold.pcap.xz");
  ASSAY_NEED_SHARED(blocks, "cdns/gold.cbor.xz");
  CollectingSink of_capture, of_blocks;
  read_capture(output_of("xz -dc '" + capture.string() + "'"), of_capture);
  const std::string unpacked = output_of("xz -dc '" + blocks.string() + "'");
  MemorySource source(unpacked);
  ASSERT_TRUE(c_dns_reader().read(source, {}, of_blocks).ok());
  const Queries told = ours(of_capture);
  EXPECT_GT(told.size(), 100u);
  EXPECT_EQ(ours(of_blocks), told);
}

INSTANTIATE_TEST_SUITE_P(Shared, PathsBesideTshark,
                         testing::Values("pcap/ndpi-dns_fragmented.pcap",
                                         "pcap/ndpi-dns-tunnel-iodine.pcap",
                                         "pcap/tcpdump-edns-opts.pcap",
                                         "pcap/zeek-dns/dns-edns-ecs.pcap",
                                         "pcap/dnscap-vlan11.pcap", "pcap/dnscap-frags.pcap"));

}  // namespace
}  // namespace assay::test
