#include "sample_case.h"

#include <fmt/format.h>

namespace assay::sample {
namespace {

template <typename T>
std::vector<T> parse_all(std::initializer_list<const char*> texts) {
  std::vector<T> all;
  for (const char* text : texts) all.push_back(std::move(T::parse(text)).value());
  return all;
}

CaseFile sample_case_file() {
  CaseFile file;
  file.title = "Look-ups of Sender's host names by Bank and Clinic";
  Party bank{"Bank",
             parse_all<IpPrefix>({"192.0.2.0/24"}),
             parse_all<NamePattern>({"bank.example", "*.bank.example"}),
             {"corp.bank.example"},
             {},
             "Europe/Berlin",
             "address list handed over by Bank"};
  Party clinic{"Clinic",
               parse_all<IpPrefix>({"198.51.100.0/24", "2001:db8:99::/48"}),
               parse_all<NamePattern>({"clinic.example", "*.clinic.example"}),
               {},
               {},
               "America/New_York",
               "address list handed over by Clinic",
               Interval{1'577'836'800LL * kMicrosPerSecond, 1'640'995'200LL * kMicrosPerSecond},
               0};
  Party sender{"Sender",
               parse_all<IpPrefix>({"203.0.113.0/28"}),
               parse_all<NamePattern>({"sender.example", "*.sender.example"}),
               {},
               {},
               "",
               "zone of sender.example"};
  file.parties = {bank, clinic, sender};
  Question list{
      "list",
      {"Bank", "Sender"},
      parse_all<NamePattern>({"news1.sender.example"}),
      Interval{kBeginS * kMicrosPerSecond, (kBeginS + 142 * 86'400 + 50'190) * kMicrosPerSecond},
      "Did Bank's and Sender's servers communicate, as the published list is said to "
      "show?",
      0};
  Question lab{"lab", {"Bank", "Sender"}, {}, std::nullopt, "", 0};
  file.questions = {list, lab};
  const auto claim = [&](const char* id, const char* kind, const char* quote, const char* source,
                         std::map<std::string, std::string> fields,
                         std::map<std::string, std::vector<std::string>> lists) {
    file.claims.push_back(
        {id, kind, quote, source, "list", std::move(fields), std::move(lists), 0});
  };
  claim("bank-87", "share", "Bank made 87 % of the look-ups in the list", "magazine",
        {{"party", "Bank"}, {"value", "87 %"}, {"of", "files"}}, {});
  claim("bank-80", "share", "80 % of the look-ups came from Bank", "broadcaster",
        {{"party", "Bank"}, {"value", "80 %"}}, {});
  claim("bank-count", "count", "Bank looked the name up 2,820 times", "broadcaster",
        {{"party", "Bank"}, {"value", "2820"}}, {});
  claim("figures", "consistent", "2,820 and 714 look-ups; 80 %, 87 % and 99 % of all",
        "magazine and broadcaster", {},
        {{"figures",
          {"Bank share 87 %", "Bank share 80 %", "Bank+Clinic share 99 %", "Bank count 2820",
           "Clinic count 714"}}});
  claim("hourly", "rate", "Bank looked it up once an hour", "web log",
        {{"party", "Bank"}, {"value", "1"}, {"per", "hour"}}, {});
  claim("one-machine", "acts_as_one", "Bank's two addresses act as one machine", "researcher",
        {{"party", "Bank"}}, {});
  claim("nobody-else", "exclusive", "Nobody else looked it up", "magazine", {},
        {{"parties", {"Bank", "Clinic"}}});
  claim("only-a", "only_types", "Only address look-ups, never for mail", "web log", {},
        {{"types", {"A"}}});
  file.calendar = {{"newspaper asks Sender",
                    {(kBeginS + 140 * 86'400LL) * kMicrosPerSecond,
                     (kBeginS + 142 * 86'400LL) * kMicrosPerSecond}}};
  file.ttl_seconds = {{"news1.sender.example", 3'600}};
  return file;
}

Evidence sample_evidence(std::uint32_t number) {
  Evidence one;
  one.number = number;
  one.id = fmt::format("dns-{}", number);
  one.name = fmt::format("ns{}.sender.example.query.log.gz", number);
  one.path = "evidence/" + one.name;
  one.sha256 =
      fmt::format("{:064x}", 0x9e3779b97f4a7c15ULL * number).replace(0, 16, "c0ffee0ddf00d5ea");
  one.size_bytes = 182'044 + number;
  one.encoding = "gzip";
  one.format = "bind_querylog";
  one.format_why = "40 of 40 lines are BIND query log lines";
  one.received_from = "newspaper, by courier";
  one.received_us = (kBeginS + 200 * 86'400LL) * kMicrosPerSecond;
  one.vantage = Vantage::authoritative;
  one.clock.zone_is_stated = number != 2;
  one.clock.skew_us = number == 3 ? 1'500'000 : 0;
  one.coverage.intervals = {
      {kBeginS * kMicrosPerSecond, (kBeginS + 120 * 86'400LL) * kMicrosPerSecond},
      {(kBeginS + 123 * 86'400LL) * kMicrosPerSecond,
       (kBeginS + 143 * 86'400LL) * kMicrosPerSecond}};
  one.state = ReadState::read;
  one.balance = {1'210, 1'194, 2 * (number % 2), 16 - 2 * (number % 2), 1'194};
  one.notes = {{"bind.year_inferred", 1'194, "the year 2021 comes from the file's last change"}};
  one.span = Interval{(kBeginS + 7'869LL) * kMicrosPerSecond,
                      (kBeginS + 142 * 86'400LL + 50'189) * kMicrosPerSecond};
  return one;
}

}  // namespace

CaseModel sample_case() {
  CaseModel model;
  model.case_hash = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b";
  model.case_toml_sha256 = "6dcd4ce23d88e2ee9568ba546c007c63d9131c1b6dcd4ce23d88e2ee9568ba54";
  model.engine_version = "0.1.0";
  model.store_engine = "memory";
  model.zone_database = "2025b";
  model.examined_us = (kBeginS + 210 * 86'400LL) * kMicrosPerSecond;
  model.case_file = sample_case_file();
  for (std::uint32_t number : {1u, 2u, 3u}) model.evidences.push_back(sample_evidence(number));
  model.rejects = {{1, "bind.line.not_a_query", 2, "client @0x7f: error", 90'210,
                    "the line is not a query log line"},
                   {3, "dns.qname.label_too_long", 2, "query: aaaa IN A", 1'204,
                    "a label is longer than 63 bytes"}};
  const CaseFile& file = model.case_file;
  const std::vector<Finding> findings[] = {list_findings(), lab_findings()};
  for (std::size_t i = 0; i < file.questions.size(); ++i) {
    model.questions.push_back(
        {file.questions[i], findings[i], judge(file.questions[i], file, FindingSet(findings[i]))});
  }
  model.methods = {{"volume", "1"}, {"type_profile", "1"}, {"bursts", "1"}, {"gap_law", "1"}};
  return model;
}

}  // namespace assay::sample
