#include "engine/evidence_index.h"

#include <algorithm>
#include <functional>

#include "engine/case_state.h"

namespace assay {

void EvidenceIndex::note(const Evidence& evidence, const EvidenceDetail& detail) {
  const std::uint32_t number = evidence.number;
  add('i', evidence.id, number);
  add('n', evidence.name, number);
  if (evidence.container == 0) {
    add('p', evidence.path, number);
  } else {
    const std::string container = std::to_string(evidence.container);
    add('m', container, number);
    add('m', container + "/" + evidence.member, number);
  }
  if (!detail.is_sealed) return;
  add('b', evidence.sha256, number);
  add('c', detail.content_sha256.empty() ? evidence.sha256 : detail.content_sha256, number);
  add('s', std::to_string(evidence.size_bytes), number);
}

std::size_t EvidenceIndex::key(char what, std::string_view text) {
  return std::hash<std::string_view>()(text) * 131 + static_cast<unsigned char>(what);
}

const EvidenceIndex::Numbers& EvidenceIndex::found(char what, std::string_view text) const {
  static const Numbers kNone;
  const auto entry = numbers_.find(key(what, text));
  return entry == numbers_.end() ? kNone : entry->second;
}

void EvidenceIndex::add(char what, std::string_view text, std::uint32_t number) {
  Numbers& numbers = numbers_[key(what, text)];
  const auto place = std::lower_bound(numbers.begin(), numbers.end(), number);
  if (place == numbers.end() || *place != number) numbers.insert(place, number);
}

}  // namespace assay
