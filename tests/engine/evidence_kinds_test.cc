// What an evidence tells of: from what its readers made of it, not from its file's name or number.
#include <gmock/gmock.h>

#include "assay/reader.h"
#include "case_support.h"

namespace assay::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class EvidenceKinds : public ::testing::Test {
 protected:
  const Evidence& added(AddRequest request) {
    EXPECT_TRUE(made_.add(request).ok());
    return made_.evidences().back();
  }
  AddRequest request(const std::string& path) const {
    AddRequest request;
    request.paths = {path};
    return request;
  }
  TempFolder folder_;
  Case made_ = Case::init(folder_ / "case", "T", "UTC", 7, still_surroundings()).value();
};

TEST_F(EvidenceKinds, NamesAPaymentListForItsPayments) {
  const Evidence& list = added(request("tests/data/readers/delimited/payments.csv"));
  EXPECT_EQ(list.id, "payment-1");
  EXPECT_TRUE(list.tells_of("payment"));
  EXPECT_FALSE(list.tells_of("dns"));
}

TEST_F(EvidenceKinds, TakesTheKindOfTheMapping) {
  AddRequest mapped = request("tests/data/readers/delimited/flows-mapped.csv");
  mapped.mapping_path = "tests/data/readers/delimited/flows-mapped.csv.toml";
  mapped.as_format = "delimited";
  EXPECT_EQ(added(mapped).id, "flow-1");
}

TEST_F(EvidenceKinds, CountsEachKindOfAFileThatHoldsSeveralAndKeepsThemInTheChain) {
  const Evidence events = added(request("tests/data/readers/suricata_eve/eve.json"));
  EXPECT_TRUE(events.tells_of("dns"));
  EXPECT_TRUE(events.tells_of("flow"));
  EXPECT_GT(events.kinds.at("flow"), 0u);
  const Case again = Case::open(folder_ / "case", still_surroundings()).value();
  EXPECT_EQ(again.evidences().back().kinds, events.kinds);
}

TEST_F(EvidenceKinds, TellsOfLookUpsOnceAnUnknownFileIsReadAsALog) {
  // Look-ups behind so much else that no sniffer sees them.
  write_all_to(folder_ / "odd.txt", std::string(kSniffBytes, '-') + "\n" + query_log(1));
  EXPECT_TRUE(added(request(folder_ / "odd.txt")).tells_of("file"));
  AddRequest stated = request(folder_ / "odd.txt");
  stated.as_format = "bind_querylog";
  stated.restate = true;
  const Evidence& read = added(stated);
  EXPECT_EQ(read.id, "file-1");
  EXPECT_THAT(read.kinds, ElementsAre(Pair("dns", 1u)));
  EXPECT_FALSE(read.tells_of("file"));
}

TEST_F(EvidenceKinds, TellsOfWhatItWasReadForEvenWithoutARecord) {
  write_all_to(folder_ / "q.log", "nothing of ours\n");
  AddRequest stated = request(folder_ / "q.log");
  stated.as_format = "bind_querylog";
  EXPECT_THAT(added(stated).kinds, ElementsAre(Pair("dns", 0u)));
}

}  // namespace
}  // namespace assay::test
