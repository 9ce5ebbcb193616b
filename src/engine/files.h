// Small doors to the disk: whole files, replaced atomically, and what makes them last.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "assay/result.h"

namespace assay {

// An owned file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = other.release();
    }
    return *this;
  }

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }
  int release() {
    const int number = number_;
    number_ = -1;
    return number;
  }
  void close();

 private:
  int number_ = -1;
};

// "cannot read /path: Permission denied", from errno; not_found when nothing is there.
Error system_error(std::string_view doing, const std::string& path);

bool is_there(const std::string& path);
// A new, empty file for writing in the place of what is there. Never opens through a symbolic link:
// a case that was received may hold one that leads out of it.
Result<Descriptor> create_anew(const std::string& path);
// `folder` when it can be written to, else /tmp: a case on a read-only medium can be verified too.
std::string folder_for_temporaries(const std::string& folder);
Result<Descriptor> open_for_reading(const std::string& path);
Result<std::string> read_file(const std::string& path);
// The same for a file of a case, which may come from anybody: a pipe or a device is refused, since
// it may never end.
Result<std::string> read_regular_file(const std::string& path);
// The first bytes of such a file (at most `count`), and its size.
struct FileHead {
  std::string bytes;
  std::uint64_t size_bytes = 0;
};
Result<FileHead> head_of_regular_file(const std::string& path, std::size_t count);
Status write_all(int descriptor, std::string_view bytes, const std::string& path);
// A reader of `path` sees the old bytes or the new ones, also after a crash: temporary file, fsync,
// rename, fsync of the folder.
Status replace_file(const std::string& path, std::string_view bytes);
Status sync_folder_of(const std::string& path);
Status make_folder(const std::string& path);
// SHA-256 and size of a file's bytes, of the first `limit` alone when it has more. Reads it once.
// Errors: io, also when it is no regular file (a device may never end); not_found; interrupted,
// when `stop` is set.
struct FileSeal {
  std::string sha256;
  std::uint64_t size_bytes = 0;
};
Result<FileSeal> seal_of_file(const std::string& path, const std::atomic<bool>* stop = nullptr,
                              std::uint64_t limit = UINT64_MAX);

}  // namespace assay
