// Look-ups of which a log tells query and answer in different lines: each waits here, as one row,
// until its answer comes or has been waited for long enough. Rows leave in the order in which their
// queries came, so that the same log gives the same rows however it is cut.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "assay/reader.h"

namespace assay {

// More look-ups than this do not wait: the oldest leaves, answered or not.
inline constexpr std::size_t kMostPending = 65'536;

class PendingLookups {
 public:
  // `patience_us`: how long an answer is waited for, by the log's own time. `linger`: how many
  // later look-ups an answered one stays for, since its answer may take several lines.
  PendingLookups(RecordSink& sink, std::int64_t patience_us, std::uint64_t linger = 0)
      : sink_(sink), patience_us_(patience_us), linger_(linger) {}

  // A row that waits under `key`; it may be changed until it leaves.
  DnsRow& open(std::uint64_t key, const DnsRow& row);
  // A row that waits for nothing, in its place among the others.
  void pass(const DnsRow& row);

  // One that waits. Valid until the next call of open or pass.
  struct Found {
    DnsRow* row = nullptr;  // nullptr: none
    std::uint64_t number = 0;
  };
  // The oldest under this key that is still without an answer, and the next younger such one.
  Found unanswered(std::uint64_t key);
  Found next_unanswered(const Found& found);
  // The youngest under this key, answered or not.
  Found latest(std::uint64_t key);
  // Of the row that came last.
  std::uint64_t last_number() const { return base_ + entries_.size() - 1; }
  // The one with this number, unless it has left.
  DnsRow* row(std::uint64_t number) {
    return number < base_ ? nullptr : &entries_[number - base_].row;
  }
  std::size_t unanswered_count(std::uint64_t key) const;
  bool is_unanswered(const Found& found) { return entry(found.number).is_open; }
  void answer(const Found& found);

  // Every row leaves.
  void finish();
  // How many left without an answer since they were too many.
  std::uint64_t crowded_out() const { return crowded_out_; }

 private:
  struct Entry {
    DnsRow row;
    std::uint64_t key = 0;
    // The next younger one under the same key; answered ones between may be left out.
    std::uint64_t next = kNone;
    bool is_open = false;
    bool is_listed = false;  // in the index
  };
  struct Chain {
    std::uint64_t first_open = kNone;  // or an answered one before it
    std::uint64_t latest = kNone;
    std::size_t entries = 0;
    std::size_t open = 0;
  };
  static constexpr std::uint64_t kNone = UINT64_MAX;

  Entry& entry(std::uint64_t number) { return entries_[number - base_]; }
  Found open_from(std::uint64_t number);
  void make_room(std::int64_t now_us);
  void leave();

  RecordSink& sink_;
  std::int64_t patience_us_;
  std::uint64_t linger_;
  std::deque<Entry> entries_;
  std::uint64_t base_ = 0;  // number of the front
  std::unordered_map<std::uint64_t, Chain> chains_;
  std::uint64_t crowded_out_ = 0;
};

// Mixes what tells a look-up from others into one key.
std::uint64_t mix_key(std::uint64_t a, std::uint64_t b);

}  // namespace assay
