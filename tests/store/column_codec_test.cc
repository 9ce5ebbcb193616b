#include "store/column_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace assay::testing {
namespace {

template <class T>
void expect_back(const std::vector<T>& values, const std::string& what) {
  std::string bytes;
  encode_column(values, bytes);
  const std::size_t size = bytes.size();
  bytes.append(kBlockSlack, '\0');
  std::string_view rest(bytes.data(), size);
  ColumnView view;
  ASSERT_TRUE(view.parse(rest, values.size())) << what;
  EXPECT_TRUE(rest.empty()) << what;
  std::vector<T> back(values.size());
  view.copy(0, values.size(), back.data());
  EXPECT_EQ(back, values) << what;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(static_cast<T>(view.at(i)), values[i]) << what;
  }
  const std::size_t from = values.size() / 3, count = values.size() / 2;
  std::vector<T> slice(count);
  view.copy(from, count, slice.data());
  EXPECT_TRUE(std::equal(slice.begin(), slice.end(), values.begin() + static_cast<long>(from)))
      << what;
  for (std::size_t cut = 0; cut < size; cut += 1 + size / 50) {
    std::string_view part(bytes.data(), cut);
    EXPECT_FALSE(ColumnView().parse(part, values.size())) << what << ", cut at " << cut;
  }
}

TEST(ColumnCodec, GivesBackValuesOfEveryWidthAndStep) {
  std::mt19937_64 random(1);
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (const std::uint64_t step : {1ull, 1'000ull, 1'000'000ull, 7ull}) {
      for (const std::size_t different : {1u, 2u, 200u, 1'000u}) {
        std::vector<std::uint64_t> some(different);
        for (auto& value : some) value = (random() & ((2ull << bits) - 1)) / step * step;
        const std::uint64_t base = random();
        std::vector<std::uint64_t> wide;
        std::vector<std::int64_t> times;
        for (int i = 0; i < 400; ++i) {
          const std::uint64_t value = some[random() % some.size()];
          wide.push_back(base + value);
          times.push_back(static_cast<std::int64_t>(value) - 5'000'000);
        }
        const std::string what = std::to_string(bits) + " bits, step " + std::to_string(step) +
                                 ", " + std::to_string(different) + " values";
        expect_back(wide, what);
        expect_back(times, what);
      }
    }
  }
}

TEST(ColumnCodec, GivesBackNarrowTypesAndTheirLimits) {
  std::mt19937 random(2);
  std::vector<std::uint16_t> ports;
  std::vector<std::uint32_t> numbers;
  for (int i = 0; i < 1'000; ++i) {
    ports.push_back(static_cast<std::uint16_t>(random()));
    numbers.push_back(static_cast<std::uint32_t>(random()));
  }
  expect_back(ports, "ports");
  expect_back(numbers, "numbers");
  expect_back(std::vector<std::uint16_t>{0, 0xffff}, "limits of 16 bits");
  expect_back(std::vector<std::uint64_t>{0, ~0ull, 1}, "limits of 64 bits");
  expect_back(std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min(), 0,
                                        std::numeric_limits<std::int64_t>::max()},
              "limits of times");
}

}  // namespace
}  // namespace assay::testing
