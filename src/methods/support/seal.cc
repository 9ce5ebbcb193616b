#include "methods/support/seal.h"

#include <fmt/format.h>

#include <utility>

namespace assay::methods {
namespace {

constexpr std::size_t kExamples = 5;
constexpr std::size_t kSealBuffer = 1 << 16;

}  // namespace

SelectionSeal::SelectionSeal(std::string description, IdOf id_of) : id_of_(std::move(id_of)) {
  selection_.description = std::move(description);
  buffer_.reserve(kSealBuffer + 64);
}

void SelectionSeal::append(std::uint64_t value, char end) {
  const fmt::format_int text(value);
  buffer_.append(text.data(), text.size());
  buffer_.push_back(end);
}

void SelectionSeal::add(std::uint32_t evidence, std::uint64_t offset, std::uint64_t length) {
  append(evidence, ':');
  append(offset, ':');
  append(length, '\n');
  if (buffer_.size() >= kSealBuffer) {
    digest_.update(buffer_);
    buffer_.clear();
  }
  ++selection_.rows;
  if (evidence >= is_told_.size()) is_told_.resize(evidence + 1, false);
  is_told_[evidence] = true;
  if (selection_.examples.size() == kExamples) return;
  const std::string id = id_of_(evidence);
  selection_.examples.push_back(
      fmt::format("{}:{}", id.empty() ? std::to_string(evidence) : id, offset));
}

Selection SelectionSeal::finish() {
  digest_.update(buffer_);
  selection_.locus_sha256 = digest_.hex();
  for (std::size_t number = 0; number < is_told_.size(); ++number) {
    if (is_told_[number]) selection_.evidences.push_back(static_cast<std::uint32_t>(number));
  }
  return std::move(selection_);
}

}  // namespace assay::methods
