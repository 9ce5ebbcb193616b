// Outlook's folders through readpst: mostly a script that is called so, so that the tests decide
// what it does; what the real one does to damage is asked of it where it is installed.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <zlib.h>

#include "archive_support.h"
#include "case_support.h"
#include "engine/pst_folders.h"
#include "engine/pst_text.h"
#include "text_source.h"

namespace assay::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kPst = "!BDN and no more: what is in it, the script below knows";

class PstTest : public ::testing::Test {
 protected:
  PstTest() : path_before_(std::getenv("PATH")) {
    std::filesystem::create_directory(folder_ / "bin");
    ::setenv("PATH", (folder_ / "bin:/usr/bin:/bin").c_str(), 1);
  }
  ~PstTest() override { ::setenv("PATH", path_before_.c_str(), 1); }

  // A program called readpst: "$OUT" is where it writes, "$PST" what it reads.
  void install(const std::string& body, const std::string& version = "ReadPST / LibPST v0") {
    write_all_to(folder_ / "bin/readpst", "#!/bin/sh\n[ \"$1\" = -V ] && { echo '" + version +
                                              "'; exit; }\nOUT=$5 PST=$6\ncd $OUT\n" + body);
    ::chmod((folder_ / "bin/readpst").c_str(), 0755);
  }
  void install_none() { ::setenv("PATH", (folder_ / "none").c_str(), 1); }

  Case make(const std::string& bytes = kPst, const std::string& name = "mail.pst") {
    write_all_to(folder_ / name, bytes);
    Case made = Case::init(folder_ / "case", "T", "UTC", 7, still_surroundings()).value();
    outcomes_ = add_files(made, {folder_ / name});
    return made;
  }

  // Runs the script on a file alone; what it leaves, by name, and the error behind it.
  std::vector<std::string> unpack(const PstLimits& limits, std::string& damage) {
    write_all_to(folder_ / "mail.pst", kPst);
    auto file = open_for_reading(folder_ / "mail.pst");
    DescriptorSource source(file->number(), "mail.pst", stop_, {});
    auto reader = open_pst(source, folder_.path(), limits);
    if (!reader.ok()) {
      damage = reader.error().code == ErrorCode::interrupted ? "interrupted: " : "";
      damage += reader.error().message;
      return {};
    }
    std::vector<std::string> members;
    ArchiveMember member;
    for (auto more = (*reader)->next(member);; more = (*reader)->next(member)) {
      if (!more.ok()) damage = more.error().message;
      if (!more.ok() || !*more) return members;
      members.push_back(member.path);
    }
  }

  std::vector<std::string> left_overs(const std::string& in) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(in)) {
      const std::string name = entry.path().filename();
      if (name.starts_with(".readpst")) names.push_back(name);
    }
    return names;
  }

  TempFolder folder_;
  std::string path_before_;
  std::vector<AddOutcome> outcomes_;
  const std::atomic<bool>* stop_ = nullptr;
};

constexpr const char* kTwoFolders = R"SH(
message() {
  echo 'From "sender@bank.example" Mon May  2 10:00:0'"$1 2016"
  echo 'From: sender@bank.example'
  echo 'To: clinic@clinic.example'
  echo "Date: Mon, 02 May 2016 10:00:0$1 +0000"
  echo "Message-Id: <$1@bank.example>"
  echo 'MIME-Version: 1.0'
  echo 'Content-Type: multipart/mixed;'
  echo "	boundary=\"--boundary-LibPST-iamunique-$$$1_-_-\""
  echo
  echo "----boundary-LibPST-iamunique-$$$1_-_-"
  echo 'Content-Type: text/plain'
  echo
  echo "Text $1"
  echo
  echo "----boundary-LibPST-iamunique-$$$1_-_---"
  echo
}
{ message 1; message 2; } > Inbox.mbox
message 3 > 'Sent Items.mbox'
echo "DTSTAMP:$(date -u +%Y%m%dT%H%M%SZ)" > Calendar.calendar
printf '\t"Inbox" - 2 items done, 3 items skipped.\n'
printf '\t"Sent Items" - 1 items done, 4 items skipped.\n'
)SH";

std::string rows_of(Case& opened) {
  std::string rows;
  const Status status = opened.export_records({}, [&](std::string_view text) {
    rows += text;
    return true;
  });
  return status.ok() ? rows : status.error().message;
}

TEST_F(PstTest, MakesEachFolderEvidenceOfItsOwn) {
  install(kTwoFolders);
  const Case made = make();
  ASSERT_EQ(made.evidences().size(), 4u);
  const Evidence& whole = made.evidences()[0];
  EXPECT_EQ(whole.id, "archive-1");
  EXPECT_EQ(whole.state, ReadState::container);
  ASSERT_EQ(whole.notes.size(), 3u);
  EXPECT_EQ(whole.notes[1].code, "pst.items_skipped");
  EXPECT_EQ(whole.notes[1].count, 7u);
  EXPECT_EQ(whole.notes[2].text, "ReadPST / LibPST v0");
  const Evidence& inbox = member_of(made, "Inbox.mbox");
  EXPECT_EQ(inbox.format, "mbox");
  EXPECT_EQ(inbox.balance.units, 2u);
  EXPECT_EQ(inbox.balance.used, 2u);
  EXPECT_EQ(member_of(made, "Sent Items.mbox").balance.used, 1u);
  EXPECT_EQ(member_of(made, "Calendar.calendar").state, ReadState::unreadable);
  EXPECT_THAT(left_overs(folder_ / "case"), IsEmpty());
}

TEST_F(PstTest, ReadsTheSameRowsAgainThoughBoundariesAndStampsAreOthers) {
  install(kTwoFolders);
  Case made = make();
  const std::string before = rows_of(made);
  EXPECT_THAT(before, HasSubstr("1@bank.example"));
  auto again = Case::open(folder_ / "case", still_surroundings());
  EXPECT_EQ(rows_of(*again), before);
}

TEST_F(PstTest, ShowsTheBytesOfAMessage) {
  install(kTwoFolders);
  Case made = make();
  const auto shown = made.show(member_of(made, "Sent Items.mbox").id + ":0");
  ASSERT_TRUE(shown.ok()) << shown.error().message;
  EXPECT_THAT(*shown, HasSubstr("boundary-LibPST-iamunique-1_-_-"));
}

TEST_F(PstTest, SaysWhatIsMissingWithoutReadpstAndReadsItWhenItIsThere) {
  install_none();
  Case made = make();
  ASSERT_EQ(made.evidences().size(), 1u);
  EXPECT_EQ(made.evidences()[0].format, "pst");
  ASSERT_EQ(made.reject_summaries("").size(), 1u);
  EXPECT_EQ(made.reject_summaries("")[0].code, "pst.not_read");
  install(kTwoFolders);
  ::setenv("PATH", (folder_ / "bin:/usr/bin:/bin").c_str(), 1);
  AddRequest request;
  request.paths = {folder_ / "mail.pst"};
  request.restate = true;
  ASSERT_TRUE(made.add(request).ok());
  EXPECT_EQ(made.evidences()[0].id, "archive-1");
  EXPECT_EQ(made.evidences()[0].state, ReadState::container);
  EXPECT_EQ(member_of(made, "Inbox.mbox").balance.used, 2u);
  EXPECT_TRUE(made.reject_summaries("").empty());
  auto again = Case::open(folder_ / "case", still_surroundings());
  ASSERT_TRUE(again.ok());
  EXPECT_THAT(again->verify(false)->problems, IsEmpty());
}

TEST_F(PstTest, CannotReadAgainWithoutReadpst) {
  install(kTwoFolders);
  make();
  install_none();
  auto again = Case::open(folder_ / "case", still_surroundings());
  EXPECT_THAT(rows_of(*again), HasSubstr("there is no readpst"));
}

TEST_F(PstTest, NamesBothVersionsWhenAnotherOneWritesOtherwise) {
  install(kTwoFolders);
  make();
  install("echo 'From nobody' > Inbox.mbox", "ReadPST / LibPST v1");
  auto again = Case::open(folder_ / "case", still_surroundings());
  EXPECT_THAT(rows_of(*again),
              AllOf(HasSubstr("were written by ReadPST / LibPST v0"), HasSubstr("LibPST v1")));
}

TEST_F(PstTest, TakesAMemberThatIsGoneForADifference) {
  install(kTwoFolders);
  make();
  install("true");
  auto again = Case::open(folder_ / "case", still_surroundings());
  EXPECT_THAT(rows_of(*again), HasSubstr("is not in archive-1 any more"));
}

TEST_F(PstTest, UnpacksFoldersThatLieInAnArchive) {
  install(kTwoFolders);
  const Case made =
      make(archive_of(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, {{"a/mail.pst", kPst}}), "all.zip");
  EXPECT_EQ(member_of(made, "a/mail.pst").state, ReadState::container);
  EXPECT_EQ(member_of(made, "Inbox.mbox").balance.used, 2u);
}

TEST_F(PstTest, UnpacksCompressedFolders) {
  install(kTwoFolders);
  gzFile out = gzopen((folder_ / "mail.pst.gz").c_str(), "wb");
  gzputs(out, kPst);
  gzclose(out);
  install(std::string("grep -q '!BDN' \"$PST\" || exit 3\n") + kTwoFolders);
  const Case made = make(read_all(folder_ / "mail.pst.gz"), "again.pst.gz");
  EXPECT_EQ(made.evidences()[0].encoding, "gzip");
  EXPECT_EQ(member_of(made, "Inbox.mbox").balance.used, 2u);
}

TEST_F(PstTest, HandsTheFileOnAsItIs) {
  install("cp \"$PST\" kept");
  write_all_to(folder_ / "mail.pst", kPst);
  auto file = open_for_reading(folder_ / "mail.pst");
  DescriptorSource source(file->number(), "mail.pst", nullptr, {});
  auto reader = open_pst(source, folder_.path(), pst_limits(100));
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  ArchiveMember member;
  ASSERT_TRUE(*(*reader)->next(member));
  char bytes[100];
  const auto count = (*reader)->data().read(bytes, sizeof bytes);
  EXPECT_EQ(std::string(bytes, *count), kPst);
}

TEST_F(PstTest, GivesTheProgramNoEnvironmentOfOurs) {
  ::setenv("ASSAY_SECRET", "1", 1);
  install("env > kept; [ -z \"$ASSAY_SECRET\" ] || exit 9");
  std::string damage;
  EXPECT_THAT(unpack(pst_limits(100), damage), ElementsAre("kept"));
  EXPECT_EQ(damage, "");
  ::unsetenv("ASSAY_SECRET");
}

TEST_F(PstTest, KeepsWhatACrashedReadpstWroteAndSaysThatItCrashed) {
  install(std::string(kTwoFolders) + "kill -SEGV $$\n");
  const Case made = make();
  EXPECT_EQ(made.evidences()[0].state, ReadState::container);
  EXPECT_EQ(made.evidences()[0].notes[0].code, "archive.damaged");
  EXPECT_THAT(made.evidences()[0].notes[0].text, HasSubstr("readpst crashed (signal 11)"));
  EXPECT_EQ(member_of(made, "Inbox.mbox").balance.used, 2u);
}

TEST_F(PstTest, TellsWhatReadpstSaidWhenItGaveUp) {
  install("echo 'Opening'; printf 'Could not get root record\\001\\n' >&2; exit 1");
  std::string damage;
  EXPECT_THAT(unpack(pst_limits(100), damage), IsEmpty());
  EXPECT_THAT(damage, HasSubstr("gave up (code 1): Could not get root record?;"));
}

TEST_F(PstTest, EndsAReadpstThatHangsAndWhatItStarted) {
  install("echo 1 > A.mbox; sleep 60 & sleep 60");
  std::string damage;
  EXPECT_THAT(unpack({300, 1'000'000, 100}, damage), ElementsAre("A.mbox"));
  EXPECT_THAT(damage, HasSubstr("it ran for more than 0.3 seconds"));
  EXPECT_THAT(left_overs(folder_.path()), IsEmpty());
}

TEST_F(PstTest, EndsAReadpstThatWritesTooMuch) {
  install("while :; do printf '%1000s' x; done > A.mbox");
  std::string damage;
  EXPECT_THAT(unpack({60'000, 100'000, 100}, damage), ElementsAre("A.mbox"));
  EXPECT_THAT(damage, HasSubstr("it wrote more than 100000 bytes"));
}

TEST_F(PstTest, EndsAReadpstThatWritesTooManyFiles) {
  install("i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo > $i; done");
  std::string damage;
  unpack({60'000, 1'000'000, 50}, damage);
  EXPECT_THAT(damage, HasSubstr("it wrote more than 50 files"));
}

TEST_F(PstTest, FollowsNoLinkThatWasLeftForIt) {
  write_all_to(folder_ / "secret", "From nobody\n");
  install("ln -s " + (folder_ / "secret") + " Inbox.mbox");
  std::string damage;
  EXPECT_THAT(unpack(pst_limits(100), damage), IsEmpty());
  EXPECT_THAT(damage, HasSubstr("Inbox.mbox"));
}

TEST_F(PstTest, StopsWhenSomebodyInterrupts) {
  const std::atomic<bool> stop = true;
  stop_ = &stop;
  install("sleep 60");
  std::string damage;
  EXPECT_THAT(unpack(pst_limits(100), damage), IsEmpty());
  EXPECT_THAT(damage, HasSubstr("interrupted: stopped while readpst ran"));
  EXPECT_THAT(left_overs(folder_.path()), IsEmpty());
}

TEST_F(PstTest, SweepsFoldersThatAKilledProcessLeft) {
  std::filesystem::create_directory(folder_ / ".readpst-abcdef");
  write_all_to(folder_ / ".readpst-abcdef/said", "text");
  sweep_pst_folders(folder_.path());
  EXPECT_THAT(left_overs(folder_.path()), IsEmpty());
}

TEST_F(PstTest, TakesWhatOnlyBeginsLikeFoldersForDamage) {
  ::setenv("PATH", path_before_.c_str(), 1);
  if (readpst_version().empty()) GTEST_SKIP() << "readpst is not installed";
  for (const std::size_t size : {4u, 24u, 600u, 20'000u}) {
    std::string bytes = "!BDN";
    for (std::size_t i = 4; i < size; ++i) bytes += static_cast<char>(i * i * 31 >> 3);
    std::filesystem::remove_all(folder_ / "case");
    const Case made = make(bytes);
    ASSERT_EQ(made.evidences().size(), 1u);
    EXPECT_EQ(made.evidences()[0].state, ReadState::container);
    EXPECT_EQ(made.evidences()[0].notes[0].code, "archive.damaged") << size;
  }
}

std::string rewritten(const std::string& text, std::size_t piece, Interval run) {
  TextSource source(text, piece);
  PstText rewriting(source, run);
  std::string result;
  char block[50];
  for (auto count = rewriting.read(block, sizeof block); *count > 0;
       count = rewriting.read(block, sizeof block)) {
    result.append(block, *count);
  }
  return result;
}

TEST(PstText, CountsBoundariesInTheOrderOfTheirDeclaration) {
  const Interval run = parse_interval("2026-11-22T07:41:00Z/2026-11-22T07:42:00Z").value();
  const std::string outer = "boundary-LibPST-iamunique-4711_-_-";
  const std::string inner = "boundary-LibPST-iamunique-8_-_-";
  const std::string text = "boundary-LibPST-iamunique-8_-_- is quoted\n\tboundary=\"--" + outer +
                           "\"\n--" + outer + "\n\tboundary=\"--" + inner + "\"\n--" + inner +
                           "--\n--" + outer + "--\nDTSTAMP:20261122T074130Z\n" +
                           "DTSTAMP:20161122T074130Z\n DTSTAMP:20261122T074130Z\nDTSTAMP:2026";
  const std::string wanted =
      "boundary-LibPST-iamunique-8_-_- is quoted\n"
      "\tboundary=\"--boundary-LibPST-iamunique-1_-_-\"\n--boundary-LibPST-iamunique-1_-_-\n"
      "\tboundary=\"--boundary-LibPST-iamunique-2_-_-\"\n--boundary-LibPST-iamunique-2_-_---\n"
      "--boundary-LibPST-iamunique-1_-_---\nDTSTAMP:19700101T000000Z\n"
      "DTSTAMP:20161122T074130Z\n DTSTAMP:20261122T074130Z\nDTSTAMP:2026";
  for (const std::size_t piece : {1u, 2u, 7u, 63u, 64u, 65u, 100u, 1'000u}) {
    EXPECT_EQ(rewritten(text, piece, run), wanted) << piece;
  }
}

}  // namespace
}  // namespace assay::test
