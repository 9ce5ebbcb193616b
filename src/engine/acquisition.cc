#include "engine/acquisition.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "engine/pst_folders.h"

namespace assay {
namespace {

constexpr std::string_view kSpoolName = "/evidence/.incoming";

std::int64_t mtime_us(const struct stat& info) {
  return static_cast<std::int64_t>(info.st_mtim.tv_sec) * kMicrosPerSecond +
         info.st_mtim.tv_nsec / 1000;
}

Error defect(const std::exception& problem) {
  return {ErrorCode::internal, fmt::format("a defect of assay: {}", problem.what()),
          "please report it with the file"};
}

}  // namespace

Draft Acquisition::draft_of(const AddRequest& request, const FoundFile& found) const {
  Draft draft;
  Evidence& evidence = draft.evidence;
  evidence.name = found.name;
  evidence.path = found.path.starts_with('/') ? inside_.chain_path(found.path) : found.path;
  struct stat info {};
  if (::stat(found.path.c_str(), &info) == 0) {
    evidence.clock.last_change_us = mtime_us(info);
    evidence.clock.last_year = civil_from_utc(mtime_us(info)).year;
    evidence.size_bytes = static_cast<std::uint64_t>(info.st_size);
  }
  (void)apply_statement(draft);
  draft.as_format = request.as_format;
  return draft;
}

// The doubt of whoever looked at the bytes alone is settled by the mapping.
void Acquisition::tell_mapping(Draft& draft) const {
  if (mapping_.empty() || draft.evidence.format != "delimited") return;
  draft.evidence.format_why =
      fmt::format("columns and times by the mapping {}",
                  std::filesystem::path(request_->mapping_path).filename().string());
}

bool Acquisition::apply_statement(Draft& draft) const {
  if (request_ == nullptr) return false;
  const std::string before = begun_payload(draft.evidence, draft.detail);
  Evidence& evidence = draft.evidence;
  if (request_->zone) {
    evidence.clock.zone = *request_->zone;
    evidence.clock.zone_is_stated = true;
  }
  if (request_->year) evidence.clock.year = request_->year;
  if (request_->skew_us != 0) evidence.clock.skew_us = request_->skew_us;
  if (request_->vantage != Vantage::unknown) evidence.vantage = request_->vantage;
  // When and how it recorded is one statement: what was called complete once says nothing about
  // other times.
  if (!request_->coverage.intervals.empty()) {
    evidence.coverage.intervals = request_->coverage.intervals;
    evidence.coverage.completeness = request_->coverage.completeness;
  }
  if (!request_->coverage.names.empty()) evidence.coverage.names = request_->coverage.names;
  if (!request_->received_from.empty()) evidence.received_from = request_->received_from;
  if (!request_->note.empty()) evidence.note = request_->note;
  if (!mapping_.empty()) draft.detail.mapping = mapping_;
  if (!draft.is_new()) tell_mapping(draft);
  const Reader* reader = find_reader(request_->as_format);
  if (reader != nullptr && !draft.is_new() && !evidence.id.starts_with("archive-") &&
      evidence.format != reader->name()) {
    evidence.format = reader->name();
    evidence.format_why = kFormatIsStated;
  }
  return begun_payload(evidence, draft.detail) != before;
}

Status Acquisition::prepare(const AddRequest& request) {
  if (request.zone) {
    if (auto zone = Zone::find(*request.zone); !zone.ok()) return zone.error();
  }
  if (!request.mapping_path.empty()) {
    auto text = read_file(request.mapping_path);
    if (!text.ok()) return text.error();
    if (auto mapping = parse_mapping(*text, request.mapping_path); !mapping.ok()) {
      return mapping.error();
    }
    mapping_ = std::move(*text);
  }
  if (!request.as_format.empty()) {
    // Only for its error: the word is wrong for all files alike.
    Evidence none;
    struct Nothing final : ByteSource {
      Result<std::size_t> read(char*, std::size_t) override { return std::size_t{0}; }
    } nothing;
    auto bytes = OpenedBytes::open(nothing);
    if (!bytes.ok()) return bytes.error();
    ASSAY_TRY(choose_format(request.as_format, **bytes, none));
  }
  return {};
}

Status Acquisition::add(const AddRequest& request) {
  ASSAY_TRY(prepare(request));
  request_ = &request;
  if (!request.dry_run) {
    ASSAY_TRY(inside_.lock());
    // What killed attempts left: of standard input, which nobody else writes now, and of Outlook's
    // folders.
    ::unlink((inside_.directory + std::string(kSpoolName)).c_str());
    sweep_pst_folders(inside_.directory);
  }
  if (request.dry_run) return add_paths(request);
  return inside_.while_held_back([&] { return add_paths(request); });
}

Status Acquisition::add_paths(const AddRequest& request) {
  for (const std::string& path : request.paths) {
    if (path == "-") {
      if (request.dry_run) {
        emit(AddOutcome::Kind::skipped, {}, "standard input is not looked at in a dry run");
      } else {
        ASSAY_TRY(add_copy(request, request.stdin_descriptor, "stdin", ""));
      }
      continue;
    }
    for (const FoundFile& found : find_files(path, inside_.directory)) {
      ASSAY_TRY(add_guarded(request, found));
    }
  }
  return {};
}

Status Acquisition::add_guarded(const AddRequest& request, const FoundFile& found) {
  try {
    return request.dry_run ? preview(request, found) : add_file(request, found);
  } catch (const std::exception& problem) {
    // The other files of the folder are not to suffer for it.
    Draft draft = draft_of(request, found);
    if (const auto begun = unread_at(found.path); begun && !request.dry_run) {
      draft.evidence = inside_.state.evidences[*begun];
    }
    return fail(draft, defect(problem));
  }
}

Status Acquisition::preview(const AddRequest& request, const FoundFile& found) {
  Draft draft = draft_of(request, found);
  if (!found.skip.empty()) {
    emit(found.is_refused ? AddOutcome::Kind::not_read : AddOutcome::Kind::skipped, draft.evidence,
         found.skip);
    return {};
  }
  auto file = open_for_reading(found.path);
  if (!file.ok()) return fail(draft, file.error());
  DescriptorSource source(file->number(), found.path, inside_.surroundings.stop, {});
  auto bytes = OpenedBytes::open(source);
  if (!bytes.ok()) return fail(draft, bytes.error());
  draft.evidence.encoding = (*bytes)->encoding();
  const bool is_folders = is_pst((*bytes)->head()) && !readpst_version().empty();
  if (((*bytes)->is_archive() || is_folders) && draft.as_format.empty()) {
    draft.evidence.format_why =
        is_folders
            ? "Outlook's folders; each mailbox that readpst writes would be evidence of its own"
            : "an archive; each of its members would be evidence of its own";
  } else {
    ASSAY_TRY(choose_format(draft.as_format, **bytes, draft.evidence));
    tell_mapping(draft);
    const auto refusal = refusal_of(draft.evidence, draft.detail, (*bytes)->head());
    if (refusal) return fail(draft, *refusal);
  }
  emit(AddOutcome::Kind::added, draft.evidence, "");
  return {};
}

std::optional<std::size_t> Acquisition::unread_at(const std::string& path) const {
  const CaseState& state = inside_.state;
  for (const std::string& known : {path, path.starts_with('/') ? inside_.chain_path(path) : path}) {
    const auto found = state.first_of(state.index.at_path(known), [&](std::size_t i) {
      return !state.details[i].is_read && state.evidences[i].path == known &&
             state.evidences[i].container == 0;
    });
    if (found) return found;
  }
  return std::nullopt;
}

// Lists without a record (two servers' that were asked nothing) are alike in nothing but their
// header: each has a coverage of its own, which an absence rests on.
bool Acquisition::tells_nothing(std::size_t index) const {
  const Evidence& known = inside_.state.evidences[index];
  return known.size_bytes == 0 ||
         (known.state == ReadState::read && inside_.state.details[index].is_read &&
          known.rows() == 0 && known.balance.rejected == 0);
}

// Those that tell nothing are the same only under one name.
std::optional<std::size_t> Acquisition::same_bytes(const FileSeal& seal,
                                                   const Evidence& evidence) const {
  const CaseState& state = inside_.state;
  return state.first_of(state.index.of_bytes(seal.sha256), [&](std::size_t i) {
    const Evidence& known = state.evidences[i];
    return known.number != evidence.number && state.details[i].is_sealed &&
           known.sha256 == seal.sha256 && (known.name == evidence.name || !tells_nothing(i));
  });
}

std::optional<std::size_t> Acquisition::same_content(const Draft& draft) const {
  const std::string& content =
      draft.detail.content_sha256.empty() ? draft.evidence.sha256 : draft.detail.content_sha256;
  const CaseState& state = inside_.state;
  return state.first_of(state.index.of_content(content), [&](std::size_t i) {
    const Evidence& known = state.evidences[i];
    const std::string& theirs = state.details[i].content_sha256;
    return known.number != draft.evidence.number && known.state == ReadState::read &&
           !tells_nothing(i) && content == (theirs.empty() ? known.sha256 : theirs);
  });
}

// The hash is known before reading: a file of a size that is here already, or a copy just made.
Status Acquisition::add_known_seal(const AddRequest& request, const FoundFile& found,
                                   const FileSeal& seal, bool& is_handled) {
  const Draft draft = draft_of(request, found);
  const auto index = same_bytes(seal, draft.evidence);
  is_handled = index.has_value();
  if (!index) return {};
  if (!inside_.state.details[*index].is_read && inside_.state.evidences[*index].container == 0) {
    const std::string kept = inside_.bytes_path(inside_.state.evidences[*index]);
    return resume(*index, found.path.starts_with('/') ? found.path : kept);
  }
  return meet_again(draft.evidence.name, *index);
}

Status Acquisition::meet_again(const std::string& name, std::size_t index) {
  const Evidence known = inside_.state.evidences[index];
  Draft draft{known, inside_.state.details[index], "", true};
  const bool is_otherwise = apply_statement(draft);
  if (request_->restate && known.container == 0) {
    ASSAY_TRY(state_anew(draft));
    return take_path(inside_.bytes_path(known), std::move(draft));
  }
  Evidence shown = known;
  shown.name = name;
  std::string words = fmt::format("the same bytes are here as {} ({})", known.id, known.name);
  if (known.container != 0 && (is_otherwise || request_->restate)) {
    const auto archive = inside_.state.index_of(known.container);
    words += fmt::format("; it is a member and is stated anew with its archive alone: {}",
                         archive ? inside_.state.evidences[*archive].name : "");
  } else if (is_otherwise) {
    words += "; it is stated otherwise now, which changes nothing unless you add --restate";
    if (tells_nothing(index)) {
      words +=
          " (of another server: add the file under another name, and it is evidence of its own)";
    }
  }
  emit(AddOutcome::Kind::already_here, shown, std::move(words));
  return {};
}

// The chain keeps both statements; the later one counts.
Status Acquisition::state_anew(Draft& known) {
  inside_.forget_rows(known.evidence.number);
  ASSAY_TRY(inside_.seal("begun", begun_payload(known.evidence, known.detail)));
  known.detail.is_read = false;
  known.is_restated = true;
  known.rows_before = known.evidence.rows();
  return {};
}

Status Acquisition::state_member(Draft& member, bool& keeps_its_statement) {
  if (request_ == nullptr || member.is_new()) return {};
  Draft stated = member;
  const bool is_otherwise = apply_statement(stated);
  if (request_->restate || (is_otherwise && !member.detail.is_read)) {
    ASSAY_TRY(state_anew(stated));
    member = std::move(stated);
  } else {
    keeps_its_statement = keeps_its_statement || is_otherwise;
  }
  return {};
}

Status Acquisition::add_file(const AddRequest& request, const FoundFile& found) {
  Draft draft = draft_of(request, found);
  if (!found.skip.empty()) {
    emit(found.is_refused ? AddOutcome::Kind::not_read : AddOutcome::Kind::skipped, draft.evidence,
         found.skip);
    return {};
  }
  if (request.copy) {
    auto file = open_for_reading(found.path);
    if (!file.ok()) return fail(draft, file.error());
    return add_copy(request, file->number(), found.name, found.path);
  }
  const auto pending = unread_at(found.path);
  if (pending && !inside_.state.details[*pending].is_sealed) return resume(*pending, found.path);
  if (!inside_.state.index.of_size(draft.evidence.size_bytes).empty()) {  // it may be here
    auto seal = seal_of_file(found.path);
    if (!seal.ok()) return fail(draft, seal.error());
    bool is_handled = false;
    ASSAY_TRY(add_known_seal(request, found, *seal, is_handled));
    if (is_handled) return {};
  }
  return take_path(found.path, std::move(draft));
}

Status Acquisition::take_path(const std::string& path, Draft draft) {
  auto file = open_for_reading(path);
  if (!file.ok()) return fail(draft, file.error());
  struct stat before {};
  if (::fstat(file->number(), &before) != 0) return fail(draft, system_error("look at", path));
  const auto total = static_cast<std::uint64_t>(before.st_size);
  const auto& progress = inside_.surroundings.progress;
  const std::string name = draft.evidence.name;
  DescriptorSource source(file->number(), path, inside_.surroundings.stop, [&](std::uint64_t done) {
    if (progress) progress(name, done, total);
  });
  const auto what_changed = [&]() -> std::string {
    struct stat after {};
    if (::fstat(file->number(), &after) != 0) return "";
    if (after.st_size == before.st_size && mtime_us(after) == mtime_us(before)) return "";
    return fmt::format(
        "the file changed while it was read ({} bytes before, {} after): what is "
        "sealed is what was read",
        before.st_size, after.st_size);
  };
  if (!draft.is_new()) source.end_after(inside_.bytes_end(draft.evidence));
  if (draft.is_new()) {
    if (Status status = look_for_predecessor(source, draft); !status.ok()) {
      return fail(draft, status.error());
    }
  }
  return take_bytes(source, std::move(draft), 0, what_changed);
}

// Copies a stream into evidence/, under the SHA-256 of its bytes, and adds the copy.
Status Acquisition::add_copy(const AddRequest& request, int descriptor, const std::string& name,
                             const std::string& origin) {
  const std::string temporary = inside_.directory + std::string(kSpoolName);
  auto created = create_anew(temporary);
  if (!created.ok()) return created.error();
  Descriptor copy = std::move(*created);
  DescriptorSource source(descriptor, name, inside_.surroundings.stop, {});
  SealingSource sealing(source);
  const auto block = std::make_unique<char[]>(std::size_t{1} << 18);
  while (true) {
    const auto count = sealing.read(block.get(), std::size_t{1} << 18);
    if (!count.ok()) return count.error();
    if (*count == 0) break;
    ASSAY_TRY(write_all(copy.number(), {block.get(), *count}, temporary));
  }
  if (::fsync(copy.number()) != 0) return system_error("sync", temporary);
  copy.close();
  const FileSeal seal{sealing.sha256(), sealing.bytes()};
  const std::string path = "evidence/" + seal.sha256;
  FoundFile found{path, name, ""};
  bool is_handled = false;
  ASSAY_TRY(add_known_seal(request, found, seal, is_handled));
  if (is_handled) {
    ::unlink(temporary.c_str());
    return {};
  }
  const std::string final_path = inside_.directory + "/" + path;
  if (::rename(temporary.c_str(), final_path.c_str()) != 0) {
    return system_error("replace", final_path);
  }
  ASSAY_TRY(sync_folder_of(final_path));
  if (const auto pending = unread_at(path)) return resume(*pending, final_path);
  const auto begun = origin.empty() ? std::nullopt : unread_at(origin);
  if (begun && !inside_.state.details[*begun].is_sealed) {
    // An attempt without --copy was interrupted: from now on it is the copy that is read.
    Draft known{inside_.state.evidences[*begun], inside_.state.details[*begun], "", true};
    known.evidence.path = path;
    (void)apply_statement(known);
    ASSAY_TRY(state_anew(known));
    return take_path(final_path, std::move(known));
  }
  Draft draft = draft_of(request, found);
  struct stat info {};
  if (::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)) {
    draft.evidence.clock.last_change_us = mtime_us(info);
    draft.evidence.clock.last_year = civil_from_utc(mtime_us(info)).year;
  }
  draft.evidence.size_bytes = seal.size_bytes;
  return take_path(final_path, std::move(draft));
}

Status Acquisition::resume(std::size_t index, const std::string& path) {
  Draft draft{inside_.state.evidences[index], inside_.state.details[index], "", true};
  const bool is_otherwise = apply_statement(draft);
  if (is_otherwise || (request_ != nullptr && request_->restate)) ASSAY_TRY(state_anew(draft));
  return take_path(path, std::move(draft));
}

Status Acquisition::read_pending() {
  ASSAY_TRY(inside_.lock());
  std::vector<std::uint32_t> pending;
  for (std::size_t i = 0; i < inside_.state.evidences.size(); ++i) {
    const Evidence& evidence = inside_.state.evidences[i];
    if (!inside_.state.details[i].is_read && evidence.container == 0) {
      pending.push_back(evidence.number);
    }
  }
  return inside_.while_held_back([&] { return resume_all(pending); });
}

Status Acquisition::resume_all(const std::vector<std::uint32_t>& pending) {
  for (const std::uint32_t number : pending) {
    const auto index = inside_.state.index_of(number);
    if (!index) continue;
    try {
      ASSAY_TRY(resume(*index, inside_.bytes_path(inside_.state.evidences[*index])));
    } catch (const std::exception& problem) {
      Draft draft;
      draft.evidence = inside_.state.evidences[*index];
      ASSAY_TRY(fail(draft, defect(problem)));
    }
  }
  return {};
}

}  // namespace assay
