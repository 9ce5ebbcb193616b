// OUTPUT.partial, the tar as it grows, and OUTPUT.journal, which tells how far it is whole.
//
// Bytes of a member come first and its header last: how long it is shows when it has been read. The
// journal has one JSON object a line; the last line may be torn by a crash, and is left out then.
// What the journal calls done is hashed again before anybody goes on from it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "collect/manifest.h"
#include "collect/system.h"
#include "collect/tar_file.h"
#include "core/digest.h"

namespace assay::collecting {

inline constexpr const char* kReadmeName = "assay-bundle.txt";
std::string_view bundle_readme();

class BundleWriter {
 public:
  explicit BundleWriter(std::string output) : output_(std::move(output)) {}

  std::string partial_path() const { return output_ + ".partial"; }
  std::string journal_path() const { return output_ + ".journal"; }

  // Errors: usage (something is there already), io.
  Status create();
  // Takes up what is there, and its journal. Errors: not_found, io, locked, malformed.
  Result<std::vector<nlohmann::ordered_json>> reopen();
  Status note(const nlohmann::ordered_json& line);

  // Where the next member begins. After reopen(): as replay says.
  std::uint64_t end() const { return end_; }
  // `kept`: bytes of an unfinished member that stay behind it.
  Status cut_at(std::uint64_t end, std::uint64_t kept = 0);
  // Hash of so many bytes of the member that begins at `at`; "" when they are not there.
  Result<std::string> hash_at(std::uint64_t at, std::uint64_t size) const;
  std::uint64_t bytes_behind(std::uint64_t at) const;  // of an unfinished member

  // One member at a time. `kept` bytes of it are there already.
  Status begin_member(std::uint64_t kept);
  Status append(std::string_view bytes);
  std::uint64_t member_bytes() const { return member_bytes_; }
  Status shorten_member(std::uint64_t size);
  Status finish_member(const std::string& name, std::int64_t mtime_s, std::string& sha256);
  Status abandon_member();

  Status add_small(const std::string& name, std::string_view bytes, std::int64_t mtime_s);
  // The end of the tar; then the file takes its place, whole. Gives its hash and size.
  Status finish(std::string& sha256, std::uint64_t& size);

 private:
  Status open_files(int flags);
  Status put_at(std::uint64_t at, std::string_view bytes);

  std::string output_;
  Handle partial_, journal_;
  std::uint64_t end_ = 0, member_bytes_ = 0;
  Sha256 digest_;
};

}  // namespace assay::collecting
