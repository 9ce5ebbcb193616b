// What the keys in the evidence say of one DKIM signature (RFC 6376, 8301, 8463).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "core/tag_list.h"
#include "methods/support/published.h"

namespace assay::methods {

enum class DkimResult {
  pass,
  body_changed,   // the key signed this header; the body is another
  refused,        // no key that the domain had then verifies it
  undecided,      // none verifies it, and none is of the message's time
  no_key,         // the evidence has no key record of this name
  no_usable_key,  // revoked, unreadable, of another kind, or too short
  not_checkable,  // the signature itself cannot be checked
};
inline constexpr std::size_t kDkimResults = 7;
std::string_view words_of(DkimResult result);

inline constexpr int kFewestRsaBits = 1'024;  // RFC 8301: shorter ones must not count
inline constexpr int kSafeRsaBits = 2'048;

struct DkimVerdict {
  DkimResult result = DkimResult::not_checkable;
  std::string domain, selector;
  const Published* key = nullptr;  // the record that it rests on
  Timeliness timeliness = Timeliness::undated;
  int key_bits = 0;
  std::string why;  // of a result that needs one
  bool is_sha1 = false, is_part = false, is_testing = false;
  bool is_expired = false;
  double uncovered_bytes = 0;  // of the body, behind l=
  std::string open;            // fields that a person reads and it does not sign
};

// The field dkim_check as docs/formats/eml.md has it.
class DkimVerifier {
 public:
  explicit DkimVerifier(const PublishedRecords& records) : records_(records) {}
  // `at_us`: when the message says that it was made; `taken_us`: when a server took it, if told.
  DkimVerdict verify(std::string_view check, std::int64_t at_us,
                     std::optional<std::int64_t> taken_us);
  // Beyond kMostVerified, signatures are not_checkable and say so.
  static constexpr std::size_t kMostVerified = 20'000;

 private:
  struct Key;
  bool verifies(const Key& key, const TagList& tags);
  void take_key(const Published& record, const TagList& tags, std::int64_t at_us,
                DkimVerdict& verdict);
  const Key& key_of(const Published& record);

  const PublishedRecords& records_;
  std::map<const Published*, std::shared_ptr<Key>> keys_;
  std::map<std::tuple<std::string, std::string, const void*>, bool> known_;
  std::size_t verified_ = 0;
};

}  // namespace assay::methods
