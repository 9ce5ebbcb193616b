#include "readers/mail/dkim_body.h"

#include <algorithm>

namespace assay {

namespace {

constexpr std::size_t kGathered = 16'384;
constexpr std::string_view kEnd = "\r\n";

}  // namespace

void DkimBody::take(std::string_view content, bool ends) {
  if (is_relaxed_) {
    take_relaxed(content);
  } else if (!content.empty()) {
    begin_content();
    put(content);
  }
  if (!ends) return;
  if (has_content_) {
    put(kEnd);
  } else {
    ++empty_lines_;  // those at the end of the body do not count
  }
  has_content_ = has_blank_ = false;
}

void DkimBody::take_relaxed(std::string_view content) {
  while (!content.empty()) {
    const std::size_t word = std::min(content.find_first_not_of(" \t"), content.size());
    has_blank_ |= word > 0;
    content.remove_prefix(word);
    if (content.empty()) return;
    const std::size_t end = std::min(content.find_first_of(" \t"), content.size());
    begin_content();
    if (has_blank_) put(" ");
    has_blank_ = false;
    put(content.substr(0, end));
    content.remove_prefix(end);
  }
}

void DkimBody::begin_content() {
  has_content_ = true;
  for (; empty_lines_ > 0; --empty_lines_) put(kEnd);
}

void DkimBody::put(std::string_view bytes) {
  const std::uint64_t left = length_ ? *length_ - std::min(*length_, size_) : UINT64_MAX;
  size_ += bytes.size();
  bytes = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
  if (gathered_.size() + bytes.size() > kGathered) {
    digest_.update(gathered_);
    gathered_.clear();
  }
  if (bytes.size() > kGathered) return digest_.update(bytes);
  gathered_ += bytes;
}

std::string DkimBody::finish() {
  if (has_content_) put(kEnd);
  if (size_ == 0 && !is_relaxed_) put(kEnd);  // an empty body is one line end
  digest_.update(gathered_);
  return digest_.finish();
}

}  // namespace assay
