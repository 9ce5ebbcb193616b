#include "engine/message_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "engine/content_walk.h"

namespace assay {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

// A source that counts what was taken of it.
class Counted {
 public:
  explicit Counted(ByteSource& source) : source_(source) {}
  Result<std::size_t> read(char* into, std::size_t capacity) {
    auto count = source_.read(into, capacity);
    if (count.ok()) position_ += *count;
    return count;
  }
  // False when the source ends before.
  Result<bool> skip_to(std::uint64_t offset) {
    if (block_.empty()) block_.resize(kBlockBytes);
    while (position_ < offset) {
      const auto count =
          read(block_.data(), std::min<std::uint64_t>(block_.size(), offset - position_));
      if (!count.ok()) return count.error();
      if (*count == 0) return false;
    }
    return true;
  }
  std::uint64_t position() const { return position_; }

 private:
  ByteSource& source_;
  std::uint64_t position_ = 0;
  std::string block_;
};

class Span final : public ByteSource {
 public:
  Span(Counted& source, std::uint64_t end) : source_(source), end_(end) {}
  Result<std::size_t> read(char* into, std::size_t capacity) override {
    const std::uint64_t left = end_ - std::min(end_, source_.position());
    if (left == 0) return std::size_t{0};
    auto count = source_.read(into, std::min<std::uint64_t>(capacity, left));
    // A stream that breaks off within its last message ends there.
    if (!count.ok() && count.error().code == ErrorCode::malformed) return std::size_t{0};
    return count;
  }

 private:
  Counted& source_;
  std::uint64_t end_;
};

}  // namespace

Status each_message(
    Case::Impl& inside, const std::vector<review::Item>& items, std::vector<std::uint32_t> numbers,
    const std::function<Status(std::uint32_t, const Evidence&, ByteSource&)>& each) {
  std::sort(numbers.begin(), numbers.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(items[a].evidence, items[a].offset, a) <
           std::tie(items[b].evidence, items[b].offset, b);
  });
  std::set<std::uint32_t> evidences;
  for (const std::uint32_t number : numbers) evidences.insert(items[number].evidence);
  const auto evidence_of = [&](std::uint32_t number) { return items[number].evidence; };
  return each_content(
      inside, evidences, [&](const Evidence& evidence, ByteSource& content) -> Status {
        Counted source(content);
        auto at = std::partition_point(numbers.begin(), numbers.end(), [&](std::uint32_t number) {
          return evidence_of(number) < evidence.number;
        });
        for (; at != numbers.end() && evidence_of(*at) == evidence.number; ++at) {
          const review::Item& item = items[*at];
          const auto is_there = source.skip_to(item.offset);
          if (!is_there.ok()) return is_there.error();
          if (!*is_there || source.position() != item.offset) {
            return Error{ErrorCode::check_failed,
                         fmt::format("{} does not reach its message at byte {} any more",
                                     evidence.id, item.offset),
                         "see what changed with: assay verify " + inside.directory};
          }
          Span span(source, item.offset + item.length);
          ASSAY_TRY(each(*at, evidence, span));
        }
        return {};
      });
}

}  // namespace assay
