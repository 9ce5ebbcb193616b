// A log that has grown since it was sealed.
#include <gtest/gtest.h>

#include <filesystem>

#include "archive_support.h"
#include "case_support.h"

namespace assay::test {
namespace {

class Growth : public ::testing::Test {
 protected:
  void SetUp() override { init(); }
  void init() {
    folder_ = std::make_unique<TempFolder>();
    ASSERT_TRUE(Case::init(at("case"), "Test", "UTC", 7, still_surroundings()).ok());
  }
  std::string at(const std::string& name) const { return *folder_ / name; }

  AddOutcome add(const std::string& bytes, const std::string& as_format = "",
                 const std::string& name = "query.log") {
    write_all_to(at(name), bytes);
    auto opened = Case::open(at("case"), still_surroundings());
    EXPECT_TRUE(opened.ok());
    AddRequest request;
    request.paths = {at(name)};
    request.as_format = as_format;
    const auto outcomes = opened->add(request);
    EXPECT_TRUE(outcomes.ok());
    EXPECT_EQ(outcomes->size(), 1u);
    return outcomes->front();
  }

  std::string lookups() {
    auto opened = Case::open(at("case"), still_surroundings());
    std::string text;
    EXPECT_TRUE(opened
                    ->count({"evidence"},
                            [&](std::string_view chunk) {
                              text += chunk;
                              return true;
                            })
                    .ok());
    return text;
  }

  std::unique_ptr<TempFolder> folder_;
};

TEST_F(Growth, ReadsOnlyWhatFollowsTheSealedBytes) {
  const std::string whole = query_log(10);
  const std::string half = query_log(4);
  ASSERT_TRUE(whole.starts_with(half));
  const AddOutcome first = add(half);
  const AddOutcome second = add(whole);
  EXPECT_EQ(second.kind, AddOutcome::Kind::added);
  EXPECT_EQ(second.evidence.predecessor, first.evidence.number);
  EXPECT_EQ(second.evidence.begin_offset, half.size());
  EXPECT_EQ(second.evidence.size_bytes, whole.size());
  EXPECT_NE(second.evidence.sha256, first.evidence.sha256);
  EXPECT_EQ(second.evidence.balance.units, 6u);
  EXPECT_EQ(second.evidence.rows(), 6u);
  EXPECT_EQ(lookups(), "evidence,count\ndns-1,4\ndns-2,6\n");
  auto opened = Case::open(at("case"), still_surroundings());
  EXPECT_TRUE(opened->verify(true)->problems.empty());
  const auto shown = opened->show("dns-2:" + std::to_string(half.size()));
  EXPECT_TRUE(shown.ok()) << "a locus counts from the file's first byte";
}

TEST_F(Growth, CountsALineOnceThatWasCutWhenItWasSealed) {
  const std::string whole = query_log(10);
  const std::string half = query_log(4);
  for (std::size_t cut = 1; cut < 60; ++cut) {
    init();
    const AddOutcome first = add(half.substr(0, half.size() - cut));
    const AddOutcome second = add(whole);
    ASSERT_EQ(second.evidence.predecessor, 1u);
    EXPECT_EQ(first.evidence.rows() + second.evidence.rows(), 10u) << "cut by " << cut;
  }
}

// A cut line of BIND that reads well: what is cut off is the server's address.
const std::size_t kReadable = std::string_view(" (198.51.100.1)\n").size();

TEST_F(Growth, SaysWhichBytesOfALineNobodyReadThatWasUsedWhenItWasCut) {
  const std::string whole = query_log(10);
  const std::string half = query_log(4);
  const std::string cut = half.substr(0, half.size() - kReadable);
  const AddOutcome first = add(cut);
  ASSERT_EQ(first.evidence.rows(), 4u) << "the cut line is one that reads well";
  const AddOutcome second = add(whole);
  EXPECT_EQ(second.evidence.begin_offset, cut.size());
  EXPECT_EQ(second.evidence.rows(), 6u);
  EXPECT_EQ(second.evidence.balance.units, 7u);
  EXPECT_EQ(second.evidence.balance.rejected, 1u);
  auto opened = Case::open(at("case"), still_surroundings());
  std::vector<Reject> rejects;
  ASSERT_TRUE(opened
                  ->rejects("dns-2",
                            [&](const Evidence&, const Reject& reject) {
                              rejects.push_back(reject);
                              return true;
                            })
                  .ok());
  ASSERT_EQ(rejects.size(), 1u);
  const Reject& reject = rejects.front();
  EXPECT_EQ(reject.code, "line.read_in_part");
  EXPECT_EQ(reject.offset, cut.size());
  EXPECT_EQ(reject.length, kReadable - 1);
  EXPECT_EQ(reject.text, half.substr(cut.size(), kReadable - 1));
  const std::size_t line_start = cut.rfind('\n') + 1;
  EXPECT_TRUE(reject.why.starts_with("the first " + std::to_string(cut.size() - line_start) +
                                     " bytes of this line are those of dns-1,"))
      << reject.why;
  EXPECT_TRUE(opened->verify(true)->problems.empty());
}

TEST_F(Growth, LosesNothingInSilenceOfALineThatGrewInManySteps) {
  const std::string whole = query_log(6);
  const std::string half = query_log(4);
  std::uint64_t rows = 0;
  std::uint64_t rest = 0;
  for (const std::size_t cut : {kReadable, kReadable - 3, kReadable - 9, std::size_t{0}}) {
    const AddOutcome step = add(half.substr(0, half.size() - cut));
    rows += step.evidence.rows();
    rest += step.evidence.balance.rejected;
  }
  rows += add(whole).evidence.rows();
  EXPECT_EQ(rows, 6u);
  EXPECT_EQ(rest, 3u);
}

TEST_F(Growth, GoesOnWithinTheFirstLineOrReadsItWholeWhenItWasRefused) {
  const std::string line = query_log(1);
  const std::string bytes = line + query_log(2);
  for (const std::size_t cut : {kReadable, line.size() / 2}) {
    init();
    const AddOutcome first = add(line.substr(0, line.size() - cut), "bind_querylog");
    const AddOutcome second = add(bytes);
    ASSERT_EQ(second.evidence.predecessor, 1u);
    EXPECT_EQ(first.evidence.rows(), cut == kReadable ? 1u : 0u);
    EXPECT_EQ(first.evidence.rows() + second.evidence.rows(), 3u) << "cut by " << cut;
    EXPECT_EQ(second.evidence.balance.rejected, first.evidence.rows()) << "cut by " << cut;
  }
}

TEST_F(Growth, RefusesNoBytesOfALineThatLackedOnlyItsEnd) {
  std::string half = query_log(4);
  half.replace(half.size() - 1, 1, "\r\n");
  for (const std::size_t cut : {1, 2}) {
    init();
    add(half.substr(0, half.size() - cut));
    const AddOutcome second = add(half + query_log(2));
    EXPECT_EQ(second.evidence.rows(), 2u);
    EXPECT_EQ(second.evidence.balance.units, 2u);
  }
}

TEST_F(Growth, TakesAFileThatChangedBeforeItsEndForAnother) {
  std::string whole = query_log(10);
  add(query_log(4));
  whole[1] = '5';  // another day
  const AddOutcome second = add(whole);
  EXPECT_EQ(second.evidence.predecessor, 0u);
  EXPECT_EQ(second.evidence.rows(), 10u);
}

TEST_F(Growth, GoesOnFromTheLongestOfSeveralEarlierStates) {
  add(query_log(2));
  add(query_log(5));
  const AddOutcome third = add(query_log(9));
  EXPECT_EQ(third.evidence.predecessor, 2u);
  EXPECT_EQ(lookups(), "evidence,count\ndns-1,2\ndns-2,3\ndns-3,4\n");
}

// Zeek's connections in TSV: the head, `lines` lines, and the end of a log that was rotated.
std::string zeek_head(const std::string& fields) {
  return "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
         "#path\tconn\n#open\t2016-05-02-10-00-00\n#fields\t" +
         fields + "\n";
}
const std::string kPlainFields = "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto";
const std::string kOtherFields = "ts\tuid\tproto\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p";
std::string zeek_lines(int lines, bool is_other = false) {
  std::string text;
  for (int i = 0; i < lines; ++i) {
    text += std::to_string(1'462'183'200 + i) + ".5\tC" + std::to_string(i) + "\t";
    text += is_other ? "udp\t192.0.2.1\t1024\t198.51.100.1\t53\n"
                     : "192.0.2.1\t1024\t198.51.100.1\t53\tudp\n";
  }
  return text;
}

TEST_F(Growth, CutsTheTailOfAZeekLogByTheHeadBeforeIt) {
  const std::string half = zeek_head(kPlainFields) + zeek_lines(4);
  add(half);
  const AddOutcome second =
      add(zeek_head(kPlainFields) + zeek_lines(9) + "#close\t2016-05-02-11-00-00\n");
  EXPECT_EQ(second.evidence.format, "zeek_conn");
  EXPECT_EQ(second.evidence.predecessor, 1u);
  EXPECT_EQ(second.evidence.begin_offset, half.size());
  EXPECT_EQ(second.evidence.balance.units, 6u);
  EXPECT_EQ(second.evidence.balance.used, 5u);
  EXPECT_EQ(second.evidence.balance.blank, 1u);
  auto opened = Case::open(at("case"), still_surroundings());
  EXPECT_TRUE(opened->verify(true)->problems.empty());
}

TEST_F(Growth, CutsATailByTheLastOfSeveralHeadsHoweverFarBack) {
  // The second head lies beyond what sniffing looks at.
  const std::string before = zeek_head(kPlainFields) + zeek_lines(2'000) +
                             "#close\t2016-05-02-11-00-00\n" + zeek_head(kOtherFields);
  ASSERT_GT(before.size(), kSniffBytes);
  add(before + zeek_lines(3, true));
  const AddOutcome second = add(before + zeek_lines(5, true));
  EXPECT_EQ(second.evidence.predecessor, 1u);
  EXPECT_EQ(second.evidence.balance.used, 2u);
  EXPECT_EQ(second.evidence.balance.rejected, 0u);
}

TEST_F(Growth, TakesANewHeadInTheTail) {
  const std::string before = zeek_head(kPlainFields) + zeek_lines(3);
  add(before);
  const AddOutcome second = add(before + zeek_head(kOtherFields) + zeek_lines(5, true));
  EXPECT_EQ(second.evidence.balance.used, 5u);
  EXPECT_EQ(second.evidence.balance.rejected, 0u);
  const AddOutcome third = add(before + zeek_head(kOtherFields) + zeek_lines(6, true));
  EXPECT_EQ(third.evidence.predecessor, 2u);
  EXPECT_EQ(third.evidence.balance.used, 1u);
}

TEST_F(Growth, CountsEachLineOfAZeekLogOnceWhereverItWasCut) {
  const std::string whole = zeek_head(kPlainFields) + zeek_lines(3);
  for (std::size_t cut = 1; cut < 160; cut += 23) {
    init();
    const AddOutcome first = add(whole.substr(0, whole.size() - cut));
    if (first.evidence.format != "zeek_conn") continue;
    const AddOutcome second = add(whole);
    ASSERT_EQ(second.evidence.predecessor, 1u) << cut;
    EXPECT_EQ(first.evidence.rows() + second.evidence.rows(), 3u) << "cut by " << cut;
  }
}

TEST_F(Growth, ReadsTheTailOfZeekInJsonAndOfAnExchangeLog) {
  const std::string line =
      "{\"_path\":\"conn\",\"ts\":1462183200.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\","
      "\"id.orig_p\":1024,\"id.resp_h\":\"198.51.100.1\",\"id.resp_p\":53,\"proto\":\"udp\"}\n";
  add(line);
  const AddOutcome json = add(line + line + line);
  EXPECT_EQ(json.evidence.predecessor, 1u);
  EXPECT_EQ(json.evidence.rows(), 2u);
  init();
  const std::string head =
      "#Software: Microsoft Exchange Server\r\n#Log-type: Message Tracking Log\r\n"
      "#Fields: date-time,client-ip,event-id,recipient-address,sender-address\r\n";
  const std::string row =
      "2016-05-02T10:00:00.000Z,192.0.2.1,RECEIVE,a@clinic.example,b@bank.example\r\n";
  add(head + row);
  const AddOutcome mail = add(head + row + row);
  EXPECT_EQ(mail.evidence.format, "exchange_tracking");
  EXPECT_EQ(mail.evidence.predecessor, 1u);
  EXPECT_EQ(mail.evidence.rows(), 1u);
  EXPECT_EQ(mail.evidence.balance.rejected, 0u);
}

std::string note_of(const Evidence& evidence, std::string_view code) {
  for (const Note& note : evidence.notes) {
    if (note.code == code) return note.text;
  }
  return "";
}
const std::string kHolds = "input.contains_evidence";
const std::string kLiesIn = "input.contained_in_evidence";

TEST_F(Growth, SaysThatAFileOfAnotherNameBeginsWithAnEvidence) {
  const std::string half = query_log(6);
  add(half, "", "monday.log");
  const AddOutcome second = add(query_log(9), "", "tuesday.log");
  EXPECT_EQ(second.evidence.predecessor, 0u);
  EXPECT_EQ(second.evidence.rows(), 9u);
  EXPECT_EQ(note_of(second.evidence, kHolds),
            "its first " + std::to_string(half.size()) +
                " bytes are those of dns-1: what both tell is counted twice; a case without dns-1 "
                "counts it once");
  EXPECT_EQ(note_of(second.evidence, kLiesIn), "");
  auto opened = Case::open(at("case"), still_surroundings());
  EXPECT_EQ(note_of(opened->evidences().back(), kHolds), note_of(second.evidence, kHolds))
      << "the chain keeps it";
  EXPECT_TRUE(opened->verify(true)->problems.empty());
}

TEST_F(Growth, SaysThatAFileIsTheBeginningOfAnEvidence) {
  const std::string half = query_log(6);
  add(query_log(9), "", "tuesday.log");
  const AddOutcome second = add(half, "", "monday.log");
  EXPECT_EQ(note_of(second.evidence, kLiesIn),
            "its bytes are the first " + std::to_string(half.size()) +
                " of dns-1: what both tell is counted twice; a case without dns-2 counts it once");
  EXPECT_EQ(note_of(second.evidence, kHolds), "");
}

TEST_F(Growth, SaysThatARotatedCompressedCopyBeginsWithAnEvidence) {
  add(query_log(6), "", "query.log.1");
  const AddOutcome second =
      add(archive_of(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, {{"query.log", query_log(9)}}), "",
          "query.log.1.gz");
  ASSERT_EQ(second.evidence.encoding, "gzip");
  EXPECT_TRUE(note_of(second.evidence, kHolds).starts_with("decompressed, its first"));
}

TEST_F(Growth, FindsAnEvidenceWhoseFileIsGoneOrHasAnotherContentByItsSealAlone) {
  add(query_log(6), "", "query.log");
  add(query_log(7, 500), "", "query.log");  // rotated: the path is another log's
  EXPECT_NE(note_of(add(query_log(9), "", "other.log").evidence, kHolds), "");
  init();
  add(query_log(6), "", "query.log");
  std::filesystem::remove(at("query.log"));
  EXPECT_NE(note_of(add(query_log(9), "", "other.log").evidence, kHolds), "");
}

TEST_F(Growth, TakesNoFileForPartOfAnEvidenceThatLiesThereNoLonger) {
  add(query_log(9), "", "tuesday.log");
  write_all_to(at("tuesday.log"), query_log(6) + query_log(3, 700));
  EXPECT_EQ(note_of(add(query_log(7), "", "monday.log").evidence, kLiesIn), "");
}

TEST_F(Growth, SaysNothingOfATailNorOfLogsThatOnlyBeginAlike) {
  add(query_log(6));
  const AddOutcome tail = add(query_log(9));
  ASSERT_EQ(tail.evidence.predecessor, 1u);
  const AddOutcome third = add(query_log(12));
  ASSERT_EQ(third.evidence.predecessor, 2u);
  const AddOutcome other = add(query_log(5) + query_log(20, 300), "", "other.log");
  for (const AddOutcome* outcome : {&tail, &third, &other}) {
    EXPECT_EQ(note_of(outcome->evidence, kHolds), "");
    EXPECT_EQ(note_of(outcome->evidence, kLiesIn), "");
  }
}

TEST_F(Growth, NamesTheLongestOfSeveralEvidencesThatAFileBeginsWith) {
  add(query_log(6), "", "a.log");
  add(query_log(8), "", "b.log");
  const AddOutcome third = add(query_log(10), "", "c.log");
  EXPECT_NE(note_of(third.evidence, kHolds).find("those of dns-2:"), std::string::npos);
  for (const Note& note : third.evidence.notes) {
    EXPECT_EQ(note.count, note.code == kHolds ? 2u : note.count);
  }
}

TEST_F(Growth, SaysThatAMailboxGrewWhichIsNotReadFromItsTail) {
  const auto mail = [](int number) {
    return "From a@bank.example Wed May  4 10:00:00 2016\nFrom: a@bank.example\n"
           "To: b@clinic.example\nDate: Wed, 04 May 2016 10:00:00 +0000\nMessage-ID: <" +
           std::to_string(number) + "@bank.example>\n\n" + std::string(300, 'x') + "\n\n";
  };
  add(mail(1) + mail(2), "", "box");
  const AddOutcome second = add(mail(1) + mail(2) + mail(3), "", "box");
  EXPECT_EQ(second.evidence.format, "mbox");
  EXPECT_NE(note_of(second.evidence, kHolds), "");
}

}  // namespace
}  // namespace assay::test
