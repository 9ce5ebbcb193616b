// Lines that begin with '#' in what a reader of a tail does not see: in some formats (Zeek's,
// Exchange's) the last of them say how the lines behind are to be cut.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace assay {

class HeadLines {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 16;  // the last ones are kept

  void feed(std::string_view block) {
    while (!block.empty()) {
      if (is_at_start_) is_head_ = block.front() == '#';
      const std::size_t end = std::min(block.find('\n'), block.size() - 1) + 1;
      is_at_start_ = block[end - 1] == '\n';
      if (is_head_) keep(block.substr(0, end));
      block.remove_prefix(end);
    }
  }
  const std::string& text() const { return text_; }

 private:
  void keep(std::string_view part) {
    text_ += part;
    if (text_.size() <= kMaxBytes) return;
    const std::size_t line = text_.find('\n', text_.size() - kMaxBytes);
    text_.erase(0, line == text_.npos ? text_.size() : line + 1);
  }

  std::string text_;
  bool is_at_start_ = true;
  bool is_head_ = false;
};

}  // namespace assay
