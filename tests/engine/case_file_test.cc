#include <gmock/gmock.h>

#include "case_support.h"

namespace assay::test {
namespace {

using ::testing::HasSubstr;

const char* const kWhole = R"(# a person's comment
title = "Bank and Sender"
default_zone = "Europe/Berlin"

[[party]]
name = "Bank"            # the first
addresses = [
  "192.0.2.0/24",   # headquarters
]
names = ["bank.example"]
zone = "Europe/Berlin"
holds = "2014-01-01/2017-12-31"

[[party]]
name = "Sender"
names = ["*.sender.example"]
accounts = ["xx00 1234-5678"]
mail_hosts = ["mail1.sender.example", "mail-3"]
edges = ["flow-1"]

[[question]]
between = ["Bank", "Sender"]
window = "2016-05-04/2016-09-23"

[[claim]]
kind = "share"
party = "Bank"
value = "87 %"
quote = "87 % of it"

[[claim]]
kind = "consistent"
figures = ["Bank share 87 %", "Bank count 2820"]

[[calendar]]
name = "deleted"
when = "2016-09-23"

[ttl]
"Mail1.Sender.example" = 3600
)";

TEST(CaseFile, ReadsEverythingThatMayStandThere) {
  const auto file = parse_case_file(kWhole, "case.toml");
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_EQ(file->parties.size(), 2u);
  EXPECT_EQ(file->parties[0].line, 5);
  EXPECT_TRUE(file->parties[0].holds_address(*IpAddress::parse("192.0.2.77")));
  EXPECT_EQ(file->parties[0].holds->length_days(), 1461.0);
  EXPECT_EQ(file->parties[1].accounts, std::vector<std::string>{"XX0012345678"});
  EXPECT_THAT(file->parties[1].mail_hosts, testing::ElementsAre("mail1.sender.example", "mail-3"));
  EXPECT_THAT(file->parties[1].edges, testing::ElementsAre("flow-1"));
  ASSERT_EQ(file->questions.size(), 1u);
  EXPECT_EQ(file->questions[0].id, "q1");
  ASSERT_EQ(file->claims.size(), 2u);
  EXPECT_EQ(file->claims[0].fields.at("value"), "87 %");
  EXPECT_EQ(file->claims[1].lists.at("figures").size(), 2u);
  EXPECT_EQ(file->calendar[0].when.length_us(), kMicrosPerDay);
  EXPECT_EQ(file->ttl_seconds.at("mail1.sender.example"), 3600u);
}

TEST(CaseFile, RefusesPartyNamesThatReadAsSomethingElse) {
  for (const char* name : {"other", "not told", "all", "mail", "Smith+Jones", "Bank/East",
                           "192.0.2.1", "2001:db8::1", "dns-1", "file-12"}) {
    const auto file = parse_case_file(std::string("[[party]]\nname = '") + name + "'", "f.toml");
    ASSERT_FALSE(file.ok()) << name;
    EXPECT_THAT(file.error().message, HasSubstr("f.toml:2: a party cannot be called")) << name;
  }
  for (const char* name : {"Bank", "Another", "Mail", "dns-team", "Smith & Jones", "dns-"}) {
    EXPECT_TRUE(parse_case_file(std::string("[[party]]\nname = '") + name + "'", "f.toml").ok())
        << name;
  }
}

TEST(CaseFile, RefusesOnePrefixHeldByTwoPartiesAtOnce) {
  const auto two = [](const std::string& of_first, const std::string& of_second) {
    return parse_case_file("[[party]]\nname='A'\naddresses=['192.0.2.0/24']\n" + of_first +
                               "[[party]]\nname='B'\naddresses=['192.0.2.0/24']\n" + of_second,
                           "f.toml");
  };
  EXPECT_FALSE(two("", "").ok());
  EXPECT_THAT(two("", "").error().message, HasSubstr("f.toml:6: 192.0.2.0/24 is held by 'A'"));
  EXPECT_FALSE(two("holds='2014-01-01/2014-12-31'\n", "").ok());
  EXPECT_TRUE(two("holds='2014-01-01/2014-12-31'\n", "holds='2015-01-01/2015-12-31'\n").ok());
  EXPECT_TRUE(parse_case_file("[[party]]\nname='A'\naddresses=['192.0.2.0/24']\n"
                              "[[party]]\nname='B'\naddresses=['192.0.2.10']\n",
                              "f.toml")
                  .ok())
      << "the longer prefix decides";
}

TEST(CaseFile, RefusesFieldsOfAClaimThatCannotBeRead) {
  struct Field {
    const char* toml;
    const char* message;
    const char* mend;
  };
  const Field fields[] = {
      {"kind='share'\nvalue='87 percent'\nparty='Bank'", "f.toml:4: '87 percent'", "87 %"},
      {"kind='share'\nvalue='150 %'\nparty='Bank'", "f.toml:4: '150 %' is more than all", "100 %"},
      {"kind='count'\nvalue='-5'\nparty='Bank'", "f.toml:4: '-5' cannot be read as a count", ""},
      {"kind='count'\nvalue='2.5'\nparty='Bank'", "f.toml:4: '2.5' is no whole number", "share"},
      {"kind='count'\nvalue='many'\nparty='Bank'", "f.toml:4: 'many'", "2,820"},
      {"kind='count'\nvalue='5'\ntolerance='x'", "f.toml:5: the tolerance 'x'", "unit"},
      {"kind='count'\nvalue='5'\ndedup='burst'", "f.toml:5: 'burst'", "'bursts'"},
      {"kind='count'\nvalue='5'\nvantage='resolverr'", "f.toml:5: 'resolverr'", "'resolver'"},
      {"kind='count'\nvalue='5'\nwindow='soon'", "f.toml:5: ", ""},
      {"kind='count'\nvalue=['5']", "f.toml:4: 'value' is to be one text", ""},
      {"kind='rate'\nvalue='5'\nper='houre'", "f.toml:5: 'houre'", "'hour'"},
      {"kind='share'\nvalue='5 %'\nof='everything'", "f.toml:5: 'everything'", "names, parties"},
      {"kind='only_types'\ntypes=['A', 'AAA']", "f.toml:4: 'AAA'", "'AAAA'"},
      {"kind='order'\nbefore='Urknall'\nafter='first:Bank'", "f.toml:4: 'Urknall'", "[[calendar]]"},
      {"kind='order'\nbefore='first:Bank'\nafter='last:Bnk'", "f.toml:5: 'last:Bnk'",
       "'last:Bank'"},
      {"kind='coincides_with'\nparty='Bank'\nevents=['Urknall']", "f.toml:5: 'Urknall'",
       "[[calendar]]"},
      {"kind='acts_as_one'\naddresses=['192.0.2']", "f.toml:4: '192.0.2'", "192.0.2.7"},
      {"kind='consistent'\nfigures=['820']", "f.toml:4: the figure '820'", "Bank share"},
      {"kind='consistent'\nfigures=['Bnk count 8']", "f.toml:4: there is no party 'Bnk'", "'Bank'"},
  };
  for (const Field& field : fields) {
    const std::string text = std::string("party=[{name='Bank'}]\n[[claim]]\n") + field.toml;
    const auto file = parse_case_file(text, "f.toml");
    ASSERT_FALSE(file.ok()) << field.toml;
    EXPECT_THAT(file.error().message, HasSubstr(field.message)) << field.toml;
    EXPECT_THAT(file.error().mend, HasSubstr(field.mend)) << field.toml;
  }
  EXPECT_TRUE(parse_case_file("[[claim]]\nkind='only_types'\ntypes=['a', 'TYPE65']", "f").ok());
}

struct Wrong {
  const char* toml;
  const char* message;  // with the line
  const char* mend;
};

TEST(CaseFile, NamesTheLineAndTheNearestWordOfEveryMistake) {
  const Wrong wrongs[] = {
      {"tittle = 'x'", "f.toml:1: 'tittle'", "'title'"},
      {"\n[[party]]\nname = 'A'\nadresses = ['192.0.2.1']", "f.toml:4: 'adresses'", "'addresses'"},
      {"[[party]]\nname = 'A'\naddresses = ['192.0.2.1/24']", "f.toml:3: ", ""},
      {"[[party]]\nname = 'A'\nnames = ['192.0.2.300']",
       "f.toml:3: '192.0.2.300' is not an address", "192.0.2.0/24"},
      {"[[party]]\nzone = 'UTC'", "f.toml:1: 'name' is missing", ""},
      {"[[party]]\nname='A'\n[[party]]\nname='A'", "f.toml:3: the party 'A' stands in line 1", ""},
      {"[[party]]\nname='A'\nzone='Europe/Berln'", "f.toml:3: ", "Europe/Berlin"},
      {"[[party]]\nname='Bank'\n[[party]]\nname='Sender'\n[[question]]\nbetween=['Bank','Sendr']",
       "f.toml:6: there is no party 'Sendr'", "'Sender'"},
      {"[[party]]\nname='A'\n[[question]]\nbetween=['A']", "two parties", ""},
      {"[[claim]]\nkind = 'shar'", "f.toml:2: there is no kind of claim 'shar'", "'share'"},
      {"[[claim]]\nkind = 'rate'\nvalue = 1", "needs 'per'", ""},
      {"[[claim]]\nkind = 'order'\nbefore='a'\nafter='b'\nvalu='c'", "f.toml:5: 'valu'", ""},
      {"[[claim]]\nid='c'\nkind='order'\nbefore='a'\nafter='b'\n[[claim]]\nid='c'\nkind='order'\n"
       "[[calendar]]\nname='a'\nwhen='2021-01-01'\n[[calendar]]\nname='b'\nwhen='2021-01-02'",
       "stands there twice", ""},
      {"[[calendar]]\nname='x'\nwhen='yesterday'", "f.toml:3: ", ""},
      {"[ttl]\n'a.example' = -1", "f.toml:2: a TTL", ""},
      {"title = \"open", "f.toml:1: is not TOML", ""},
      {"party = 'A'", "f.toml:1: 'party' is to be a list of tables", "[[party]]"},
  };
  for (const Wrong& wrong : wrongs) {
    const auto file = parse_case_file(wrong.toml, "f.toml");
    ASSERT_FALSE(file.ok()) << wrong.toml;
    EXPECT_THAT(file.error().message, HasSubstr(wrong.message)) << wrong.toml;
    EXPECT_THAT(file.error().mend, HasSubstr(wrong.mend)) << wrong.toml;
  }
}

class Edit : public ::testing::Test {
 protected:
  void SetUp() override {
    made_.emplace(Case::init(folder_ / "case", "T", "UTC", 7, still_surroundings()).value());
    write_all_to(path(), kWhole);
  }
  std::string path() const { return folder_ / "case/case.toml"; }
  Party bank(const char* address) const {
    Party party;
    party.name = "Bank";
    party.addresses.push_back(IpPrefix::parse(address).value());
    return party;
  }
  TempFolder folder_;
  std::optional<Case> made_;
};

TEST_F(Edit, AddsAnAddressToAListAndKeepsTheComments) {
  ASSERT_TRUE(made_->add_party(bank("198.51.100.0/24")).ok());
  const std::string text = read_all(path());
  EXPECT_THAT(text, HasSubstr("\"192.0.2.0/24\", \"198.51.100.0/24\",   # headquarters"));
  EXPECT_THAT(text, HasSubstr("# a person's comment"));
  EXPECT_EQ(made_->case_file()->parties[0].addresses.size(), 2u);
  const std::string hash = made_->case_hash();
  ASSERT_TRUE(made_->add_party(bank("198.51.100.0/24")).ok());
  EXPECT_EQ(read_all(path()), text) << "adding what is there changes nothing";
  EXPECT_EQ(made_->case_hash(), hash);
}

TEST_F(Edit, AddsAListThatWasNotThere) {
  Party sender;
  sender.name = "Sender";
  sender.addresses.push_back(IpPrefix::parse("203.0.113.9").value());
  ASSERT_TRUE(made_->add_party(sender).ok());
  EXPECT_EQ(made_->case_file()->parties[1].addresses[0].to_string(), "203.0.113.9/32");
}

TEST_F(Edit, AppendsANewPartyWithWhateverItsName) {
  Party odd;
  odd.name = "a \"quoted\"\\ näme\n\x01";
  ASSERT_TRUE(made_->add_party(odd).ok());
  EXPECT_EQ(made_->case_file()->parties[2].name, odd.name);
}

TEST_F(Edit, RemovesOnlyThatParty) {
  Party clinic;
  clinic.name = "Clinic";
  clinic.addresses.push_back(IpPrefix::parse("203.0.113.0/24").value());
  ASSERT_TRUE(made_->add_party(clinic).ok());
  ASSERT_TRUE(made_->remove_party("Clinic").ok());
  EXPECT_EQ(made_->case_file()->parties.size(), 2u);
  EXPECT_EQ(made_->case_file()->claims.size(), 2u);
  EXPECT_FALSE(made_->remove_party("Bank").ok()) << "a question asks about it";
}

TEST_F(Edit, RemovesNoTableThatIsWrittenInAnotherWay) {
  const std::string
      before = "title = \"T\"\n",
      after =
          "  # of B\n\n  # also of B\n  [[party]]\n  name = \"B\"\n\n\t[[party]]\n\tname = \"C\"\n";
  write_all_to(path(), before +
                           "[[party]]\nname = \"A\"\naddresses = [\n\"192.0.2.1\",\n]\n"
                           "source = \"\"\"\n[[party]]\n# a text\"\"\"\n" +
                           after);
  ASSERT_TRUE(made_->remove_party("A").ok());
  EXPECT_EQ(read_all(path()), before + after);
  ASSERT_TRUE(made_->remove_party("B").ok());
  EXPECT_EQ(made_->case_file()->parties.size(), 1u);
  ASSERT_TRUE(made_->remove_party("C").ok());
  EXPECT_TRUE(made_->case_file()->parties.empty());
}

TEST_F(Edit, AsksToWhichOfTwoQuestionsAClaimBelongs) {
  Question second;
  second.between = {"Bank", "Sender"};
  ASSERT_TRUE(made_->ask(second).ok());
  Claim claim;
  claim.kind = "count";
  claim.fields = {{"party", "Bank"}, {"value", "3"}};
  const Status status = made_->add_claim(claim);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::usage);
  EXPECT_EQ(status.error().mend, "say --question q1 or q2");
  claim.question = "q2";
  EXPECT_TRUE(made_->add_claim(claim).ok());
}

TEST_F(Edit, NeverLeavesAFileThatCannotBeRead) {
  Question question;
  question.between = {"Bank", "Nobody"};
  const Status status = made_->ask(question);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::usage);
  EXPECT_EQ(read_all(path()), kWhole);
}

}  // namespace
}  // namespace assay::test
