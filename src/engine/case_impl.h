// The inside of Case: the folder, its custody chain, what the chain says, and the record store.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "assay/engine.h"
#include "assay/store.h"
#include "engine/case_state.h"
#include "engine/custody.h"

namespace assay {

struct Case::Impl {
  std::string directory;
  Surroundings surroundings;
  Custody custody;
  CaseState state;

  // Derives `state` from the chain.
  Status replay();
  // Takes the case for writing; see Custody::lock.
  Status lock();
  // Appends a line and applies it. Precondition: lock() succeeded.
  Status seal(std::string_view type, const std::string& payload);

  std::string path_in(std::string_view name) const { return directory + "/" + std::string(name); }
  // Where the bytes of an evidence lie now.
  std::string bytes_path(const Evidence& evidence) const;
  std::string rejects_path(const Evidence& evidence) const;

  // The store, opened when first asked for. Errors: locked, unsupported, io.
  Result<RecordStore*> open_store();
  // The same, with the rows of every evidence that the chain calls read: what is missing (the store
  // was thrown away, or lives in memory) is read again from the sealed bytes.
  Result<RecordStore*> rows();
  // Evidences whose rows are known to be whole in the store.
  std::set<std::uint32_t> present;
  Status forget_store();  // deletes store/

  // Replaces case.toml and seals its SHA-256. Errors: usage, when the new text is not a case file.
  Status edit_case_file(const std::string& new_text);

 private:
  std::unique_ptr<RecordStore> store_;
};

}  // namespace assay
