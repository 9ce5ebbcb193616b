#include "readers/pending_lookups.h"

namespace assay {

std::uint64_t mix_key(std::uint64_t a, std::uint64_t b) {
  std::uint64_t mixed = (a ^ (b + 0x9e3779b97f4a7c15ull + (a << 6) + (a >> 2)));
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ull;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebull;
  return mixed ^ (mixed >> 31);
}

DnsRow& PendingLookups::open(std::uint64_t key, const DnsRow& row) {
  make_room(row.time_us);
  const std::uint64_t number = base_ + entries_.size();
  Chain& chain = chains_[key];
  if (chain.latest != kNone) entry(chain.latest).next = number;
  if (chain.first_open == kNone) chain.first_open = number;
  chain.latest = number;
  ++chain.entries;
  ++chain.open;
  entries_.push_back({row, key, kNone, true, true});
  return entries_.back().row;
}

void PendingLookups::pass(const DnsRow& row) {
  make_room(row.time_us);
  entries_.push_back({row, 0, kNone, false, false});
}

PendingLookups::Found PendingLookups::open_from(std::uint64_t number) {
  while (number != kNone && !entry(number).is_open) number = entry(number).next;
  if (number == kNone) return {};
  return {&entry(number).row, number};
}

PendingLookups::Found PendingLookups::unanswered(std::uint64_t key) {
  const auto found = chains_.find(key);
  if (found == chains_.end()) return {};
  const Found first = open_from(found->second.first_open);
  found->second.first_open = first.row ? first.number : kNone;
  return first;
}

PendingLookups::Found PendingLookups::next_unanswered(const Found& found) {
  Entry& from = entry(found.number);
  const Found next = open_from(from.next);
  // Nobody passes over the answered ones between again.
  if (next.row) {
    from.next = next.number;
  } else if (const auto latest = chains_.find(from.key)->second.latest; latest != found.number) {
    from.next = latest;
  }
  return next;
}

PendingLookups::Found PendingLookups::latest(std::uint64_t key) {
  const auto found = chains_.find(key);
  if (found == chains_.end()) return {};
  return {&entry(found->second.latest).row, found->second.latest};
}

std::size_t PendingLookups::unanswered_count(std::uint64_t key) const {
  const auto found = chains_.find(key);
  return found == chains_.end() ? 0 : found->second.open;
}

void PendingLookups::answer(const Found& found) {
  Entry& answered = entry(found.number);
  if (!answered.is_open) return;
  answered.is_open = false;
  --chains_.find(answered.key)->second.open;
}

void PendingLookups::make_room(std::int64_t now_us) {
  while (!entries_.empty()) {
    const Entry& front = entries_.front();
    const bool is_full = entries_.size() >= kMostPending;
    const bool is_done = !front.is_open && entries_.size() > linger_;
    if (!is_full && !is_done && now_us - front.row.time_us <= patience_us_) return;
    crowded_out_ += is_full && front.is_open && now_us - front.row.time_us <= patience_us_;
    leave();
  }
}

void PendingLookups::leave() {
  const Entry& front = entries_.front();
  if (front.is_listed) {
    const auto found = chains_.find(front.key);
    Chain& chain = found->second;
    chain.open -= front.is_open;
    if (chain.first_open == base_) chain.first_open = front.next;
    if (--chain.entries == 0) chains_.erase(found);
  }
  sink_.add(front.row);
  entries_.pop_front();
  ++base_;
}

void PendingLookups::finish() {
  while (!entries_.empty()) leave();
}

}  // namespace assay
