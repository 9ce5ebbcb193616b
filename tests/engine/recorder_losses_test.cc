// From what a recorder says of itself to the finding that speaks of coverage.
#include "engine/recorder_losses.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "case_support.h"

namespace assay::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kFirst = 1'462'320'000;  // 2016-05-04T00:00:00Z

std::string loss_log(double percent) {
  std::string text =
      "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
      "#path\tcapture_loss\n#fields\tts\tts_delta\tpeer\tgaps\tacks\tpercent_lost\n";
  for (int i = 1; i <= 4; ++i) {
    const double lost = i == 2 ? percent : 0;
    text += std::to_string(kFirst + i * 900) + ".000000\t900.000000\tzeek\t" +
            std::to_string(static_cast<int>(lost)) + "\t100\t" + std::to_string(lost) + "\n";
  }
  return text;
}

// A query log of one hour, declared complete, with what its recorder says in `folder`.
class RecorderLosses : public ::testing::Test {
 protected:
  nlohmann::json coverage_with(const std::string& name, const std::string& said,
                               const std::string& folder, Vantage vantage = Vantage::unknown) {
    std::filesystem::remove_all(folder_ / "case");
    for (const char* each : {"a", "b"}) std::filesystem::create_directory(folder_ / each);
    write_all_to(folder_ / "a/query.log", query_log(6));
    write_all_to(folder_ / (folder + "/" + name), said);
    Case made = Case::init(folder_ / "case", "T", "UTC", 7, still_surroundings()).value();
    AddRequest request;
    request.paths = {folder_ / "a/query.log"};
    request.vantage = Vantage::authoritative;
    const Interval hour = parse_interval("2016-05-04T00:00:00Z/2016-05-04T01:00:00Z").value();
    request.coverage.completeness = Completeness::complete;
    request.coverage.intervals = {hour};
    EXPECT_TRUE(made.add(request).ok());
    AddRequest told;
    told.paths = {folder_ / (folder + "/" + name)};
    told.vantage = vantage;
    EXPECT_TRUE(made.add(told).ok());
    EXPECT_GT(made.evidences().back().rows(), 0u);
    Party bank{.name = "Bank"}, sender{.name = "Sender"};
    bank.addresses.push_back(IpPrefix::parse("198.51.100.0/24").value());
    sender.names.push_back(NamePattern::parse("mail2.sender.example").value());
    EXPECT_TRUE(made.add_party(bank).ok());
    EXPECT_TRUE(made.add_party(sender).ok());
    Question question;
    question.between = {"Bank", "Sender"};
    question.window = hour;
    EXPECT_TRUE(made.ask(question).ok());
    const auto examined = made.examine();
    EXPECT_TRUE(examined.ok()) << (examined.ok() ? "" : examined.error().message);
    for (const std::string& line : lines_of(read_all(folder_ / "case/findings.jsonl"))) {
      auto finding = nlohmann::json::parse(line);
      if (finding.value("subject", "") == "dns" && finding.value("method", "") == "coverage") {
        return finding;
      }
    }
    ADD_FAILURE() << "no coverage finding";
    return {};
  }
  std::string text_with(const std::string& name, const std::string& said, const std::string& folder,
                        Vantage vantage = Vantage::unknown) {
    return coverage_with(name, said, folder, vantage).dump();
  }
  TempFolder folder_;
};

TEST_F(RecorderLosses, KeepCompleteCoverageFromVouching) {
  EXPECT_THAT(text_with("capture_loss.log", loss_log(4.5), "a"),
              AllOf(HasSubstr("lossy, not complete"), HasSubstr("4.5 %"),
                    HasSubstr("2016-05-04T00:15:00Z"), Not(HasSubstr("Established"))));
}

TEST_F(RecorderLosses, AreNoneWhereTheRecorderLostNothing) {
  EXPECT_THAT(text_with("capture_loss.log", loss_log(0), "a"),
              AllOf(Not(HasSubstr("lossy")), HasSubstr("Established")));
}

TEST_F(RecorderLosses, SpeakOfNoLogInAnotherFolderOrOfAnotherVantage) {
  EXPECT_THAT(text_with("capture_loss.log", loss_log(4.5), "b"), Not(HasSubstr("lossy")));
  EXPECT_THAT(text_with("capture_loss.log", loss_log(4.5), "a", Vantage::passive_sensor),
              Not(HasSubstr("lossy")));
  EXPECT_THAT(text_with("capture_loss.log", loss_log(4.5), "a", Vantage::authoritative),
              HasSubstr("lossy"));
}

TEST_F(RecorderLosses, AreDifferencesOfWhatSuricataCounts) {
  std::string text;
  for (const auto& [minute, packets, drops] :
       {std::tuple{5, 1'000, 0}, std::tuple{10, 2'000, 100}, std::tuple{15, 3'000, 100},
        std::tuple{20, 500, 0}}) {
    char line[300];
    std::snprintf(line, sizeof line,
                  "{\"timestamp\":\"2016-05-04T00:%02d:00.000000+0000\",\"event_type\":\"stats\","
                  "\"stats\":{\"capture\":{\"kernel_packets\":%d,\"kernel_drops\":%d}}}\n",
                  minute, packets, drops);
    text += line;
  }
  const auto finding = coverage_with("eve.json", text, "a");
  EXPECT_THAT(finding.dump(), AllOf(HasSubstr("lossy"), HasSubstr("00:05:00Z"), HasSubstr("10")));
  double intervals = 0;
  for (const auto& quantity : finding["quantities"]) {
    if (quantity["name"] == "loss_intervals") intervals = quantity["value"];
  }
  EXPECT_EQ(intervals, 1);
}

}  // namespace
}  // namespace assay::test
