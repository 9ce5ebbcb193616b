// Rows of other kinds than look-ups between Bank, Clinic and Sender, as direct_records sees them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "assay/method.h"

namespace assay::test {

inline constexpr std::int64_t kDirectStart =
    1'462'320'000LL * kMicrosPerSecond;  // 2016-05-04T00:00:00Z
using Fields = std::vector<std::pair<const char*, std::string>>;

// Bank, Clinic and Sender with addresses, mail domains and accounts; evidences by kind.
class DirectRecordsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    party("Bank", "192.0.2.0/24", "bank.example", "XX01");
    party("Clinic", "198.51.100.0/24", "clinic.example", "XX02");
    party("Sender", "203.0.113.0/24", "sender.example", "XX03");
    question_.id = "q1";
    question_.between = {"Bank", "Sender"};
    question_.window = Interval{kDirectStart, kDirectStart + 30 * kMicrosPerDay};
  }

  void party(const char* name, const char* prefix, const char* domain, const char* account) {
    Party party;
    party.name = name;
    party.addresses = {IpPrefix::parse(prefix).value()};
    party.names = {NamePattern::parse(domain).value()};
    party.accounts = {account};
    party.mail_hosts = {"mail-1"};
    party.edges = {"flow-1"};
    file_.parties.push_back(std::move(party));
  }

  Evidence& evidence(const char* kind, Vantage vantage, const char* format = "") {
    Evidence evidence;
    evidence.number = static_cast<std::uint32_t>(evidences_.size() + 1);
    evidence.id = std::string(kind) + "-" + std::to_string(evidence.number);
    evidence.state = ReadState::read;
    evidence.vantage = vantage;
    evidence.format = format;
    evidence.kinds[kind] = 0;
    evidence.span = *question_.window;
    evidences_.push_back(std::move(evidence));
    return evidences_.back();
  }
  Evidence& complete(Evidence& evidence) {
    evidence.coverage.intervals = {*question_.window};
    evidence.coverage.completeness = Completeness::complete;
    return evidence;
  }

  OtherRow& add(RecordKind kind, double t, const std::string& client, const std::string& server,
                const Fields& fields = {}) {
    OtherRow row;
    Evidence& last = evidences_.back();
    row.row.kind = kind;
    row.row.time_us = row.row.until_us =
        kDirectStart + static_cast<std::int64_t>(t * kMicrosPerSecond);
    row.row.offset = 100 * others_.rows.size();
    row.row.length = 99;
    row.evidence = last.number;
    ++last.kinds[std::string(kind_word(kind))];
    const auto place = [&](const std::string& text, IpAddress& address, int& holder) {
      if (text.empty()) return;
      address = *IpAddress::parse(text);
      for (std::size_t p = 0; p < file_.parties.size(); ++p) {
        if (file_.parties[p].holds_address(address)) holder = static_cast<int>(p);
      }
    };
    place(client, row.client, row.client_party);
    place(server, row.server, row.server_party);
    row.row.client = row.client.is_v4() && !client.empty() ? row.client.v4() : 0;
    row.row.server = row.server.is_v4() && !server.empty() ? row.server.v4() : 0;
    for (const auto& [word, text] : fields) row.fields.emplace_back(field_id(word), text);
    others_.rows.push_back(std::move(row));
    return others_.rows.back();
  }
  OtherRow& flow(double t, const char* client, const char* server, std::uint16_t port,
                 std::uint64_t sent, std::uint64_t received) {
    OtherRow& row = add(RecordKind::flow, t, client, server);
    row.row.protocol = 6;
    row.row.client_port = 40'000;
    row.row.server_port = port;
    row.row.packets_sent = sent > 0 ? 4 : 1;
    row.row.bytes_sent = sent > 0 ? sent : 60;
    row.row.packets_received = received > 0 ? 4 : 0;
    row.row.bytes_received = received;
    return row;
  }
  OtherRow& mail(double t, const std::string& client, const std::string& server,
                 const std::string& from, const std::string& to, const std::string& status,
                 Fields more = {}) {
    more.insert(more.end(), {{"envelope_from", from}, {"recipient", to}, {"status", status}});
    return add(RecordKind::mail, t, client, server, more);
  }
  // What Bank's gateway takes from all over the world.
  void everyday_mail(int rows) {
    for (int i = 0; i < rows; ++i) {
      mail(1'000 + 60 * i, "198.18.0." + std::to_string(i % 50 + 1), "",
           "a@other" + std::to_string(i % 7) + ".example", "clerk@bank.example", "sent",
           {{"direction", "local"}});
    }
  }

  std::vector<Finding> findings() {
    std::vector<Evidence> all(evidences_.begin(), evidences_.end());
    MethodContext context;
    context.case_file = &file_;
    context.question = &question_;
    context.all_evidences = &all;
    context.others = &others_;
    return find_method("direct_records")->compare({}, context);
  }
  Finding finding(const std::string& id_end) {
    for (Finding& one : findings()) {
      if (one.id.ends_with(id_end)) return one;
    }
    ADD_FAILURE() << "no finding " << id_end;
    return {};
  }

  CaseFile file_;
  Question question_;
  std::deque<Evidence> evidences_;
  OtherRecords others_;
};

}  // namespace assay::test
