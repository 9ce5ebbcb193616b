#include "engine/pst_text.h"

#include <algorithm>
#include <cstring>

namespace assay {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 16;
constexpr std::size_t kMaxNumbers = 256;
constexpr std::size_t kBefore = 16;   // bytes before a token that tell what it is
constexpr std::size_t kLongest = 64;  // no token is longer
constexpr std::size_t kMaxDigits = 20;
constexpr std::string_view kBoundary = "boundary-LibPST-iamunique-";
constexpr std::string_view kBoundaryEnd = "_-_-";
constexpr std::string_view kDeclaration = "\tboundary=\"--";
constexpr std::string_view kStamp = "DTSTAMP:";
constexpr std::string_view kNoStamp = "19700101T000000Z";

// "20161122T074130Z"
std::optional<std::int64_t> parse_stamp(std::string_view text) {
  if (text.size() != kNoStamp.size() || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    int value = 0;
    for (const char c : text.substr(at, length)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const int year = number(0, 4), month = number(4, 2), day = number(6, 2);
  const int hour = number(9, 2), minute = number(11, 2), second = number(13, 2);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  return utc_micros({year, month, day, hour, minute, second, 0});
}

}  // namespace

Result<std::size_t> PstText::read(char* into, std::size_t capacity) {
  while (served_ == ready_.size() && !is_at_end_) fetch();
  if (served_ == ready_.size()) {
    if (error_) return *error_;
    return std::size_t{0};
  }
  const std::size_t count = std::min(capacity, ready_.size() - served_);
  std::memcpy(into, ready_.data() + served_, count);
  served_ += count;
  return count;
}

void PstText::fetch() {
  ready_.clear();
  served_ = 0;
  if (done_ > kBefore) {
    raw_.erase(0, done_ - kBefore);
    done_ = kBefore;
  }
  const std::size_t before = raw_.size();
  raw_.resize(before + kBlockBytes);
  const auto count = inner_.read(raw_.data() + before, kBlockBytes);
  raw_.resize(before + (count.ok() ? *count : 0));
  if (!count.ok()) error_ = count.error();
  is_at_end_ = !count.ok() || *count == 0;
  // A token that may go on in the next block waits for it.
  rewrite(is_at_end_ ? raw_.size() : raw_.size() - std::min(raw_.size(), kLongest));
}

void PstText::rewrite(std::size_t limit) {
  std::size_t boundary = raw_.find(kBoundary, done_);
  std::size_t stamp = raw_.find(kStamp, done_);
  while (done_ < limit) {
    const std::size_t next = std::min(boundary, stamp);
    const std::size_t until = std::min(next, limit);
    ready_.append(raw_, done_, until - done_);
    done_ = until;
    if (next >= limit) break;
    const std::size_t length = next == stamp ? take_stamp(next) : take_boundary(next);
    if (length == 0) ready_ += raw_[next];
    done_ += std::max<std::size_t>(length, 1);
    (next == stamp ? stamp : boundary) = raw_.find(next == stamp ? kStamp : kBoundary, done_);
  }
}

std::size_t PstText::take_boundary(std::size_t at) {
  const std::size_t digits = at + kBoundary.size();
  std::size_t end = digits;
  while (end < raw_.size() && end - digits < kMaxDigits && raw_[end] >= '0' && raw_[end] <= '9') {
    ++end;
  }
  const std::string_view after = std::string_view(raw_).substr(end);
  if (end == digits || !after.starts_with(kBoundaryEnd)) return 0;
  const std::string number = raw_.substr(digits, end - digits);
  if (std::string_view(raw_).substr(0, at).ends_with(kDeclaration)) declare(number);
  const auto known = ordinals_.find(number);
  if (known == ordinals_.end()) return 0;  // somebody quotes another mailbox of readpst's
  ready_ += kBoundary;
  ready_ += std::to_string(known->second);
  return end - at;
}

// Chance may give a number twice: the later message's counts from here on.
void PstText::declare(const std::string& number) {
  const auto [known, is_new] = ordinals_.try_emplace(number);
  known->second = ++last_ordinal_;
  if (!is_new) in_use_.erase(std::find(in_use_.begin(), in_use_.end(), number));
  in_use_.push_back(number);
  if (in_use_.size() <= kMaxNumbers) return;
  ordinals_.erase(in_use_.front());
  in_use_.pop_front();
}

std::size_t PstText::take_stamp(std::size_t at) {
  if (at > 0 && raw_[at - 1] != '\n') return 0;
  const auto stamp =
      parse_stamp(std::string_view(raw_).substr(at + kStamp.size(), kNoStamp.size()));
  if (!stamp || *stamp < run_.begin_us || *stamp > run_.end_us) return 0;
  ready_ += kStamp;
  ready_ += kNoStamp;
  return kStamp.size() + kNoStamp.size();
}

}  // namespace assay
