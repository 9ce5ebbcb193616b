// dnstap files of real servers, from public test suites and from one scene of known queries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "dnstap_builder.h"
#include "golden.h"
#include "read_text.h"
#include "readers/dns_message.h"
#include "readers/readers.h"

namespace assay::test {
namespace {

void read(std::string_view bytes, RecordSink& sink) {
  MemorySource source(bytes);
  const Status status = dnstap_reader().read(source, {}, sink);
  EXPECT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(sink.balance().is_even());
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::istringstream in(file_bytes(path));
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// What dnstap-read prints of named's own test file: one line a message, of every kind but UPDATE.
TEST(DnstapOfRealServers, HoldsTheMessagesThatNamedsOwnToolPrints) {
  ASSAY_NEED_SHARED(path, "dnstap/bind9-dnstap.saved");
  ASSAY_NEED_SHARED(printed, "dnstap/bind9-dnstap.expected.text");
  CollectingSink sink;
  read(file_bytes(path), sink);
  // The tool names a kind by two letters; "10.53.0.1:2112" is the client in all of them.
  static const std::map<std::string, std::string> kKinds = {
      {"AQ", "auth_query"},        {"AR", "auth_response"},      {"RQ", "resolver_query"},
      {"RR", "resolver_response"}, {"CQ", "client_query"},       {"CR", "client_response"},
      {"FQ", "forwarder_query"},   {"FR", "forwarder_response"}, {"SQ", "stub_query"},
      {"SR", "stub_response"},     {"TQ", "tool_query"},         {"TR", "tool_response"}};
  std::map<std::string, std::uint64_t> expected;
  std::uint64_t over_tcp = 0;
  for (const std::string& line : lines_of(printed)) {
    ++expected[kKinds.at(line.substr(25, 2))];
    over_tcp += line.find(" TCP ") != std::string::npos;
  }
  std::uint64_t messages = 0;
  for (const auto& [kind, count] : expected) {
    EXPECT_EQ(sink.noted("dnstap." + kind), count) << kind;
    messages += count;
  }
  EXPECT_EQ(messages, 96u);
  EXPECT_EQ(sink.balance().used, 96u);
  EXPECT_THAT(sink.rejects, ::testing::IsEmpty());
  std::uint64_t tcp_messages = 0;
  for (const DnsRow& row : sink.rows) {
    EXPECT_EQ(sink.names.at(row.qname), "www.isc.org");
    EXPECT_EQ(sink.hosts.at(row.client), "10.53.0.1");
    EXPECT_EQ(sink.hosts.at(row.server), "10.53.0.2");
    const bool is_pair = (row.flags & kHasQuery) != 0 && (row.flags & kHasAnswer) != 0;
    if (row.flags & kTcp) tcp_messages += is_pair ? 2 : 1;
  }
  EXPECT_EQ(tcp_messages, over_tcp);
}

TEST(DnstapOfRealServers, RefusesNamedsMalformedPayloadsAndReadsTheRightOne) {
  for (const auto& [name, code] :
       {std::pair<const char*, const char*>{"invalid_message_type", "dnstap.kind.unknown"},
        {"query_time_nanosec_big", "dnstap.time.nanoseconds"},
        {"response_time_nanosec_big", "dnstap.time.nanoseconds"},
        {"correct_response_nanosec", ""}}) {
    SCOPED_TRACE(name);
    ASSAY_NEED_SHARED(path, std::string("dnstap/bind9-") + name + ".dnstap");
    FrameStreamBuilder stream;
    stream.start().add(file_bytes(path));
    CollectingSink sink;
    read(stream.stop().bytes(), sink);
    if (*code == 0) {
      EXPECT_EQ(sink.rows.size(), 1u);
    } else {
      EXPECT_THAT(sink.reject_codes(), ::testing::ElementsAre(code));
    }
  }
}

// The compactor's expected text: nine messages; it leaves the malformed tenth out as well.
TEST(DnstapOfRealServers, HoldsWhatTheCompactorPrints) {
  ASSAY_NEED_SHARED(path, "dnstap/compactor-test.dnstap");
  ASSAY_NEED_SHARED(printed, "dnstap/compactor-test.dnstap.expected.txt");
  CollectingSink sink;
  read(file_bytes(path), sink);
  std::multiset<std::string> expected, actual;
  std::string id, name;
  for (const std::string& line : lines_of(printed)) {
    const std::size_t value = line.find(": ");
    if (line.starts_with("\tID:")) id = line.substr(value + 2);
    if (line.starts_with("\tName:")) expected.insert(id + " " + line.substr(value + 2));
  }
  for (const DnsRow& row : sink.rows) {
    const std::string text = std::to_string(row.id) + " " + sink.names.at(row.qname);
    if (row.flags & kHasQuery) actual.insert(text);
    if (row.flags & kHasAnswer) actual.insert(text);
  }
  EXPECT_EQ(actual, expected);
  EXPECT_EQ(expected.size(), 9u);
  EXPECT_EQ(sink.reject_codes(), std::vector<std::string>{"dns.name.label_type"});
}

TEST(DnstapOfRealServers, ReadsDotAndDohOfDnsdist) {
  ASSAY_NEED_SHARED(path, "dnstap/dsc-dotdoh.dnstap");
  CollectingSink sink;
  read(file_bytes(path), sink);
  EXPECT_EQ(sink.rows.size(), 4u);
  std::vector<std::string> transports, sizes;
  for (const RecordRow& record : sink.records) {
    for (auto& text : sink.texts_of(record.number, "transport")) transports.push_back(text);
    for (auto& text : sink.texts_of(record.number, "edns_size")) sizes.push_back(text);
  }
  EXPECT_EQ(transports, (std::vector<std::string>{"dot", "doh"}));
  EXPECT_EQ(sizes, std::vector<std::string>{"4096"});
}

struct KnownQuery {
  std::string client, name, type;
  unsigned port = 0, id = 0;
};

std::vector<KnownQuery> queries_sent_to(const std::filesystem::path& truth, std::string_view port) {
  std::vector<KnownQuery> queries;
  for (const std::string& line : lines_of(truth)) {
    if (line.starts_with('#')) continue;
    std::vector<std::string> parts;
    std::istringstream in(line);
    for (std::string part; std::getline(in, part, '\t');) parts.push_back(part);
    if (parts.at(3) != port) continue;
    std::string wire, canonical;
    for (std::size_t i = 0; i + 1 < parts[6].size(); i += 2) {
      wire += static_cast<char>(std::stoi(parts[6].substr(i, 2), nullptr, 16));
    }
    append_canonical_name({reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size()},
                          canonical);
    queries.push_back({parts[1], canonical, parts[8], static_cast<unsigned>(std::stoul(parts[2])),
                       static_cast<unsigned>(std::stoul(parts[5]))});
  }
  return queries;
}

// Unbound listened on port 5302 for those who asked it directly.
TEST(DnstapOfRealServers, TellsEveryKnownQueryThatUnboundWasAsked) {
  ASSAY_NEED_SHARED(path, "live/unbound.dnstap");
  ASSAY_NEED_SHARED(truth, "live/truth.tsv");
  CollectingSink sink;
  read(file_bytes(path), sink);
  EXPECT_EQ(sink.rows.size(), 586u + 460u);
  EXPECT_THAT(sink.rejects, ::testing::IsEmpty());
  using Key = std::tuple<std::string, unsigned, unsigned, std::string, std::string>;
  std::multiset<Key> seen;
  for (const DnsRow& row : sink.rows) {
    EXPECT_EQ(flag_words(row.flags).substr(0, 12), "query answer") << "all are paired";
    seen.emplace(sink.hosts.at(row.client), row.client_port, row.id, sink.names.at(row.qname),
                 qtype_text(row.qtype));
  }
  const auto sent = queries_sent_to(truth, "5302");
  EXPECT_GT(sent.size(), 100u);
  for (const KnownQuery& query : sent) {
    EXPECT_EQ(seen.count({query.client, query.port, query.id, query.name, query.type}), 1u)
        << query.name;
  }
}

TEST(DnstapOfRealServers, PairsAllThatNamedSawThoughItCallsAnswersByAnotherKind) {
  ASSAY_NEED_SHARED(path, "live/bind.dnstap");
  CollectingSink sink;
  read(file_bytes(path), sink);
  EXPECT_EQ(sink.noted("dnstap.auth_query"), 630u);
  EXPECT_EQ(sink.noted("dnstap.client_response"), 623u);
  ASSERT_EQ(sink.rows.size(), 630u);
  for (const DnsRow& row : sink.rows) {
    EXPECT_EQ(flag_words(row.flags).substr(0, 12), "query answer");
  }
}

}  // namespace
}  // namespace assay::test
