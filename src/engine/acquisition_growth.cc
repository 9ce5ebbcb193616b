// Acquisition: a log that has grown since it was sealed.
#include <unistd.h>

#include <algorithm>
#include <set>

#include "engine/acquisition.h"
#include "readers/line_reader.h"

namespace assay {
namespace {

// Those of `digests` that the bytes of `file` reach.
Status hash_prefixes(DescriptorSource& file, PrefixDigests& digests) {
  ASSAY_TRY(file.rewind());
  PrefixSource source(file, digests);
  std::string block(std::size_t{1} << 18, '\0');
  while (digests.rbegin()->second.empty()) {
    const auto count = source.read(block.data(), block.size());
    if (!count.ok()) return count.error();
    if (*count == 0) break;
  }
  return {};
}

std::string bytes_at(const DescriptorSource& file, std::uint64_t offset, std::size_t length) {
  std::string bytes(length, '\0');
  const ssize_t count =
      ::pread(file.descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

// Where reading goes on. A line that the earlier reading met unfinished was either refused, and is
// read whole now, or used: it must not count twice, so that its end is refused now.
std::uint64_t resume_offset(const DescriptorSource& file, const Evidence& earlier) {
  const std::uint64_t end = earlier.size_bytes;
  const std::uint64_t from = end - std::min<std::uint64_t>(end, kMaxLineBytes);
  const std::string before = bytes_at(file, from, end - from);
  const std::size_t line_end = before.rfind(line_end_of(bytes_at(file, 0, kSniffBytes)));
  // A line longer than any that is read was refused; its end is not the start of another.
  if (line_end == std::string::npos && from > 0) return end;
  const std::uint64_t line_start = line_end == std::string::npos ? 0 : from + line_end + 1;
  const bool was_used =
      line_start < earlier.begin_offset ||
      std::any_of(earlier.notes.begin(), earlier.notes.end(),
                  [](const Note& note) { return note.code == "line.unterminated"; });
  return was_used ? end : line_start;
}

}  // namespace

Status Acquisition::look_for_predecessor(DescriptorSource& file, Draft& draft) const {
  std::vector<const Evidence*> candidates;
  std::set<std::uint32_t> numbers;
  for (const auto* found : {&inside_.state.index.at_path(draft.evidence.path),
                            &inside_.state.index.of_name(draft.evidence.name)}) {
    numbers.insert(found->begin(), found->end());
  }
  for (const std::uint32_t number : numbers) {
    const auto i = inside_.state.index_of(number);
    if (!i) continue;
    const Evidence& known = inside_.state.evidences[*i];
    const Reader* reader = find_reader(known.format);
    const bool is_same_file =
        known.path == draft.evidence.path || known.name == draft.evidence.name;
    if (is_same_file && known.container == 0 && known.state == ReadState::read &&
        known.encoding.empty() && known.size_bytes > 0 &&
        known.size_bytes < draft.evidence.size_bytes && reader != nullptr &&
        reader->can_read_tail() && (draft.as_format.empty() || draft.as_format == known.format)) {
      candidates.push_back(&known);
    }
  }
  if (candidates.empty()) return {};
  std::stable_sort(candidates.begin(), candidates.end(), [](const Evidence* a, const Evidence* b) {
    return a->size_bytes < b->size_bytes;
  });
  PrefixDigests digests;
  for (const Evidence* known : candidates) digests.emplace(known->size_bytes, "");
  ASSAY_TRY(hash_prefixes(file, digests));
  for (std::size_t i = candidates.size(); i-- > 0;) {
    if (digests.at(candidates[i]->size_bytes) != candidates[i]->sha256) continue;
    draft.evidence.predecessor = candidates[i]->number;
    draft.evidence.begin_offset = resume_offset(file, *candidates[i]);
    draft.as_format = candidates[i]->format;
    break;
  }
  return file.rewind();
}

Status Acquisition::tell_overlaps(Draft& draft, const PassResult& pass) {
  Evidence& evidence = draft.evidence;
  const std::string& sha256 = pass.content_sha256.empty() ? pass.sha256 : pass.content_sha256;
  auto notes =
      overlaps_.notes_on(evidence, {draft.head, sha256, pass.content_bytes}, pass.prefixes);
  if (!notes.ok()) return notes.error();
  evidence.notes.insert(evidence.notes.end(), notes->begin(), notes->end());
  std::sort(evidence.notes.begin(), evidence.notes.end(),
            [](const Note& a, const Note& b) { return a.code < b.code; });
  overlaps_.remember(evidence, draft.head);
  return {};
}

}  // namespace assay
