// Rows as text: CSV columns, and lines for a person.
#pragma once

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
  std::string_view find(std::uint64_t key);

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::uint64_t begin = 0;
    std::uint32_t length = 0;
  };
  std::string words_;
  std::vector<Entry> entries_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>>
      recent_;  // key, index: by the key's low bits
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
  void append_for_person(std::string& out, const DnsRow& row);
  void append_key(std::string& out, GroupKey key, std::uint64_t value);

 private:
  // Nothing for 0, "not told". An IPv4 address is its own key.
  void append_host(std::string& out, std::uint64_t key);
  std::string_view evidence_id(std::uint64_t number) const;

  const CaseState& state_;
  WordTable names_, hosts_;
  std::uint64_t last_hour_ = ~std::uint64_t{0};
  std::string last_hour_text_;
};

// Quoted when RFC 4180 asks for it.
void append_csv_field(std::string& out, std::string_view text);
// "query answer tcp rd aa"
std::string flag_words(std::uint32_t flags);

}  // namespace assay
