#include "assay/instant.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Instant, NamesATimeThatItLiesIn) {
  // A stamp of whole seconds, less the delay that the log tells.
  const std::int64_t us = utc_micros({2026, 11, 22, 8, 5, 31, 0}) - 145'000;
  EXPECT_EQ(format_instant({us, 1'000'000}), "2026-11-22T08:05:30.855Z");
  EXPECT_EQ(format_instant({us + 145'000, 1'000'000}), "2026-11-22T08:05:31Z");
  EXPECT_EQ(format_instant({us + 7, 1'000}), "2026-11-22T08:05:30.855007Z");
  EXPECT_EQ(format_instant({-1, 1'000'000}), "1969-12-31T23:59:59.999999Z");
}

TEST(Instant, PrintsAndReadsUtc) {
  const auto instant = parse_rfc3339("2016-09-23T13:56:29.000Z");
  ASSERT_TRUE(instant.ok());
  EXPECT_EQ(instant->us, 1'474'638'989'000'000);
  EXPECT_EQ(instant->width_us, 1'000u);
  EXPECT_EQ(format_utc(instant->us, 3), "2016-09-23T13:56:29.000Z");
  EXPECT_EQ(format_instant(*instant), "2016-09-23T13:56:29.000Z");
}

TEST(Instant, WholeSecondIsASecondWide) {
  const auto instant = parse_rfc3339("2016-09-23 13:56:29");
  ASSERT_TRUE(instant.ok());
  EXPECT_EQ(instant->width_us, 1'000'000u);
  EXPECT_EQ(format_instant(*instant), "2016-09-23T13:56:29Z");
}

TEST(Instant, OffsetIsTakenOff) {
  EXPECT_EQ(parse_rfc3339("2016-09-23T16:56:29+03:00")->us,
            parse_rfc3339("2016-09-23T13:56:29Z")->us);
  EXPECT_EQ(parse_rfc3339("2016-09-23T09:56:29-0400")->us,
            parse_rfc3339("2016-09-23T13:56:29Z")->us);
}

TEST(Instant, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2016", "2016-02-30", "2016-01-01T25:00:00Z", "2016-01-01T00:00:00X",
                           "2016-01-01T00:00:00.Z", "tomorrow", "2016-01-01T"}) {
    EXPECT_FALSE(parse_rfc3339(text).ok()) << text;
  }
}

TEST(Instant, CalendarRoundTripsOverManyDays) {
  for (std::int64_t day = -800'000; day < 800'000; day += 997) {
    const CivilTime civil = civil_from_utc(day * kMicrosPerDay);
    EXPECT_EQ(days_from_civil(civil.year, civil.month, civil.day), day);
  }
  EXPECT_EQ(weekday_of(days_from_civil(2016, 5, 4)), 2);  // a Wednesday
}

TEST(Interval, BareEndDateIncludesThatDay) {
  const auto interval = parse_interval("2016-05-04/2016-09-23");
  ASSERT_TRUE(interval.ok());
  EXPECT_EQ(format_interval(*interval), "2016-05-04T00:00:00Z/2016-09-24T00:00:00Z");
  EXPECT_FALSE(parse_interval("2016-05-04/2016-05-03").ok());
  EXPECT_FALSE(parse_interval("2016-05-04").ok());
}

TEST(Interval, UncoveredPartsAreFound) {
  const auto gaps = uncovered({0, 100}, {{50, 60}, {10, 20}, {15, 30}, {90, 200}});
  ASSERT_EQ(gaps.size(), 3u);
  EXPECT_EQ(gaps[0], (Interval{0, 10}));
  EXPECT_EQ(gaps[1], (Interval{30, 50}));
  EXPECT_EQ(gaps[2], (Interval{60, 90}));
}

TEST(Zone, AmbiguousHourIsAnHourWide) {
  const auto zone = Zone::find("Europe/Berlin");
  ASSERT_TRUE(zone.ok());
  // 2016-10-30 02:30 happened twice in Berlin: 00:30Z and 01:30Z.
  const UtcReading reading = zone->to_utc(parse_rfc3339("2016-10-30T02:30:00Z")->us);
  EXPECT_TRUE(reading.is_ambiguous);
  EXPECT_EQ(format_utc(reading.us), "2016-10-30T00:30:00Z");
  EXPECT_EQ(reading.extra_width_us, 3'600'000'000u);
  // 2016-03-27 02:30 never happened there.
  EXPECT_TRUE(zone->to_utc(parse_rfc3339("2016-03-27T02:30:00Z")->us).is_nonexistent);
}

TEST(Zone, PrintsWithItsOffset) {
  const auto zone = Zone::find("America/New_York");
  ASSERT_TRUE(zone.ok());
  EXPECT_EQ(zone->format(parse_rfc3339("2016-07-01T12:00:00Z")->us), "2016-07-01T08:00:00-04:00");
  EXPECT_EQ(Zone().format(0), "1970-01-01T00:00:00Z");
  const auto fixed = Zone::find("+05:30");
  ASSERT_TRUE(fixed.ok());
  EXPECT_EQ(fixed->format(0), "1970-01-01T05:30:00+05:30");
}

TEST(Zone, NamesTheNearestZone) {
  const auto zone = Zone::find("Europe/Berln");
  ASSERT_FALSE(zone.ok());
  EXPECT_NE(zone.error().mend.find("Europe/Berlin"), std::string::npos);
}

}  // namespace
}  // namespace assay
