// Takes files into the case: seal, sniff, read, and say so in the chain, one evidence at a time.
//
// Order of the lines of one evidence, and what a crash after each leaves:
//   begun     number, path and what was stated       -> partly_read; read again from the start
//   evidence  SHA-256 and size of the bytes received -> unread; read again, and compared
//   read      balance, notes, rejects; rows count    -> done
// Rows reach the store before `evidence`, in the same pass as the hash, but nobody sees them before
// `read`: the next attempt begins by dropping them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/archive_walk.h"
#include "engine/case_impl.h"
#include "engine/evidence_pass.h"
#include "engine/walk.h"

namespace assay {

// An evidence on its way in: new (number 0) or one that the chain knows and that is not read yet.
struct Draft {
  Evidence evidence;
  EvidenceDetail detail;
  std::string as_format;  // of a new one
  bool is_resumed = false;
  bool is_restated = false;
  std::uint64_t rows_before = 0;  // of one restated
  std::string head;               // the first bytes of its content

  bool is_new() const { return evidence.number == 0; }
};

class Acquisition {
 public:
  Acquisition(Case::Impl& inside, const std::function<void(const AddOutcome&)>& each)
      : inside_(inside), each_(each), overlaps_(inside) {}

  Status add(const AddRequest& request);
  Status read_pending();
  std::vector<AddOutcome> take_outcomes() { return std::move(outcomes_); }

 private:
  // acquisition.cc: which files, and whether they are here already
  Status prepare(const AddRequest& request);
  Status add_paths(const AddRequest& request);
  Status resume_all(const std::vector<std::uint32_t>& pending);
  // One file, whatever a library within throws.
  Status add_guarded(const AddRequest& request, const FoundFile& found);
  Status add_file(const AddRequest& request, const FoundFile& found);
  Status add_known_seal(const AddRequest& request, const FoundFile& found, const FileSeal& seal,
                        bool& is_handled);
  // `origin`: path of the file that is copied, "" for standard input.
  Status add_copy(const AddRequest& request, int descriptor, const std::string& name,
                  const std::string& origin);
  // The same bytes are here: says so, or reads them again as stated now.
  Status meet_again(const std::string& name, std::size_t index);
  // What the request states goes over what is known, field by field; what it leaves out stays.
  // True when that changes anything.
  bool apply_statement(Draft& draft) const;
  void tell_mapping(Draft& draft) const;
  // A member that the chain knows, before it is read again or passed over.
  Status state_member(Draft& member, bool& keeps_its_statement);
  Status state_anew(Draft& known);
  Status preview(const AddRequest& request, const FoundFile& found);
  Draft draft_of(const AddRequest& request, const FoundFile& found) const;
  // As stated now when the request says otherwise than an earlier one, which did not get far.
  Status resume(std::size_t index, const std::string& path);
  Status take_path(const std::string& path, Draft draft);
  // A new file that begins with the very bytes of an evidence: a log that grew. Only what follows
  // them is read.
  Status look_for_predecessor(DescriptorSource& file, Draft& draft) const;
  std::optional<std::size_t> unread_at(const std::string& path) const;
  bool tells_nothing(std::size_t index) const;  // of state.evidences
  // Index of the evidence with these bytes as received.
  std::optional<std::size_t> same_bytes(const FileSeal& seal, const Evidence& evidence) const;
  // Index of an evidence read whose decompressed bytes are these.
  std::optional<std::size_t> same_content(const Draft& draft) const;

  // acquisition_bytes.cc: one evidence's bytes
  Status take_bytes(DescriptorSource& file, Draft draft, int depth,
                    const std::function<std::string()>& what_changed);
  // The file may be another one since the interrupted attempt: nothing of it was sealed.
  Status look_again(Draft& draft, OpenedBytes& bytes);
  Status turn_into_archive(Draft& draft);
  // `why`: what it was taken for, in words.
  Status take_archive(DescriptorSource& file, Draft draft, int depth, std::string why);
  Status take_member(const ArchiveMember& member, ByteSource& data, Draft draft, int depth,
                     std::vector<Note>& notes);
  bool wants_second_look(const Draft& draft, std::string_view head) const;
  Status take_unread(const ArchiveMember& member, ByteSource& data, Draft draft,
                     std::vector<Note>& notes);
  Draft member_draft(const Draft& container, const ArchiveMember& member) const;
  std::uint64_t unread_members(std::uint32_t container) const;
  Status drop_rows(const Evidence& evidence);
  Status begin(Draft& draft, std::string_view kind);
  Status finish(Draft& draft, const PassResult& pass);
  // Whether what it tells is told by other evidence too, being the same bytes.
  Status tell_overlaps(Draft& draft, const PassResult& pass);
  Status fail(Draft& draft, const Error& error);
  void emit(AddOutcome::Kind kind, Evidence evidence, std::string reason);
  std::string outcome_words(const Draft& draft) const;

  Case::Impl& inside_;
  const std::function<void(const AddOutcome&)>& each_;
  Overlaps overlaps_;
  std::vector<AddOutcome> outcomes_;
  std::string mapping_;                  // text of the request's mapping file
  const AddRequest* request_ = nullptr;  // nullptr: reading what is pending
};

}  // namespace assay
