// The header of a message or of a part: its fields as they stand, in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "readers/mail/mail_bytes.h"

namespace assay {

inline constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20;  // of a message
inline constexpr std::size_t kMaxPartHeaderBytes = 65'536;
inline constexpr std::size_t kMaxHeaderFields = 2'000;

class HeaderBlock {
 public:
  explicit HeaderBlock(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  enum class Taken {
    field,
    end,   // the empty line, which belongs to neither header nor body
    body,  // no field: the body begins here without an empty line before it
  };
  // `ahead`: what follows the line. A line that is no field is passed over (and counted) when
  // fields go on behind it.
  Taken take(const MailLine& line, std::string_view ahead);
  void clear();

  struct Field {
    std::string_view name;   // as written
    std::string_view value;  // without the last line end, else as written
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
  };
  std::size_t size() const { return fields_.size(); }
  Field field(std::size_t i) const;
  // The first field of this name, unfolded; "" when there is none.
  std::string first(std::string_view lower_name) const;

  std::uint64_t dropped_bytes() const { return dropped_bytes_; }  // beyond the limits
  std::uint64_t odd_lines() const { return odd_lines_; }
  const std::string& odd_line() const { return odd_line_; }  // the first of them

 private:
  void append(std::string_view text, std::uint64_t offset, std::size_t name_length);

  struct Place {
    std::size_t begin = 0, end = 0;
    std::size_t name_length = 0;
    std::uint64_t offset = 0;
  };
  std::size_t max_bytes_;
  std::string bytes_;
  std::vector<Place> fields_;
  bool is_dropping_ = false;  // the field begun lies beyond a limit
  bool is_odd_ = false;       // the line begun is no field
  std::uint64_t dropped_bytes_ = 0;
  std::uint64_t odd_lines_ = 0;
  std::string odd_line_;
};

// A value in one line: folds (a line end before a blank) and other control characters are blanks.
std::string unfolded(std::string_view value);

}  // namespace assay
