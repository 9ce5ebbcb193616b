// The times that a record may have: the years 1 to 9999, which is what the store, the methods and
// RFC 3339 can all say. A stamp beyond them is damage or a lie, and sums over it would overflow.
#pragma once

#include <cstdint>
#include <string_view>

namespace assay {

inline constexpr std::int64_t kFirstStorableUs = -62'135'596'800'000'000;  // 0001-01-01
inline constexpr std::int64_t kEndOfStorableUs = 253'402'300'800'000'000;  // 10000-01-01

inline constexpr std::string_view kTimeOutOfRange = "time.out_of_range";
inline constexpr std::string_view kTimeOutOfRangeWhy = "the time lies outside the years 1 to 9999";

// Adds the clock's skew to a time as the evidence states it, whatever the two are. False when the
// sum is no time that a record may have.
inline bool add_skew(std::int64_t stated_us, std::int64_t skew_us, std::int64_t& time_us) {
  return !__builtin_add_overflow(stated_us, skew_us, &time_us) && time_us >= kFirstStorableUs &&
         time_us < kEndOfStorableUs;
}

}  // namespace assay
