#include "engine/overlaps.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "engine/files.h"

namespace assay {
namespace {

std::size_t key_of(std::string_view format, std::string_view head) {
  return std::hash<std::string_view>()(head.substr(0, Overlaps::kHeadBytes)) * 131 +
         std::hash<std::string_view>()(format);
}

// One is the tail of what the other begins, in however many steps.
bool continues(const CaseState& state, const Evidence& one, const Evidence& other) {
  const std::uint32_t first = std::min(one.number, other.number);
  std::uint32_t number = std::max(one.number, other.number);
  const Evidence& later = one.number == number ? one : other;
  number = later.predecessor;
  while (number > first) {
    const auto index = state.index_of(number);
    number = index ? state.evidences[*index].predecessor : 0;
  }
  return number == first;
}

}  // namespace

PrefixSource::PrefixSource(ByteSource& inner, PrefixDigests& digests)
    : inner_(inner), digests_(digests), next_(digests.begin()) {
  for (auto& [length, sha256] : digests_) sha256.clear();
}

Result<std::size_t> PrefixSource::read(char* into, std::size_t capacity) {
  auto count = inner_.read(into, capacity);
  std::string_view part(into, count.ok() ? *count : 0);
  while (!part.empty() && next_ != digests_.end()) {
    const std::uint64_t wanted = next_->first - done_;
    const std::string_view now =
        part.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(wanted, part.size())));
    digest_.update(now);
    done_ += now.size();
    part.remove_prefix(now.size());
    if (now.size() == wanted) (next_++)->second = digest_.hex_so_far();
  }
  return count;
}

// Another evidence of that path, which did not grow out of this one, may have taken its place.
bool Overlaps::has_head_at_its_path(const Evidence& known) const {
  const CaseState& state = inside_.state;
  return known.container == 0 &&
         !state.first_of(state.index.at_path(known.path), [&](std::size_t i) {
           const Evidence& other = state.evidences[i];
           return other.number > known.number && other.path == known.path &&
                  !continues(state, known, other);
         });
}

void Overlaps::read_heads(const std::string& format) {
  if (!formats_.insert(format).second) return;
  std::size_t count = 0;
  const auto& evidences = inside_.state.evidences;
  for (std::size_t i = evidences.size(); i-- > 0 && count < kMaxHeadsRead;) {
    const Evidence& known = evidences[i];
    if (known.format != format || known.state != ReadState::read) continue;
    ++count;
    std::string bytes;
    if (has_head_at_its_path(known)) {
      auto head = head_of_regular_file(inside_.bytes_path(known), kHeadBytes);
      if (head.ok() && head->size_bytes >= known.size_bytes) bytes = std::move(head->bytes);
    }
    remember(known, bytes);
  }
}

void Overlaps::remember(const Evidence& evidence, std::string_view head) {
  if (evidence.state != ReadState::read || !evidence.encoding.empty() ||
      evidence.size_bytes < kHeadBytes || !formats_.contains(evidence.format)) {
    return;
  }
  Numbers& numbers = head.size() < kHeadBytes ? unknown_[evidence.format]
                                              : numbers_[key_of(evidence.format, head)];
  if (std::find(numbers.begin(), numbers.end(), evidence.number) == numbers.end() &&
      numbers.size() < kMaxCandidates) {
    numbers.push_back(evidence.number);
  }
}

bool Overlaps::may_share(const Evidence& known, const Evidence& evidence) const {
  return known.number != evidence.number && known.state == ReadState::read &&
         known.encoding.empty() && known.format == evidence.format && known.rows() > 0 &&
         !continues(inside_.state, known, evidence);
}

std::vector<const Evidence*> Overlaps::candidates(const Evidence& evidence, std::string_view head,
                                                  bool with_unknown) const {
  std::vector<const Evidence*> found;
  const auto take = [&](const auto& table, const auto& key) {
    const auto entry = table.find(key);
    if (entry == table.end()) return;
    for (const std::uint32_t number : entry->second) {
      const auto index = inside_.state.index_of(number);
      if (!index) continue;
      const Evidence& known = inside_.state.evidences[*index];
      if (may_share(known, evidence)) found.push_back(&known);
    }
  };
  take(numbers_, key_of(evidence.format, head));
  if (with_unknown) take(unknown_, evidence.format);
  return found;
}

PrefixDigests Overlaps::lengths_for(const Evidence& evidence, std::string_view head) {
  PrefixDigests digests;
  if (evidence.format.empty() || head.size() < kHeadBytes) return digests;
  read_heads(evidence.format);
  for (const Evidence* known : candidates(evidence, head, true)) {
    if (evidence.encoding.empty() && known->size_bytes >= evidence.size_bytes) continue;
    if (known->size_bytes > evidence.begin_offset) digests.emplace(known->size_bytes, "");
  }
  return digests;
}

// The file is read once more, to its seal: something else may lie there by now.
Result<bool> Overlaps::begins_with(const Evidence& known, const Content& content) const {
  const std::string path = inside_.bytes_path(known);
  for (const auto& [length, sha256] :
       {std::pair(content.bytes, content.sha256),
        std::pair(known.size_bytes, std::string_view(known.sha256))}) {
    const auto seal = seal_of_file(path, inside_.surroundings.stop, length);
    if (!seal.ok() && seal.error().code == ErrorCode::interrupted) return seal.error();
    if (!seal.ok() || seal->sha256 != sha256) return false;
  }
  return true;
}

Result<std::vector<Note>> Overlaps::notes_on(const Evidence& evidence, const Content& content,
                                             const PrefixDigests& digests) {
  std::vector<Note> notes;
  if (content.head.size() < kHeadBytes || evidence.rows() == 0) return notes;
  const char* as_read = evidence.encoding.empty() ? "" : "decompressed, ";
  Note holds{"input.contains_evidence", 0, ""};
  Note lies_in{"input.contained_in_evidence", 0, ""};
  std::uint64_t longest = 0;
  std::size_t files_read = 0;
  for (const Evidence* known : candidates(evidence, content.head, true)) {
    const auto prefix = digests.find(known->size_bytes);
    if (known->size_bytes >= content.bytes || prefix == digests.end() ||
        prefix->second != known->sha256) {
      continue;
    }
    ++holds.count;
    if (known->size_bytes <= longest) continue;
    longest = known->size_bytes;
    holds.text = fmt::format(
        "{}its first {} bytes are those of {}: what both tell is counted "
        "twice; a case without {} counts it once",
        as_read, longest, known->id, known->id);
  }
  for (const Evidence* known : candidates(evidence, content.head, false)) {
    if (known->size_bytes <= content.bytes || known->begin_offset >= content.bytes ||
        !has_head_at_its_path(*known) || ++files_read > kMaxFilesRead) {
      continue;
    }
    const auto is_so = begins_with(*known, content);
    if (!is_so.ok()) return is_so.error();
    if (!*is_so || ++lies_in.count > 1) continue;
    lies_in.text = fmt::format(
        "{}its bytes are the first {} of {}: what both tell is counted "
        "twice; a case without {} counts it once",
        as_read, content.bytes, known->id, evidence.id);
  }
  if (holds.count > 0) notes.push_back(std::move(holds));
  if (lies_in.count > 0) notes.push_back(std::move(lies_in));
  return notes;
}

}  // namespace assay
