// direct_records: what rows of other kinds show of dealings between parties, and what only a name
// says.
#include "direct_fixture.h"

namespace assay {
namespace {

using test::DirectRecordsTest;
using test::Fields;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = kMicrosPerSecond;

TEST_F(DirectRecordsTest, SaysWhatIsNeededWhereTheCaseHoldsNoSuchRecord) {
  const auto all = findings();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].outcome, Outcome::not_applicable);
  EXPECT_THAT(all[0].statement, HasSubstr("flow records at either edge"));
}

TEST_F(DirectRecordsTest, KeepsFlowsApartByWhatCameBack) {
  evidence("flow", Vantage::passive_sensor).received_from = "Bank";
  flow(10, "192.0.2.7", "203.0.113.9", 8080, 0, 0);          // nobody answered
  flow(20, "192.0.2.7", "203.0.113.9", 8080, 60 * 4, 240);   // packets, no content
  flow(30, "192.0.2.7", "203.0.113.9", 25, 4'000, 9'000);    // a greeting, maybe mail
  flow(40, "192.0.2.7", "203.0.113.9", 8080, 4'000, 9'000);  // content both ways
  flow(50, "192.0.2.7", "203.0.113.53", 53, 4'000, 9'000);   // a look-up
  const Finding there = finding("/Bank>Sender/flow");
  EXPECT_EQ(there.value_or("rows", 0), 5);
  EXPECT_EQ(there.value_or("lookup_flows", 0), 1);
  EXPECT_EQ(there.value_or("flows_one_way", 0), 1);
  EXPECT_EQ(there.value_or("flows_answered", 0), 3);
  EXPECT_EQ(there.value_or("flows_with_service_reply", 0), 2);
  EXPECT_EQ(there.value_or("flows_with_content_both_ways", 0), 1);
  EXPECT_EQ(there.parameters.at("first"), "2016-05-04T00:00:10.000000Z");
  const Finding back = finding("/Sender>Bank/flow");
  EXPECT_EQ(back.outcome, Outcome::nothing_found);
  EXPECT_FALSE(back.absence.has_value());
}

// A server answers forged sources as well: beside it both ways are seen, and Bank sent nothing.
TEST_F(DirectRecordsTest, WhatAServerAnswersShowsNoClientUnlessAConnectionOpened) {
  evidence("flow", Vantage::passive_sensor).received_from = "Sender";
  flow(10, "192.0.2.80", "203.0.113.123", 123, 48, 468).row.protocol = 17;
  flow(20, "192.0.2.80", "203.0.113.25", 11'211, 1'428, 28'000).row.protocol = 17;
  flow(30, "192.0.2.80", "203.0.113.25", 0, 252, 252).row.protocol = 1;  // a ping
  OtherRow& syn = flow(40, "192.0.2.80", "203.0.113.25", 443, 60, 300);
  syn.row.packets_sent = 1;
  OtherRow& box = flow(50, "192.0.2.80", "203.0.113.25", 80, 200, 9'000);  // a box on the way
  box.row.packets_sent = 1;
  const Finding there = finding("/Bank>Sender/flow");
  EXPECT_EQ(there.value_or("flows_forgeable", 0), 5);
  EXPECT_EQ(there.value_or("flows_answered", -1), 0);
  EXPECT_EQ(there.value_or("flows_with_service_reply", -1), 0);
  EXPECT_EQ(there.value_or("flows_with_content_both_ways", -1), 0);
  EXPECT_THAT(there.limitations, ::testing::Contains(HasSubstr("Bank's own flow records")));
  // Recorded where Bank's packets leave, they were sent there.
  evidences_.back().received_from = "Bank";
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("flows_forgeable", -1), 0);
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("flows_answered", 0), 5);
  // From the port of a service to a free one: who began is in doubt.
  others_.rows[1].row.client_port = 123;
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("flows_forgeable", 0), 1);
  evidences_.back().vantage = Vantage::unknown;
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("flows_forgeable", 0), 5);
}

TEST_F(DirectRecordsTest, LogOfThePairAloneCouldBeOfEitherNetwork) {
  evidence("flow", Vantage::passive_sensor);
  for (int i = 0; i < 40; ++i) {
    flow(60 * i, ("192.0.2." + std::to_string(i + 1)).c_str(),
         ("203.0.113." + std::to_string(i + 1)).c_str(), 123, 48, 468)
        .row.protocol = 17;
  }
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("flows_forgeable", 0), 40);
  for (int i = 0; i < 40; ++i) {  // with traffic of others: Bank's
    flow(9'000 + i, "192.0.2.7", ("198.18.0." + std::to_string(i + 1)).c_str(), 443, 400, 900);
  }
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("flows_forgeable", -1), 0);
}

TEST_F(DirectRecordsTest, OpenConnectionShowsTheClientWhoeverRecordedIt) {
  struct Case {
    Fields fields;
    bool is_opened;
  };
  const Case kCases[] = {
      {{}, false},
      {{{"conn_state", "SF"}}, true},
      {{{"conn_state", "S1"}}, true},
      {{{"conn_state", "RSTO"}}, false},  // a half-open scan
      {{{"conn_state", "REJ"}}, false},
      {{{"conn_state", "CON"}}, true},  // Argus
      {{{"conn_state", "ACC"}}, false},
      {{{"conn_state", "established"}}, true},  // Suricata
      {{{"conn_state", "closed"}}, false},
      {{{"tcp_flags_sent", "...AP.SF"}, {"tcp_flags_received", "...AP.SF"}}, true},
      {{{"tcp_flags_sent", "......S."}, {"tcp_flags_received", "...A..S."}}, false},
      {{{"tcp_flags_sent", "......S."}, {"tcp_flags_received", "...AP.S."}}, false},
      {{{"tcp_flags_sent", "1b"}, {"tcp_flags_received", "1b"}}, true},
      {{{"tcp_flags_sent", "02"}, {"tcp_flags_received", "12"}}, false},
      {{{"tcp_flags_sent", "FSPA"}, {"tcp_flags_received", "SA"}}, false}};
  for (const Case& each : kCases) {
    evidences_.clear();
    others_.rows.clear();
    evidence("flow", Vantage::passive_sensor).received_from = "Sender";
    OtherRow& row = flow(10, "192.0.2.7", "203.0.113.9", 8080, 60 * 4, 240);
    for (const auto& [word, text] : each.fields) row.fields.emplace_back(field_id(word), text);
    EXPECT_EQ(finding("/Bank>Sender/flow").value_or("flows_answered", -1), each.is_opened ? 1 : 0)
        << (each.fields.empty() ? "" : each.fields.front().second);
  }
}

TEST_F(DirectRecordsTest, SessionOfASensorCountsOnceTheServerAnsweredOverAStream) {
  const std::pair<Fields, int> kCases[] = {{{{"sni", "sender.example"}}, 0},
                                           {{{"tls_version", "TLSv1.3"}}, 1},
                                           {{{"tls_version", "UNDETERMINED"}}, 0},
                                           {{{"tls_version", "DTLSv1.2"}}, 0}};
  for (const auto& [fields, opened] : kCases) {
    evidences_.clear();
    others_.rows.clear();
    evidence("service", Vantage::passive_sensor, "zeek_ssl");
    add(RecordKind::service, 10, "192.0.2.7", "203.0.113.9", fields).row.code = kNoCode;
    EXPECT_EQ(finding("/Bank>Sender/service").value_or("sessions_opened", -1), opened);
    evidences_.back().vantage = Vantage::mail_server;  // which logs what was opened
    EXPECT_EQ(finding("/Bank>Sender/service").value_or("sessions_opened", -1), 1);
  }
}

TEST_F(DirectRecordsTest, JoinsTheTwoRowsOfAnExporterOfOneWayFlows) {
  evidence("flow", Vantage::passive_sensor);
  flow(10, "192.0.2.7", "203.0.113.9", 8080, 4'000, 0);
  OtherRow& back = flow(10.2, "203.0.113.9", "192.0.2.7", 40'000, 9'000, 0);
  back.row.client_port = 8080;
  const Finding there = finding("/Bank>Sender/flow");
  EXPECT_EQ(there.value_or("flows_answered", 0), 1);
  EXPECT_EQ(there.value_or("flows_one_way", 0), 0);
  EXPECT_EQ(there.value_or("flows_with_content_both_ways", 0), 1);
  const Finding other = finding("/Sender>Bank/flow");
  EXPECT_EQ(other.value_or("ways_back", 0), 1);
  EXPECT_NE(
      other.statement.find("1 of them are the way back of flows that began at the other side"),
      std::string::npos);
  EXPECT_EQ(other.value_or("flows_answered", 0), 0);
  others_.rows[1].row.time_us += 3'600 * kSecond;  // an hour later it is another flow
  others_.rows[1].row.until_us += 3'600 * kSecond;
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("flows_one_way", 0), 1);
}

TEST_F(DirectRecordsTest, CountsTransfersByWhatBecameOfThem) {
  evidence("mail", Vantage::mail_server, "postfix_log");
  const char* const kFates[] = {"sent", "sent", "deferred", "rejected", "bounced", "held"};
  for (int i = 0; i < 6; ++i) {
    mail(10 * i, "192.0.2.25", "203.0.113.25", "clerk@bank.example", "desk@sender.example",
         kFates[i]);
  }
  const Finding there = finding("/Bank>Sender/mail");
  EXPECT_EQ(there.value_or("rows", 0), 6);
  EXPECT_EQ(there.value_or("accepted", 0), 2);
  EXPECT_EQ(there.value_or("deferred", 0), 2);
  EXPECT_EQ(there.value_or("rejected", 0), 1);
  EXPECT_EQ(there.value_or("bounced", 0), 1);
}

TEST_F(DirectRecordsTest, ForgedEnvelopeIsANameAndNoMoreThanThat) {
  evidence("mail", Vantage::mail_server, "postfix_log");
  mail(10, "198.18.0.9", "203.0.113.25", "clerk@bank.example", "desk@sender.example", "sent");
  const Finding there = finding("/Bank>Sender/mail");
  EXPECT_EQ(there.value_or("rows", 0), 0);
  EXPECT_EQ(there.value_or("rows_by_name_alone", 0), 1);
  EXPECT_EQ(there.value_or("accepted_by_name_alone", 0), 1);
  EXPECT_THAT(there.statement, HasSubstr("counted apart"));
}

// Delivered to a mailbox inside: with one partner the rows do not show whose log it is.
TEST_F(DirectRecordsTest, LogOfOnePartnerSaysWhatToStateSoThatItCounts) {
  Evidence& log = evidence("mail", Vantage::mail_server, "postfix_log");
  for (int i = 0; i < 40; ++i) {
    mail(60 * i, "203.0.113.25", "127.0.0.1", "desk@sender.example", "clerk@bank.example", "sent");
  }
  const Finding before = finding("/Sender>Bank/mail");
  EXPECT_EQ(before.value_or("rows", -1), 0);
  EXPECT_EQ(before.value_or("rows_by_name_alone", 0), 40);
  EXPECT_THAT(before.limitations,
              ::testing::Contains(HasSubstr("--complete --names bank.example")));
  // Stated so, it counts, and nothing is left to say.
  complete(log);
  log.coverage.names = {NamePattern::parse("bank.example").value()};
  const Finding after = finding("/Sender>Bank/mail");
  EXPECT_EQ(after.value_or("accepted", 0), 40);
  EXPECT_EQ(after.value_or("rows_by_name_alone", -1), 0);
  EXPECT_THAT(after.limitations, ::testing::Not(::testing::Contains(HasSubstr("--complete"))));
}

// A content filter hands back what a stranger brought; of a rotated log the line of the client is
// elsewhere. In Sender's own log the same letters were written there.
TEST_F(DirectRecordsTest, LetterWithoutAClientIsTheKeepersOwnOnlyInTheKeepersLog) {
  evidence("mail", Vantage::mail_server, "postfix_log");
  everyday_mail(40);
  for (const char* const client : {"127.0.0.1", ""}) {
    mail(8'000, client, "", "ann@sender.example", "clerk@bank.example", "sent",
         {{"direction", "local"}});
  }
  const Finding at_bank = finding("/Sender>Bank/mail");
  EXPECT_EQ(at_bank.value_or("rows", -1), 0);
  EXPECT_EQ(at_bank.value_or("rows_by_name_alone", -1), 2);

  evidence("mail", Vantage::mail_server, "postfix_log");
  for (int i = 0; i < 40; ++i) {
    mail(60 * i, "127.0.0.1", "198.18.0." + std::to_string(i + 1), "ann@sender.example",
         "a@other" + std::to_string(i % 7) + ".example", "sent", {{"direction", "out"}});
  }
  mail(8'000, "", "192.0.2.25", "ann@sender.example", "clerk@bank.example", "sent",
       {{"direction", "out"}});
  EXPECT_EQ(finding("/Sender>Bank/mail").value_or("accepted", -1), 1);
}

// A gateway rewrites the recipient, an alias is no name that the case states: the log tells whose
// server took it.
TEST_F(DirectRecordsTest, WhatTheKeepersServerTookOrSentIsItsOwnWhateverTheEnvelopeSays) {
  complete(evidence("mail", Vantage::mail_server, "postfix_log"));
  everyday_mail(40);
  mail(9'000, "203.0.113.25", "10.0.0.5", "ann@sender.example", "desk@inside.example", "sent",
       {{"direction", "out"}});
  mail(9'100, "203.0.113.25", "", "", "desk@alias.example", "rejected", {{"direction", "in"}});
  mail(9'200, "10.0.0.9", "203.0.113.25", "desk@alias.example", "ann@inside.example", "sent",
       {{"direction", "out"}});
  const Finding there = finding("/Sender>Bank/mail");
  EXPECT_EQ(there.value_or("accepted", -1), 1);
  EXPECT_EQ(there.value_or("rejected", -1), 1);
  EXPECT_FALSE(there.absence.has_value());
  const Finding back = finding("/Bank>Sender/mail");
  // Sender's server may relay for others, so this one is told apart.
  EXPECT_EQ(back.value_or("rows_ambiguous", -1), 1);
  EXPECT_FALSE(back.absence.has_value());
}

TEST_F(DirectRecordsTest, SharedRelayIsCountedApart) {
  evidence("mail", Vantage::mail_server, "postfix_log");
  // Clinic's host hands on what bears Bank's name, and Sender's server takes what is for Clinic.
  mail(10, "198.51.100.25", "203.0.113.25", "clerk@bank.example", "desk@sender.example", "sent");
  mail(20, "192.0.2.25", "203.0.113.25", "clerk@bank.example", "ward@clinic.example", "sent");
  const Finding there = finding("/Bank>Sender/mail");
  EXPECT_EQ(there.value_or("rows", 0), 0);
  EXPECT_EQ(there.value_or("rows_ambiguous", 0), 2);
  EXPECT_THAT(there.statement, HasSubstr("shared relay"));
}

TEST_F(DirectRecordsTest, HeldAddressesCountInTheirTimeAlone) {
  evidence("flow", Vantage::passive_sensor);
  flow(10, "192.0.2.7", "203.0.113.9", 8080, 4'000, 9'000);
  others_.rows[0].client_party = -1;  // the engine found no holder then
  const auto all = findings();
  for (const Finding& one : all) EXPECT_EQ(one.value_or("rows", 0), 0) << one.id;
}

TEST_F(DirectRecordsTest, RowsWithoutATimeAndAtTheEdgeAreCountedApart) {
  evidence("flow", Vantage::passive_sensor);
  flow(10, "192.0.2.7", "203.0.113.9", 8080, 4'000, 9'000).row.flags |= kTimeUnknown;
  flow(20, "192.0.2.7", "203.0.113.9", 8080, 4'000, 9'000).row.time_us -= kMicrosPerDay;
  const Finding there = finding("/Bank>Sender/flow");
  EXPECT_EQ(there.value_or("rows", 0), 0);
  EXPECT_EQ(there.value_or("rows_undated", 0), 1);
  EXPECT_EQ(there.value_or("rows_at_edge", 0), 1);
}

TEST_F(DirectRecordsTest, AnswerNamesTheMessageThatItAnswers) {
  evidence("message", Vantage::unknown);
  const Fields ask{{"header_from", "Clerk <clerk@bank.example>"},
                   {"header_to", "\"a@b\" <desk@sender.example>"},
                   {"message_id", "<1@bank.example>"}};
  Fields reply{{"header_from", "desk@sender.example"},
               {"header_to", "clerk@bank.example"},
               {"message_id", "<2@sender.example>"}};
  add(RecordKind::message, 10, "", "", ask);
  add(RecordKind::message, 20, "", "", reply);
  EXPECT_EQ(finding("/Bank>Sender/message").value_or("answered", 0), 0);
  reply.emplace_back("references", "<1@bank.example>");
  add(RecordKind::message, 30, "", "", reply);
  const Finding there = finding("/Bank>Sender/message");
  EXPECT_EQ(there.value_or("message_ids", 0), 1);
  EXPECT_EQ(there.value_or("answered", 0), 1);
  EXPECT_EQ(there.value_or("answered_and_one_accepted", 1), 0);
  EXPECT_EQ(there.value_or("answered_and_both_accepted", 1), 0);
  // Logs of both transfers bear out that both sides' servers had them.
  evidence("mail", Vantage::mail_server, "postfix_log");
  mail(11, "192.0.2.25", "203.0.113.25", "clerk@bank.example", "desk@sender.example", "sent",
       {{"message_id", "<1@bank.example>"}});
  EXPECT_EQ(finding("/Bank>Sender/message").value_or("answered_and_one_accepted", 0), 1);
  EXPECT_EQ(finding("/Bank>Sender/message").value_or("answered_and_both_accepted", 1), 0);
  mail(21, "203.0.113.25", "192.0.2.25", "desk@sender.example", "clerk@bank.example", "sent",
       {{"message_id", "<2@sender.example>"}});
  EXPECT_EQ(finding("/Bank>Sender/message").value_or("answered_and_both_accepted", 0), 1);
}

// A copy in the author's folder tells nothing of the recipient's mailbox.
TEST_F(DirectRecordsTest, MessageThatTheRecipientsServerTookIsTold) {
  evidence("message", Vantage::unknown);
  const Fields letter{{"header_from", "clerk@bank.example"},
                      {"header_to", "desk@sender.example"},
                      {"message_id", "<1@bank.example>"}};
  add(RecordKind::message, 10, "", "", letter);
  add(RecordKind::hop, 10, "", "",
      {{"message_id", "<1@bank.example>"}, {"hop_by", "bank.example"}});
  EXPECT_EQ(finding("/Bank>Sender/message").value_or("taken_by_recipients_server", -1), 0);
  add(RecordKind::hop, 11, "", "",
      {{"message_id", "<1@bank.example>"}, {"hop_by", "Sender.Example."}});
  const Finding there = finding("/Bank>Sender/message");
  EXPECT_EQ(there.value_or("taken_by_recipients_server", -1), 1);
  EXPECT_EQ(there.value_or("rows_of_kind", 0), 1);
}

TEST_F(DirectRecordsTest, WhatAProgramAnswersIsNoAnswer) {
  const Fields kSigns[] = {{{"raw", "Auto-Submitted: auto-replied; owner=\"desk\""}},
                           {{"raw", "AUTO-SUBMITTED: auto-generated"}},
                           {{"raw", "Precedence: auto_reply"}},
                           {{"raw", "Precedence: Bulk"}},
                           {{"return_path", "<>"}},
                           {{"content_type", "Multipart/Report; report-type=delivery-status"}},
                           {{"envelope_from", "MAILER-DAEMON"}},
                           {{"header_from", "Mail <postmaster@sender.example>"}},
                           {{"list_id", "<news.sender.example>"}},
                           {{"raw", "Auto-Submitted: no"}},
                           {{"raw", "Precedence: first-class"}}};
  for (const Fields& sign : kSigns) {
    evidences_.clear();
    others_.rows.clear();
    evidence("message", Vantage::unknown);
    add(RecordKind::message, 10, "", "",
        {{"header_from", "clerk@bank.example"},
         {"header_to", "desk@sender.example"},
         {"message_id", "<1@bank.example>"}});
    Fields reply{{"header_from", "desk@sender.example"},
                 {"header_to", "clerk@bank.example"},
                 {"message_id", "<2@sender.example>"},
                 {"in_reply_to", "<1@bank.example>"}};
    reply.insert(reply.end(), sign.begin(), sign.end());
    add(RecordKind::message, 20, "", "", reply);
    evidence("mail", Vantage::mail_server, "postfix_log");
    mail(11, "192.0.2.25", "203.0.113.25", "clerk@bank.example", "desk@sender.example", "sent",
         {{"message_id", "<1@bank.example>"}});
    const bool is_harmless = &sign >= &kSigns[std::size(kSigns) - 2];
    EXPECT_EQ(finding("/Bank>Sender/message").value_or("answered", -1), is_harmless ? 1 : 0)
        << sign.front().second;
    EXPECT_EQ(finding("/Sender>Bank/message").value_or("automatic_messages", -1),
              is_harmless ? 0 : 1);
  }
}

TEST_F(DirectRecordsTest, TransferWithoutASenderBearsNoAnswerOut) {
  evidence("message", Vantage::unknown);
  add(RecordKind::message, 10, "", "",
      {{"header_from", "clerk@bank.example"},
       {"header_to", "desk@sender.example"},
       {"message_id", "<1@bank.example>"}});
  add(RecordKind::message, 20, "", "",
      {{"header_from", "desk@sender.example"},
       {"header_to", "clerk@bank.example"},
       {"message_id", "<2@sender.example>"},
       {"in_reply_to", "<1@bank.example>"}});
  evidence("mail", Vantage::mail_server, "postfix_log");
  mail(21, "203.0.113.25", "192.0.2.25", "", "clerk@bank.example", "sent",
       {{"message_id", "<2@sender.example>"}});
  EXPECT_EQ(finding("/Bank>Sender/message").value_or("answered", 0), 1);
  EXPECT_EQ(finding("/Bank>Sender/message").value_or("answered_and_one_accepted", 1), 0);
  mail(22, "203.0.113.25", "192.0.2.25", "<>", "clerk@bank.example", "sent",
       {{"message_id", "<2@sender.example>"}});
  EXPECT_EQ(finding("/Bank>Sender/message").value_or("answered", 1), 0);
}

TEST_F(DirectRecordsTest, PaymentsNeedAccountsThatAreStated) {
  Evidence& statement = evidence("payment", Vantage::unknown);
  complete(statement);
  const auto pay = [&](const char* direction, const char* other, Fields more = {}) {
    more.insert(more.end(), {{"account", "xx 01"}, {"direction", direction}});
    if (*other != 0) more.emplace_back("counterparty_account", other);
    add(RecordKind::payment, 86'400, "", "", more);
  };
  pay("debit", "XX-99");
  EXPECT_TRUE(finding("/Bank>Sender/payment").absence.has_value());
  pay("debit", "XX03");
  pay("credit", "XX03");
  pay("debit", "XX03", {{"event_action", "reversal"}});
  pay("debit", "XX98", {{"counterparty", "sender"}});
  pay("debit", "");
  const Finding there = finding("/Bank>Sender/payment");
  EXPECT_EQ(there.value_or("rows", 0), 1);
  EXPECT_EQ(there.value_or("rows_ambiguous", 0), 1);
  EXPECT_EQ(there.value_or("rows_by_name_alone", 0), 1);
  EXPECT_EQ(there.value_or("payments_without_other_side", 0), 1);
  EXPECT_FALSE(there.absence.has_value());
  EXPECT_EQ(finding("/Sender>Bank/payment").value_or("rows", 0), 1);
}

TEST_F(DirectRecordsTest, PaymentWithoutTheOtherAccountCouldBeTheirs) {
  complete(evidence("payment", Vantage::unknown));
  add(RecordKind::payment, 86'400, "", "", {{"account", "XX01"}, {"direction", "debit"}});
  EXPECT_FALSE(finding("/Bank>Sender/payment").absence.has_value());
  EXPECT_TRUE(finding("/Sender>Bank/payment").absence.has_value());
}

}  // namespace
}  // namespace assay
