#include "store/pair_count.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace assay {
namespace {

constexpr std::size_t kRestsBeforeSumming = 1 << 16;

}  // namespace

PairCounter::PairCounter(std::size_t rest_keys, std::function<bool(const GroupCount&)> each)
    : rest_keys_(rest_keys), each_(std::move(each)), most_rests_(kRestsBeforeSumming) {
  group_.key.resize(2 + rest_keys);
}

bool PairCounter::add(std::uint64_t client, std::uint64_t qname, const std::uint64_t* rest) {
  if (!is_started_ || group_.key[0] != client || group_.key[1] != qname) {
    if (is_started_ && !send_pair()) return false;
    is_started_ = true;
    group_.key[0] = client;
    group_.key[1] = qname;
  }
  ++pair_rows_;
  if (rest_keys_ == 0) return true;
  const std::size_t stride = rest_keys_ + 1;
  // Neighbours are often equal: rows of a pair come by time.
  if (rests_.size() >= stride && std::equal(rest, rest + rest_keys_, &*(rests_.end() - stride))) {
    ++rests_.back();
    return true;
  }
  rests_.insert(rests_.end(), rest, rest + rest_keys_);
  rests_.push_back(1);
  if (rests_.size() / stride >= most_rests_) {
    sum_equal_rests();
    most_rests_ = std::max(kRestsBeforeSumming, 2 * rests_.size() / stride);
  }
  return true;
}

void PairCounter::sum_equal_rests() {
  const std::size_t stride = rest_keys_ + 1;
  std::vector<std::size_t> order(rests_.size() / stride);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) { return &rests_[i * stride]; };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::lexicographical_compare(key(a), key(a) + rest_keys_, key(b), key(b) + rest_keys_);
  });
  std::vector<std::uint64_t> summed;
  for (const std::size_t i : order) {
    if (!summed.empty() && std::equal(key(i), key(i) + rest_keys_, &*(summed.end() - stride))) {
      summed.back() += key(i)[rest_keys_];
    } else {
      summed.insert(summed.end(), key(i), key(i) + stride);
    }
  }
  rests_ = std::move(summed);
}

bool PairCounter::send_pair() {
  if (rest_keys_ == 0) {
    group_.count = std::exchange(pair_rows_, 0);
    return each_(group_);
  }
  const std::size_t stride = rest_keys_ + 1;
  if (rests_.size() > stride) sum_equal_rests();
  for (auto at = rests_.begin(); at != rests_.end(); at += static_cast<std::ptrdiff_t>(stride)) {
    std::copy_n(at, rest_keys_, group_.key.begin() + 2);
    group_.count = at[static_cast<std::ptrdiff_t>(rest_keys_)];
    if (!each_(group_)) return false;
  }
  rests_.clear();
  pair_rows_ = 0;
  most_rests_ = kRestsBeforeSumming;
  return true;
}

bool PairCounter::finish() { return !is_started_ || send_pair(); }

}  // namespace assay
