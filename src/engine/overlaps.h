// Evidences of which one begins with all bytes of the other and that are both read from there: what
// both tell is counted twice, and must not be so in silence.
//
// Looked for among evidences of one format whose first bytes are alike, so that a mailbox of many
// thousand messages costs one look into an index each. Not found: files of less than kHeadBytes,
// and, where the shorter one comes later, an earlier one that no longer lies where it was.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/digest.h"
#include "engine/case_impl.h"

namespace assay {

// By the length of a prefix its SHA-256; "" as long as fewer bytes were seen.
using PrefixDigests = std::map<std::uint64_t, std::string>;

// Hashes what flows through up to each length that `digests` has, none of them 0.
class PrefixSource final : public ByteSource {
 public:
  PrefixSource(ByteSource& inner, PrefixDigests& digests);
  Result<std::size_t> read(char* into, std::size_t capacity) override;

 private:
  ByteSource& inner_;
  PrefixDigests& digests_;
  PrefixDigests::iterator next_;
  Sha256 digest_;
  std::uint64_t done_ = 0;
};

class Overlaps {
 public:
  static constexpr std::size_t kHeadBytes = 512;
  static constexpr std::size_t kMaxHeadsRead = 20'000;  // of a format, the newest ones
  static constexpr std::size_t kMaxCandidates = 64;     // of those, also without a known head
  static constexpr std::size_t kMaxFilesRead = 4;

  explicit Overlaps(const Case::Impl& inside) : inside_(inside) {}

  // Up to which lengths the content of `evidence` is to be hashed while it is read.
  PrefixDigests lengths_for(const Evidence& evidence, std::string_view head);
  // What is to be said of `evidence`, which was read: its content has these bytes.
  struct Content {
    std::string_view head;
    std::string_view sha256;
    std::uint64_t bytes = 0;
  };
  Result<std::vector<Note>> notes_on(const Evidence& evidence, const Content& content,
                                     const PrefixDigests& digests);
  // From now on it is one of those known.
  void remember(const Evidence& evidence, std::string_view head);

 private:
  using Numbers = std::vector<std::uint32_t>;

  void read_heads(const std::string& format);
  bool may_share(const Evidence& known, const Evidence& evidence) const;
  bool has_head_at_its_path(const Evidence& known) const;
  std::vector<const Evidence*> candidates(const Evidence& evidence, std::string_view head,
                                          bool with_unknown) const;
  Result<bool> begins_with(const Evidence& known, const Content& content) const;

  const Case::Impl& inside_;
  std::set<std::string> formats_;                     // whose evidences are in the tables
  std::unordered_map<std::size_t, Numbers> numbers_;  // by format and first bytes, hashed
  std::unordered_map<std::string, Numbers>
      unknown_;  // by format: the first bytes are not to be had
};

}  // namespace assay
