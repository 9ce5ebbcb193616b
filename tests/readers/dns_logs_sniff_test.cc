// The logs of DNS servers look alike; each must be taken by its own reader and by no other.
#include <gtest/gtest.h>

#include <set>

#include "golden.h"
#include "readers/readers.h"

namespace assay {
namespace {

const std::set<std::string> kDnsLogs = {"bind_querylog",     "unbound_log",  "dnsmasq_log",
                                        "windows_dns_debug", "powerdns_log", "coredns_log"};

TEST(DnsLogs, NoneTakesASampleOfAnotherFormat) {
  const std::filesystem::path root = std::string(ASSAY_TEST_DATA) + "/readers";
  std::size_t compared = 0;
  for (const auto& folder : std::filesystem::recursive_directory_iterator(root)) {
    if (!folder.is_regular_file() || folder.path().extension() == ".golden") continue;
    const std::string owner = std::filesystem::relative(folder.path(), root).begin()->string();
    const std::string head = test::file_bytes(folder.path()).substr(0, kSniffBytes);
    for (const std::string& name : kDnsLogs) {
      const SniffScore score = find_reader(name)->sniff(head);
      ++compared;
      if (name == owner) continue;
      EXPECT_LT(score.score, 40) << name << " takes " << folder.path();
    }
  }
  EXPECT_GT(compared, 100u);
}

TEST(DnsLogs, NoneTakesProse) {
  const std::string prose =
      "On Nov 21 2026 the dnsmasq of the clinic, said one, forwards to unbound: a query is a "
      "query.\nThe PowerDNS question remained, and the answer came from 192.0.2.7.\n"
      "6/5/2026 was the day, 10:00:32 AM the hour, a PACKET was sent.\n[INFO] nothing else.\n";
  for (const std::string& name : kDnsLogs) {
    EXPECT_LT(find_reader(name)->sniff(prose).score, 40) << name;
  }
}

}  // namespace
}  // namespace assay
