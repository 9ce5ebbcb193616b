// Lists of indicators: delimited text, STIX bundles, MISP events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_checks.h"

namespace assay {
namespace {

using test::CollectingSink;
using testing::ElementsAre;

void read(const char* reader, std::string_view text, CollectingSink& sink) {
  EXPECT_TRUE(test::read_bytes(*find_reader(reader), text, sink).ok());
}

class IndicatorLists : public testing::TestWithParam<const char*> {};

TEST_P(IndicatorLists, AreReadAsTheGoldenFilesSay) { test::expect_samples_of(GetParam()); }
TEST_P(IndicatorLists, StayInBalanceUnderDamage) { test::expect_damage_does_no_harm(GetParam()); }
TEST_P(IndicatorLists, TakeNobodyElsesFiles) { test::expect_sniffs_only_its_own(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Formats, IndicatorLists,
                         testing::Values("indicator_list", "stix_bundle", "misp_event"));

TEST(IndicatorList, ADayAsEndLastsToItsLastMoment) {
  CollectingSink sink;
  read("indicator_list",
       "indicator,type,valid_from,valid_until\nx.example,domain,2016-05-01,2016-05-02\n", sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.records[0].time_us, utc_micros({2016, 5, 1}));
  EXPECT_EQ(sink.records[0].until_us, utc_micros({2016, 5, 3}) - 1);
  EXPECT_THAT(sink.texts_of(1, "valid_until"), ElementsAre("2016-05-02T23:59:59.999999Z"));
}

TEST(IndicatorList, AnEndWithoutAStartIsKept) {
  CollectingSink sink;
  read("indicator_list", "indicator,type,valid_until\nx.example,domain,2016-05-02T10:00:00Z\n",
       sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_TRUE(sink.records[0].flags & kTimeUnknown);
  EXPECT_THAT(sink.texts_of(1, "valid_until"), ElementsAre("2016-05-02T10:00:00.999999Z"));
}

TEST(IndicatorList, ItsPeriodWidensNoSpanOfTheEvidence) {
  CollectingSink sink;
  read("indicator_list", "indicator,type,valid_from\nx.example,domain,2001-05-02\n", sink);
  EXPECT_FALSE(sink.span().has_value());
}

}  // namespace
}  // namespace assay
