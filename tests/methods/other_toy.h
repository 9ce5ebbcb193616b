// Records that are no look-ups, made by hand or drawn, as methods see them.
//
// Times are days since 2021-05-04. Bank holds 192.0.2.0/24 and bank.example, Sender holds
// 198.51.100.9 and mail1.sender.example.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "assay/method.h"

namespace assay::toy {

using FieldTexts = std::vector<std::pair<std::string, std::string>>;

class OtherToy {
 public:
  OtherToy() {
    file_.parties.resize(2);
    file_.parties[0].name = "Bank";
    file_.parties[0].addresses = {IpPrefix::parse("192.0.2.0/24").value()};
    file_.parties[0].names = {NamePattern::parse("bank.example").value()};
    file_.parties[1].name = "Sender";
    file_.parties[1].addresses = {IpPrefix::parse("198.51.100.9").value()};
    file_.parties[1].names = {NamePattern::parse("mail1.sender.example").value()};
    file_.questions.resize(1);
    file_.questions[0].id = "q1";
    file_.questions[0].between = {"Bank", "Sender"};
    file_.questions[0].window = Interval{at(0), at(30)};
  }

  static std::int64_t at(double days) {
    return days_from_civil(2021, 5, 4) * kMicrosPerDay +
           static_cast<std::int64_t>(days * kMicrosPerDay);
  }

  CaseFile& file() { return file_; }
  OtherRecords& others() { return others_; }

  Evidence& evidence(const std::string& id, const std::string& format,
                     const std::vector<std::string>& kinds) {
    Evidence made;
    made.number = static_cast<std::uint32_t>(evidences_.size() + 1);
    made.id = id;
    made.format = format;
    made.state = ReadState::read;
    made.span = Interval{at(0), at(30)};
    for (const std::string& kind : kinds) made.kinds[kind] = 1;
    evidences_.push_back(std::move(made));
    return evidences_.back();
  }
  static void cover(Evidence& evidence, double from, double to) {
    evidence.coverage.completeness = Completeness::complete;
    evidence.coverage.intervals = {{at(from), at(to)}};
  }

  void lose(RecorderLoss loss) { lookups_.losses.push_back(std::move(loss)); }

  // Days below zero: a time that nobody tells.
  OtherRow& row(RecordKind kind, double days, const std::string& client, const std::string& server,
                FieldTexts fields = {}, const std::string& name = "") {
    OtherRow made;
    made.row.kind = kind;
    made.row.time_us = made.row.until_us = days < 0 ? 0 : at(days);
    if (days < 0) made.row.flags |= kTimeUnknown;
    made.evidence = static_cast<std::uint32_t>(evidences_.size());
    made.row.number = static_cast<std::uint32_t>(others_.rows.size() + 1);
    made.row.offset = 100 * others_.rows.size();
    made.row.length = 90;
    made.row.protocol = 6;
    made.row.server_port = 25;
    made.row.client_port = static_cast<std::uint16_t>(1024 + others_.rows.size() % 60'000);
    if (const auto address = IpAddress::parse(client)) made.client = *address;
    if (const auto address = IpAddress::parse(server)) made.server = *address;
    made.row.client = client.empty() ? 0 : 1 + others_.rows.size();
    made.row.server = server.empty() ? 0 : 2;
    for (auto& [word, text] : fields) made.fields.emplace_back(field_id(word), text);
    made.name = name;
    made.client_party = holder_of(made.client);
    made.server_party = holder_of(made.server);
    for (std::size_t p = 0; p < file_.parties.size(); ++p) {
      if (!name.empty() && file_.parties[p].holds_name(name)) made.name_party = static_cast<int>(p);
    }
    others_.rows.push_back(std::move(made));
    return others_.rows.back();
  }

  // A session of a capture: what was told, at which command.
  void mail(double days, const std::string& client, const std::string& server, int code,
            const std::string& step, const std::string& text = "") {
    row(RecordKind::mail, days, client, server,
        {{"status", code < 300   ? "accepted"
                    : code < 500 ? "deferred"
                                 : "rejected"},
         {"step", step},
         {"reply_text", text}})
        .row.code = static_cast<std::uint16_t>(code);
  }
  void banner(double days, const std::string& client, const std::string& server, int code) {
    row(RecordKind::service, days, client, server).row.code = static_cast<std::uint16_t>(code);
  }
  // Of a mail server's own log, as postfix_log writes it.
  void logged(double days, const std::string& host, const std::string& client, bool is_accepted,
              const std::string& recipient_domain = "bank.example") {
    FieldTexts fields{{"host", host}, {"recipient", "clerk@" + recipient_domain}};
    if (is_accepted) {
      fields.insert(fields.end(),
                    {{"queue_id", "4F5C"}, {"status", "sent"}, {"direction", "local"}});
    } else {
      fields.insert(fields.end(), {{"status", "rejected"},
                                   {"direction", "in"},
                                   {"step", "RCPT"},
                                   {"enhanced_code", "5.7.1"},
                                   {"reply_text", "Client host rejected: Access denied"}});
    }
    row(RecordKind::mail, days, client, "", std::move(fields), recipient_domain).row.code =
        is_accepted ? 250 : 554;
  }
  void whois(double days, const std::string& domain, FieldTexts fields) {
    row(RecordKind::registration, days, "", "", std::move(fields), domain);
  }
  void ptr(double days, const std::string& address, const std::string& name) {
    row(RecordKind::registration, days, "", address, {{"ptr_name", name}}).row.type = 12;
  }

  Claim& claim(const std::string& kind, std::map<std::string, std::string> fields,
               std::map<std::string, std::vector<std::string>> lists = {}) {
    Claim made;
    made.id = "c" + std::to_string(file_.claims.size() + 1);
    made.kind = kind;
    made.question = "q1";
    made.fields = std::move(fields);
    made.lists = std::move(lists);
    file_.claims.push_back(std::move(made));
    return file_.claims.back();
  }

  std::vector<Finding> run(std::string_view method) {
    std::stable_sort(others_.rows.begin(), others_.rows.end(), [](const auto& a, const auto& b) {
      return std::tuple(a.row.time_us, a.evidence, a.row.number) <
             std::tuple(b.row.time_us, b.evidence, b.row.number);
    });
    std::vector<Evidence> evidences(evidences_.begin(), evidences_.end());
    MethodContext context;
    context.case_file = &file_;
    context.question = &file_.questions.front();
    context.all_evidences = &evidences;
    context.others = &others_;
    std::vector<Finding> findings = find_method(method)->compare({lookups_}, context);
    for (const Finding& finding : findings) {
      EXPECT_FALSE(finding.statement.empty());
      EXPECT_FALSE(finding.denominator.empty());
      EXPECT_FALSE(finding.dedup_rule.empty());
      EXPECT_EQ(finding.selection.locus_sha256.size(), 64u);
    }
    return findings;
  }
  // The finding whose id ends so; a failed test when there is none.
  Finding one(std::string_view method, std::string_view end) {
    for (Finding& finding : run(method)) {
      if (finding.id.ends_with(end)) return std::move(finding);
    }
    ADD_FAILURE() << method << " says nothing that ends in " << end;
    return {};
  }

 private:
  int holder_of(const IpAddress& address) const {
    if (address.is_unspecified()) return -1;
    for (std::size_t p = 0; p < file_.parties.size(); ++p) {
      if (file_.parties[p].holds_address(address)) return static_cast<int>(p);
    }
    return -1;
  }

  CaseFile file_;
  std::deque<Evidence> evidences_;
  OtherRecords others_;
  QuestionRecords lookups_;
};

}  // namespace assay::toy
