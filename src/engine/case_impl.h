// The inside of Case: the folder, its custody chain, what the chain says, and the record store.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/engine.h"
#include "assay/store.h"
#include "engine/case_state.h"
#include "engine/custody.h"

namespace assay {

// How a remark begins that no command may swallow.
inline constexpr std::string_view kWarning = "warning: ";

struct Case::Impl {
  std::string directory;
  Surroundings surroundings;
  Custody custody;
  CaseState state;

  // Custody::remarks(), and a warning when the chain does not hold.
  std::vector<std::string> remarks;

  // Derives `state` from the chain; what cannot be understood becomes a problem of the chain.
  void replay();
  // Takes the case for writing; see Custody::lock.
  Status lock();
  // Appends a line and applies it. Precondition: lock() succeeded.
  Status seal(std::string_view type, const std::string& payload);
  // The rows of an evidence are whole in the store; its `read` line may follow.
  Status commit_rows(std::uint32_t number);
  void forget_rows(std::uint32_t number);
  // Rows and lines reach the disk at the end of `work`, or when many wait: syncing the disk a dozen
  // times for each of ten thousand messages takes most of an hour. Also what was done before a
  // failure or a stop.
  Status while_held_back(const std::function<Status()>& work);
  // Writes what is held back; rows first, so that no line on the disk speaks of rows that are not.
  Status sync();

  std::string path_in(std::string_view name) const { return directory + "/" + std::string(name); }
  // Where the bytes of an evidence lie now.
  std::string bytes_path(const Evidence& evidence) const;
  // How many bytes of that file are the evidence's: all, unless the chain knows that it has grown.
  std::uint64_t bytes_end(const Evidence& evidence) const;
  std::string rejects_path(const Evidence& evidence) const;
  // The same when the chain names that file; "" otherwise, since anybody may have put it there.
  std::string sealed_rejects_path(const Evidence& evidence) const;
  // How the chain names a file: relative to the case folder when inside it, so that a case can be
  // moved; absolute otherwise.
  std::string chain_path(const std::string& path) const;

  // The store, opened when first asked for. Errors: locked, unsupported, io.
  Result<RecordStore*> open_store();
  // The same, with the rows of every evidence that the chain calls read: what is missing (the store
  // was thrown away, or lives in memory) is read again from the sealed bytes.
  Result<RecordStore*> rows();
  // Evidences whose rows are known to be whole in the store.
  std::set<std::uint32_t> present;
  Status forget_store();  // deletes store/
  // Where the embedded store lies; "" = in store/. Verifying fills one of its own.
  std::string store_folder;

  // Replaces case.toml and seals its SHA-256. Errors: usage, when the new text is not a case file.
  Status edit_case_file(const std::string& new_text);

 private:
  void tell_remarks();

  std::unique_ptr<RecordStore> store_;
  bool holds_back_ = false;
  std::vector<std::uint32_t> uncommitted_;
};

}  // namespace assay
