// rejects/<id>.jsonl: the refused units of one evidence, one JSON object a line, streamed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "assay/engine.h"
#include "core/digest.h"
#include "engine/files.h"

namespace assay {

// Of one evidence; further rejects are counted by code and said, their texts are not kept.
inline constexpr std::uint64_t kMaxStoredRejects = 100'000;

class RejectsFile {
 public:
  // An empty path: counts only.
  RejectsFile(std::string path, std::uint32_t evidence)
      : path_(std::move(path)), evidence_(evidence) {}
  // Creates the file at the first reject, replacing what an interrupted read left.
  Status write(const Reject& reject);
  // Makes it last; removes a stale file when there was no reject. Call once.
  Status finish();

  std::uint64_t count() const { return count_; }
  std::uint64_t stored() const { return stored_; }
  const std::string& sha256() const { return sha256_; }  // "" when there is no file
  std::vector<RejectSummary> summaries() const;          // by code

 private:
  Status flush();

  std::string path_;
  std::uint32_t evidence_;
  Descriptor file_;
  std::string pending_;
  Sha256 digest_;
  std::string sha256_;
  std::uint64_t count_ = 0;
  std::uint64_t stored_ = 0;
  std::map<std::string, RejectSummary, std::less<>> by_code_;
};

// Calls `each` until it returns false. A missing file is an empty one. Errors: io, malformed.
Status read_rejects_file(const std::string& path, const std::function<bool(const Reject&)>& each);

}  // namespace assay
