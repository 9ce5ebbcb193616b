// Descriptors and errors of the system, as this layer needs them.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/result.h"

namespace assay::collecting {

class Handle {
 public:
  Handle() = default;
  explicit Handle(int number) : number_(number) {}
  ~Handle() { close(); }
  Handle(Handle&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      close();
      number_ = other.number_;
      other.number_ = -1;
    }
    return *this;
  }

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

inline constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

// "cannot read /path: Permission denied", from errno.
Error system_problem(std::string_view doing, const std::string& path);
// Of a file that assay or its user made; at most `limit` bytes.
Result<std::string> read_small_file(const std::string& path, std::uint64_t limit);
Status write_whole(int descriptor, std::string_view bytes, const std::string& path);
// As far as there are bytes; less than `count` at the end of the file alone.
Result<std::size_t> read_at(int descriptor, char* into, std::size_t count, std::uint64_t offset,
                            const std::string& path);
Status sync_file(int descriptor, const std::string& path);
Status sync_folder_of(const std::string& path);
// Valid UTF-8 stays; other bytes and control characters become \xNN.
std::string readable(std::string_view bytes);
bool is_utf8(std::string_view bytes);

}  // namespace assay::collecting
