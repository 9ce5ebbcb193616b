// The record store of a case: opened when first needed, filled again from the sealed bytes.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "engine/archive_walk.h"
#include "engine/case_impl.h"
#include "engine/evidence_pass.h"
#include "engine/pst_folders.h"

namespace assay {
namespace {

// Reads evidences again whose rows count but are not in the store. Nothing is sealed: the chain
// says already what must come out, and anything else is an error.
class Rereading {
 public:
  Rereading(Case::Impl& inside, std::set<std::uint32_t> wanted)
      : inside_(inside), wanted_(std::move(wanted)) {}

  Status run() {
    std::set<std::uint32_t> outermost;
    for (const std::uint32_t number : wanted_) {
      std::uint32_t top = number;
      while (const Evidence* evidence = find(top)) {
        if (evidence->container == 0) break;
        top = evidence->container;
      }
      outermost.insert(top);
    }
    for (const std::uint32_t number : outermost) {
      const Evidence* evidence = find(number);
      if (evidence == nullptr) {
        return Error{ErrorCode::malformed,
                     fmt::format("the chain does not say evidence {}", number),
                     "see what changed with: assay verify CASE"};
      }
      const std::string path = inside_.bytes_path(*evidence);
      auto file = open_for_reading(path);
      if (!file.ok()) return gone(*evidence, file.error());
      const std::uint64_t total = evidence->size_bytes;
      const std::string name = evidence->name;
      DescriptorSource source(file->number(), path, inside_.surroundings.stop,
                              [&](std::uint64_t done) {
                                const auto& progress = inside_.surroundings.progress;
                                if (progress) progress(name, done, total);
                              });
      source.end_after(inside_.bytes_end(*evidence));
      ASSAY_TRY(take(source, number));
    }
    return {};
  }

 private:
  const Evidence* find(std::uint32_t number) const {
    const auto index = inside_.state.index_of(number);
    return index ? &inside_.state.evidences[*index] : nullptr;
  }

  Error gone(const Evidence& evidence, const Error& cause) const {
    return {cause.code,
            fmt::format("the records of {} must be read again, but {}", evidence.id, cause.message),
            "bring the file back to that place"};
  }

  Status take(DescriptorSource& file, std::uint32_t number) {
    const Evidence container = *find(number);
    if (container.state != ReadState::container) return take_one(file, number);
    WalkEnd end;
    Status walked =
        walk_archive(file, container.size_bytes, folder_for_temporaries(inside_.directory), end,
                     [&](const ArchiveMember& member, ByteSource& data) {
                       return take_member(number, member, data);
                     });
    if (walked.ok()) walked = check_members_came(number);
    return walked.ok() ? Status() : Status(blame_program(container, end, walked.error()));
  }

  // An archive that an outside program unpacks may hold fewer members than before.
  Status check_members_came(std::uint32_t container) const {
    for (const std::uint32_t number : wanted_) {
      const Evidence* evidence = find(number);
      if (evidence == nullptr || evidence->container != container || done_.contains(number)) {
        continue;
      }
      return Error{ErrorCode::check_failed,
                   fmt::format("{} is not in {} any more", evidence->member, find(container)->id),
                   "see what changed with: assay verify CASE"};
    }
    return {};
  }

  // Another version of it writes otherwise: that says nothing about the evidence.
  Error blame_program(const Evidence& container, const WalkEnd& end, const Error& error) const {
    const auto version_in = [](const std::vector<Note>& notes) -> std::string {
      for (const Note& note : notes) {
        if (note.code == kUnpackedBy) return note.text;
      }
      return "";
    };
    const std::string then = version_in(container.notes), now = version_in(end.notes);
    if (then.empty() || error.code != ErrorCode::check_failed || then == now) return error;
    return {ErrorCode::unsupported,
            fmt::format("{}; the members of {} were written by {}, and this machine has {}, which "
                        "may be the whole reason",
                        error.message, container.id, then, now),
            fmt::format("verify on a machine with {}", then)};
  }

  Status take_member(std::uint32_t container, const ArchiveMember& member, ByteSource& data) {
    const CaseState& state = inside_.state;
    const auto found =
        state.first_of(state.index.member_of(container, member.path), [&](std::size_t i) {
          return state.evidences[i].container == container &&
                 state.evidences[i].member == member.path;
        });
    if (!found) return {};
    const std::uint32_t number = state.evidences[*found].number;
    if (!wanted_.contains(number) && state.evidences[*found].state != ReadState::container) {
      return {};
    }
    auto unpacked = unpack_member(data, folder_for_temporaries(inside_.directory));
    if (!unpacked.ok()) return unpacked.error();
    DescriptorSource file(unpacked->file.number(), member.path, inside_.surroundings.stop, {});
    file.end_in(unpacked->damage);
    ASSAY_TRY(take(file, number));
    done_.insert(number);
    return {};
  }

  Status take_one(DescriptorSource& file, std::uint32_t number) {
    const std::size_t index = *inside_.state.index_of(number);
    Evidence evidence = inside_.state.evidences[index];
    EvidenceDetail detail = inside_.state.details[index];
    const std::uint64_t sealed_rows = evidence.rows();
    auto pass = run_pass(inside_, file, evidence, detail, RejectsKept::no);
    if (!pass.ok()) return pass.error();
    if (pass->failure) return *pass->failure;
    if (pass->sha256 != evidence.sha256 || evidence.rows() != sealed_rows) {
      auto store = inside_.open_store();
      if (!store.ok()) return store.error();
      inside_.forget_rows(number);
      ASSAY_TRY((*store)->drop(number));
      return Error{ErrorCode::check_failed,
                   pass->sha256 != evidence.sha256
                       ? fmt::format("the bytes of {} are no longer those sealed", evidence.id)
                       : fmt::format("reading {} again gives {} rows where {} were sealed",
                                     evidence.id, evidence.rows(), sealed_rows),
                   "see what changed with: assay verify CASE"};
    }
    return {};
  }

  Case::Impl& inside_;
  std::set<std::uint32_t> wanted_;
  std::set<std::uint32_t> done_;
};

}  // namespace

Result<RecordStore*> Case::Impl::open_store() {
  if (store_) return store_.get();
  if (surroundings.store == StoreChoice::memory) {
    store_ = make_memory_store(state.key_seed);
    return store_.get();
  }
  StoreOptions options;
  options.directory = store_folder.empty() ? path_in("store") : store_folder;
  options.key_seed = state.key_seed;
  options.library_path = surroundings.store_library_path;
  auto opened = surroundings.store == StoreChoice::embedded ? open_embedded_store(options)
                                                            : open_segment_store(options);
  if (!opened.ok()) return opened.error();
  store_ = std::move(*opened);
  return store_.get();
}

Result<RecordStore*> Case::Impl::rows() {
  auto store = open_store();
  if (!store.ok()) return store.error();
  std::set<std::uint32_t> missing;
  for (const std::uint32_t number : state.committed()) {
    if (present.contains(number)) continue;
    RowFilter filter;
    filter.evidences = {number};
    auto count = (*store)->count_rows(filter);
    if (!count.ok()) return count.error();
    const auto records = (*store)->count_records(filter);
    if (!records.ok()) return records.error();
    if (*count + *records == state.evidences[*state.index_of(number)].rows()) {
      present.insert(number);
    } else {
      missing.insert(number);
    }
  }
  if (missing.empty()) return *store;
  ASSAY_TRY(while_held_back([&] { return Rereading(*this, std::move(missing)).run(); }));
  return *store;
}

Status Case::Impl::forget_store() {
  store_.reset();
  present.clear();
  std::error_code problem;
  std::filesystem::remove_all(path_in("store"), problem);
  if (problem) {
    return Error{ErrorCode::io,
                 fmt::format("cannot remove {}: {}", path_in("store"), problem.message()), ""};
  }
  return {};
}

}  // namespace assay
