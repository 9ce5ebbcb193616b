#include <fmt/core.h>

#include <algorithm>

#include "engine/acquisition.h"
#include "engine/collected_bundle.h"
#include "engine/pst_folders.h"
#include "engine/rejects_file.h"

namespace assay {
namespace {

void add_note(std::vector<Note>& notes, std::string_view code, std::string_view text,
              std::uint64_t count = 1) {
  for (Note& note : notes) {
    if (note.code == code) {
      note.count += count;
      return;
    }
  }
  notes.push_back({std::string(code), count, std::string(text)});
  std::sort(notes.begin(), notes.end(),
            [](const Note& a, const Note& b) { return a.code < b.code; });
}

constexpr const char* kFoldersWhy =
    "Outlook's folders; each mailbox that readpst writes of them is evidence of its own";

bool can_unpack_pst(std::string_view head) { return is_pst(head) && !readpst_version().empty(); }

std::string kind_of_archive(std::string_view head) {
  return is_pst(head) ? kFoldersWhy : "an archive; each of its members is evidence of its own";
}

// Before so many bytes are read, what came before them is written down, and that they are begun.
constexpr std::uint64_t kTakesTimeBytes = std::uint64_t{1} << 20;

bool is_fatal(const Error& error) {
  return error.code == ErrorCode::interrupted || error.code == ErrorCode::locked;
}

}  // namespace

void Acquisition::emit(AddOutcome::Kind kind, Evidence evidence, std::string reason) {
  outcomes_.push_back({kind, std::move(evidence), std::move(reason)});
  if (each_) each_(outcomes_.back());
}

Status Acquisition::begin(Draft& draft, std::string_view kind) {
  Evidence& evidence = draft.evidence;
  if (!draft.is_new()) return {};
  evidence.number = inside_.state.last_number + 1;
  draft.detail.number = evidence.number;
  evidence.id = fmt::format("{}-{}", kind, evidence.number);
  const bool takes_time = evidence.size_bytes >= kTakesTimeBytes;
  ASSAY_TRY(inside_.seal("begun", begun_payload(evidence, draft.detail)));
  return takes_time ? inside_.sync() : Status();
}

// The bytes could not be read: said in the chain, once for the same reason.
Status Acquisition::fail(Draft& draft, const Error& error) {
  if (!draft.is_new()) {
    const auto index = inside_.state.index_of(draft.evidence.number);
    if (index && inside_.state.details[*index].failure != error.message) {
      EvidenceDetail detail = inside_.state.details[*index];
      detail.failure = error.message;
      ASSAY_TRY(inside_.seal("read_failed", failed_payload(draft.evidence, detail)));
    }
  }
  emit(AddOutcome::Kind::not_read, draft.evidence,
       error.message + (error.mend.empty() ? "" : "; " + error.mend));
  return {};
}

Status Acquisition::take_bytes(DescriptorSource& file, Draft draft, int depth,
                               const std::function<std::string()>& what_changed) {
  auto bytes = OpenedBytes::open(file);
  if (!bytes.ok()) return is_fatal(bytes.error()) ? bytes.error() : fail(draft, bytes.error());
  // Outlook's folders that were added before there was a readpst become an archive when restated.
  const bool had_no_program = draft.is_restated && draft.evidence.format == "pst" &&
                              draft.evidence.format_why != kFormatIsStated;
  const bool takes_members =
      draft.is_new() ? draft.as_format.empty() : draft.evidence.id.starts_with("archive-");
  if (draft.is_new()) draft.evidence.encoding = (*bytes)->encoding();
  const bool is_container = (*bytes)->is_archive() || can_unpack_pst((*bytes)->head());
  if (is_container && (takes_members || had_no_program) && depth < kMaxArchiveDepth) {
    if (had_no_program) ASSAY_TRY(turn_into_archive(draft));
    return take_archive(file, std::move(draft), depth, kind_of_archive((*bytes)->head()));
  }
  if (draft.is_new()) {
    ASSAY_TRY(choose_format(draft.as_format, **bytes, draft.evidence));
    tell_mapping(draft);
    if (draft.evidence.predecessor != 0) {
      draft.evidence.format_why = "goes on where evidence of this format ended";
    }
    if ((*bytes)->is_archive() && draft.evidence.format.empty()) {
      draft.evidence.format_why = fmt::format(
          "an archive within {} archives is not unpacked any "
          "further",
          kMaxArchiveDepth);
    }
    ASSAY_TRY(begin(draft, kind_of(draft.evidence, draft.detail, (*bytes)->head())));
  } else if (!draft.detail.is_sealed) {
    ASSAY_TRY(look_again(draft, **bytes));
  }
  draft.head = (*bytes)->head().substr(0, Overlaps::kHeadBytes);
  auto pass = run_pass(inside_, file, draft.evidence, draft.detail, RejectsKept::yes,
                       overlaps_.lengths_for(draft.evidence, draft.head));
  if (!pass.ok()) return pass.error();
  if (pass->failure) return fail(draft, *pass->failure);
  if (const std::string change = what_changed ? what_changed() : ""; !change.empty()) {
    add_note(draft.evidence.notes, "input.changed_while_read", change);
  }
  ASSAY_TRY(finish(draft, *pass));
  return {};
}

Status Acquisition::look_again(Draft& draft, OpenedBytes& bytes) {
  Evidence now = draft.evidence;
  now.encoding = bytes.encoding();
  if (now.format_why != kFormatIsStated) {
    now.format.clear();
    ASSAY_TRY(choose_format("", bytes, now));
  }
  if (now.format == draft.evidence.format && now.encoding == draft.evidence.encoding) return {};
  draft.evidence = std::move(now);
  return inside_.seal("begun", begun_payload(draft.evidence, draft.detail));
}

Status Acquisition::drop_rows(const Evidence& evidence) {
  if (evidence.state != ReadState::read) return {};
  auto store = inside_.open_store();
  if (!store.ok()) return store.error();
  inside_.forget_rows(evidence.number);
  return (*store)->drop(evidence.number);
}

Status Acquisition::finish(Draft& draft, const PassResult& pass) {
  Evidence& evidence = draft.evidence;
  const bool was_sealed = draft.detail.is_sealed;
  const bool has_rows = evidence.state == ReadState::read;
  if (was_sealed && pass.sha256 != evidence.sha256) {
    ASSAY_TRY(drop_rows(evidence));
    return fail(draft, {ErrorCode::check_failed,
                        fmt::format("its bytes are no longer those sealed as {}", evidence.id),
                        "bring the original back, or add the changed file as other evidence"});
  }
  evidence.sha256 = pass.sha256;
  evidence.size_bytes = pass.size_bytes;
  draft.detail.content_sha256 = pass.content_sha256;
  const auto other = same_bytes({pass.sha256, pass.size_bytes}, evidence);
  const auto same = has_rows ? same_content(draft) : std::nullopt;
  if (same || (other && !was_sealed)) ASSAY_TRY(drop_rows(evidence));
  if (other && !was_sealed) {
    const Evidence original = inside_.state.evidences[*other];
    ASSAY_TRY(RejectsFile(inside_.rejects_path(evidence), evidence.number).finish());
    ASSAY_TRY(inside_.seal("copy_dropped", copy_payload(evidence, original)));
    Evidence shown = original;
    shown.name = evidence.name;
    emit(AddOutcome::Kind::already_here, shown,
         fmt::format("the same bytes are here as {} ({})", original.id, original.name));
    return {};
  }
  if (!was_sealed) ASSAY_TRY(inside_.seal("evidence", evidence_payload(evidence, draft.detail)));
  if (same) {
    evidence.state = ReadState::unreadable;
    evidence.span.reset();
    evidence.balance = Balance();
    evidence.also.clear();
    evidence.kinds.clear();
    draft.detail.rejects.clear();
    draft.detail.rejects_sha256.clear();
    ASSAY_TRY(RejectsFile(inside_.rejects_path(evidence), evidence.number).finish());
    add_note(evidence.notes, "input.same_content",
             fmt::format("decompressed, its bytes are those of {}: its records are not counted "
                         "again",
                         inside_.state.evidences[*same].id));
  } else {
    ASSAY_TRY(tell_overlaps(draft, pass));
  }
  ASSAY_TRY(inside_.seal("read", read_payload(evidence, draft.detail)));
  emit(draft.is_resumed ? AddOutcome::Kind::resumed : AddOutcome::Kind::added, evidence,
       outcome_words(draft));
  return {};
}

// What else there is to say than the evidence itself says.
std::string Acquisition::outcome_words(const Draft& draft) const {
  const Evidence& evidence = draft.evidence;
  for (const Note& note : evidence.notes) {
    if (note.code == "input.same_content") return note.text;
  }
  if (draft.is_restated) {
    return fmt::format("read as stated now: {} records, {} before; the chain keeps both statements",
                       evidence.rows(), draft.rows_before);
  }
  const CaseState& state = inside_.state;
  const auto namesake = state.first_of(state.index.of_name(evidence.name), [&](std::size_t i) {
    const Evidence& other = state.evidences[i];
    return other.number != evidence.number && other.name == evidence.name &&
           other.container == evidence.container && !other.sha256.empty() &&
           other.sha256 != evidence.sha256;
  });
  if (namesake) {
    return fmt::format("another file of this name with other bytes is {}",
                       state.evidences[*namesake].id);
  }
  return evidence.state == ReadState::unreadable ? evidence.format_why : "";
}

// Nothing was read of it but that it could not be read.
Status Acquisition::turn_into_archive(Draft& draft) {
  Evidence& evidence = draft.evidence;
  ASSAY_TRY(RejectsFile(inside_.rejects_path(evidence), evidence.number).finish());
  evidence.id = fmt::format("archive-{}", evidence.number);
  evidence.format.clear();
  evidence.format_why = kFoldersWhy;
  evidence.balance = Balance();
  evidence.kinds.clear();
  draft.detail.rejects.clear();
  draft.detail.rejects_sha256.clear();
  return inside_.seal("begun", begun_payload(evidence, draft.detail));
}

Status Acquisition::take_archive(DescriptorSource& file, Draft draft, int depth, std::string why) {
  auto looked = CollectedBundle::look_at(file);
  if (!looked.ok()) return is_fatal(looked.error()) ? looked.error() : fail(draft, looked.error());
  const CollectedBundle* bundle = looked->get();
  if (bundle != nullptr) why = bundle->why();
  ASSAY_TRY(file.rewind());
  SealingSource sealing(file);
  if (Status drained = sealing.drain(); !drained.ok()) {
    return is_fatal(drained.error()) ? drained : fail(draft, drained.error());
  }
  const std::string sha256 = sealing.sha256();
  if (draft.is_new()) {
    draft.evidence.sha256 = sha256;
    draft.evidence.size_bytes = sealing.bytes();
    if (const auto other = same_bytes({sha256, sealing.bytes()}, draft.evidence)) {
      const Evidence& original = inside_.state.evidences[*other];
      Evidence shown = original;
      shown.name = draft.evidence.name;
      emit(AddOutcome::Kind::already_here, shown,
           fmt::format("the same bytes are here as {} ({})", original.id, original.name));
      return {};
    }
    draft.evidence.format_why = std::move(why);
    ASSAY_TRY(begin(draft, "archive"));
  } else if (draft.detail.is_sealed && sha256 != draft.evidence.sha256) {
    return fail(draft,
                {ErrorCode::check_failed,
                 fmt::format("its bytes are no longer those sealed as {}", draft.evidence.id),
                 "bring the original back, or add the changed file as other evidence"});
  }
  if (!draft.detail.is_sealed) {
    draft.evidence.sha256 = sha256;
    draft.evidence.size_bytes = sealing.bytes();
    ASSAY_TRY(inside_.seal("evidence", evidence_payload(draft.evidence, draft.detail)));
  }
  std::vector<Note> notes = bundle != nullptr ? bundle->notes() : std::vector<Note>();
  WalkEnd end;
  bool keeps_statements = false;
  Status walked =
      walk_archive(file, sealing.bytes(), inside_.directory, end,
                   [&](const ArchiveMember& member, ByteSource& data) -> Status {
                     Draft part = member_draft(draft, member);
                     if (bundle != nullptr && !bundle->tell(member, part.evidence)) return {};
                     ASSAY_TRY(state_member(part, keeps_statements));
                     return take_member(member, data, std::move(part), depth + 1, notes);
                   });
  if (!walked.ok() && walked.error().code == ErrorCode::unsupported) {
    return fail(draft, walked.error());
  }
  ASSAY_TRY(std::move(walked));
  for (const Note& note : end.notes) add_note(notes, note.code, note.text, note.count);
  std::string& damage = end.damage;
  if (!damage.empty()) add_note(notes, "archive.damaged", damage);
  const std::uint64_t unread = unread_members(draft.evidence.number);
  if (unread > 0) {
    return fail(draft, {ErrorCode::io, fmt::format("{} of its members could not be read", unread),
                        "their reasons stand with them; afterwards: assay read CASE"});
  }
  draft.evidence.notes = notes;
  draft.evidence.state = ReadState::container;
  ASSAY_TRY(inside_.seal("read", read_payload(draft.evidence, draft.detail)));
  if (keeps_statements) {
    damage += damage.empty() ? "" : "; ";
    damage += "members read before keep what was stated for them, unless you add --restate";
  }
  emit(draft.is_resumed ? AddOutcome::Kind::resumed : AddOutcome::Kind::added, draft.evidence,
       damage);
  return {};
}

std::uint64_t Acquisition::unread_members(std::uint32_t container) const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < inside_.state.evidences.size(); ++i) {
    count += inside_.state.evidences[i].container == container && !inside_.state.details[i].is_read;
  }
  return count;
}

// New, or the one that an interrupted walk left.
Draft Acquisition::member_draft(const Draft& container, const ArchiveMember& member) const {
  Draft draft;
  const CaseState& state = inside_.state;
  const std::uint32_t within = container.evidence.number;
  const auto begun = state.first_of(state.index.member_of(within, member.path), [&](std::size_t i) {
    return state.evidences[i].container == within && state.evidences[i].member == member.path;
  });
  if (begun) {
    draft.evidence = state.evidences[*begun];
    draft.detail = state.details[*begun];
    draft.is_resumed = true;
    return draft;
  }
  draft.evidence = container.evidence;
  draft.evidence.number = 0;
  draft.evidence.id.clear();
  draft.evidence.container = container.evidence.number;
  draft.evidence.member = member.path;
  draft.evidence.name = member.path;
  draft.evidence.sha256.clear();
  draft.evidence.encoding.clear();
  draft.evidence.format_why.clear();
  draft.evidence.notes.clear();
  if (member.mtime_us != 0) {
    draft.evidence.clock.last_year = civil_from_utc(member.mtime_us).year;
    draft.evidence.clock.last_change_us = member.mtime_us;
  }
  draft.detail.mapping = container.detail.mapping;
  if (request_ != nullptr) draft.as_format = request_->as_format;
  return draft;
}

// A member that nobody reads is hashed as it is unpacked: it may be long, and is written nowhere.
bool Acquisition::wants_second_look(const Draft& draft, std::string_view head) const {
  return head.size() < kSniffBytes || !draft.is_new() || !draft.as_format.empty() ||
         !encoding_of(head).empty() || is_archive(head) || can_unpack_pst(head) ||
         choose_reader(head).reader != nullptr;
}

Status Acquisition::take_unread(const ArchiveMember& member, ByteSource& data, Draft draft,
                                std::vector<Note>& notes) {
  auto bytes = OpenedBytes::open(data);
  if (!bytes.ok()) return bytes.error();
  ASSAY_TRY(choose_format("", **bytes, draft.evidence));
  draft.evidence.size_bytes = member.size_bytes;
  ASSAY_TRY(begin(draft, "file"));
  SealingSource& received = (*bytes)->received();
  ASSAY_TRY(received.drain());
  if (!received.damage().empty()) add_note(notes, "archive.damaged", received.damage());
  draft.evidence.state = ReadState::unreadable;
  PassResult pass;
  pass.size_bytes = received.bytes();
  pass.sha256 = received.sha256();
  return finish(draft, pass);
}

Status Acquisition::take_member(const ArchiveMember& member, ByteSource& data, Draft draft,
                                int depth, std::vector<Note>& notes) {
  if (draft.detail.is_read) return {};
  if (member.is_encrypted) {
    add_note(notes, "archive.member_encrypted", member.path);
    emit(AddOutcome::Kind::skipped, draft.evidence, "it is encrypted; unpack it and add the files");
    return {};
  }
  if (!member.is_file) {
    if (!member.path.ends_with('/')) add_note(notes, "archive.member_not_a_file", member.path);
    return {};
  }
  add_note(notes, "archive.member", member.path);
  if (!member.has_name) {
    add_note(notes, "archive.member_without_name", "the archive's spelling of it is no text");
  }
  PeekSource peeked(data);
  const std::string_view head = peeked.peek(kSniffBytes);
  if (!wants_second_look(draft, head)) return take_unread(member, peeked, std::move(draft), notes);
  auto unpacked = unpack_member(peeked, inside_.directory);
  if (!unpacked.ok()) return unpacked.error();
  if (!unpacked->damage.empty()) add_note(notes, "archive.damaged", unpacked->damage);
  if (draft.is_new()) draft.evidence.size_bytes = unpacked->size;
  DescriptorSource file(unpacked->file.number(), member.path, inside_.surroundings.stop, {});
  file.end_in(unpacked->damage);
  ASSAY_TRY(file.rewind());
  return take_bytes(file, std::move(draft), depth, {});
}

}  // namespace assay
