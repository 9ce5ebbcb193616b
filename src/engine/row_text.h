// Rows as text: CSV columns, and lines for a person.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/store.h"
#include "engine/case_state.h"

namespace assay {

// Keys and their words: one text, and where each begins.
class WordTable {
 public:
  void add(std::uint64_t key, std::string_view word);
  // Call once, after the last add().
  void sort();
  std::string_view find(std::uint64_t key) const;
  // A lookup misses the cache three times, once a step. Whoever has many keys at hand takes each
  // step for all of them before the next, and the misses overlap (a grouped count: 2.4 s to 0.7 s).
  enum class Step { bucket, entry, word };
  void prefetch(std::uint64_t key, Step step) const;

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
  static constexpr int kLengthBits = 11;  // a canonical name has at most 1,016 characters
  struct Entry {
    std::uint64_t key = 0;
    std::uint64_t place = 0;  // where it begins << kLengthBits | length
  };
  const char* at(const Entry& entry) const {
    const std::uint64_t begin = entry.place >> kLengthBits;
    return blocks_[begin / kBlockBytes].get() + begin % kBlockBytes;
  }
  std::vector<std::unique_ptr<char[]>> blocks_;  // a word lies within one
  std::size_t used_ = kBlockBytes;               // of the last block
  std::vector<Entry> entries_;                   // by key, after sort()
  // Keys are uniform hashes: their top bits say where to look, and a lookup costs two cache misses
  // where a binary search over a million entries costs twenty.
  std::vector<std::uint32_t> bucket_begin_;
  int bucket_shift_ = 64;
};

// Spells rows out. Used by one thread.
class RowText {
 public:
  explicit RowText(const CaseState& state) : state_(state) {}
  // Brings all names and IPv6 hosts out of the store: while rows stream, it can answer nothing
  // else.
  Status load(RecordStore& store, bool with_names = true, bool with_hosts = true);

  static std::string csv_header();
  void append_csv(std::string& out, const DnsRow& row, std::uint32_t evidence);
  void append_for_person(std::string& out, const DnsRow& row, std::uint32_t evidence);
  // Records of other kinds than look-ups; their fields are one column, a JSON object of texts or
  // lists of texts.
  static std::string record_csv_header();
  void append_csv(std::string& out, const StoredRecord& record);
  void append_for_person(std::string& out, const StoredRecord& record);
  void append_key(std::string& out, GroupKey key, std::uint64_t value);
  void prefetch_name(std::uint64_t key, WordTable::Step step) const { names_.prefetch(key, step); }

 private:
  // Nothing for 0, "not told". An IPv4 address is its own key.
  void append_host(std::string& out, std::uint64_t key);
  void append_hour(std::string& out, std::uint64_t hour);
  std::string_view evidence_id(std::uint64_t number) const;
  bool has_id(const DnsRow& row, std::uint32_t evidence) const;
  // Whether a 0 among its ports and amounts was told.
  bool is_zero_told(const StoredRecord& record) const;

  const CaseState& state_;
  WordTable names_, hosts_;
  // Groups come by client, then name: the client repeats, and the hours go round.
  struct Spelled {
    std::uint64_t value = ~std::uint64_t{0};
    std::string text;
  };
  Spelled last_host_;
  std::vector<Spelled> hours_ = std::vector<Spelled>(1 << 12);
};

// Quoted when RFC 4180 asks for it.
void append_csv_field(std::string& out, std::string_view text);
// "query answer tcp rd aa"
std::string flag_words(std::uint32_t flags);

}  // namespace assay
