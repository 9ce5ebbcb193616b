#include "collect/system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace assay::collecting {

Error system_problem(std::string_view doing, const std::string& path) {
  const int number = errno;
  Error error;
  error.code = number == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  error.message = fmt::format("cannot {} {}: {}", doing, readable(path), std::strerror(number));
  if (number == ENOSPC) error.mend = "free some space on that disk, then go on with --resume";
  return error;
}

Result<std::string> read_small_file(const std::string& path, std::uint64_t limit) {
  const Handle file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return system_problem("read", path);
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) return system_problem("look at", path);
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::io, fmt::format("{} is not a regular file", readable(path)), ""};
  }
  if (static_cast<std::uint64_t>(info.st_size) > limit) {
    return Error{ErrorCode::usage,
                 fmt::format("{} has {} bytes, more than {}", readable(path), info.st_size, limit),
                 ""};
  }
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  auto count = read_at(file.number(), bytes.data(), bytes.size(), 0, path);
  if (!count.ok()) return count.error();
  bytes.resize(*count);
  return bytes;
}

Status write_whole(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_problem("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::size_t> read_at(int descriptor, char* into, std::size_t count, std::uint64_t offset,
                            const std::string& path) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got =
        ::pread(descriptor, into + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_problem("read", path);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Status sync_file(int descriptor, const std::string& path) {
  if (::fsync(descriptor) != 0 && errno != EINVAL) return system_problem("sync", path);
  return {};
}

Status sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Handle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open()) return system_problem("open", folder);
  return sync_file(handle.number(), folder);
}

namespace {

// Length of the character that begins here; 0 when it is no UTF-8 (RFC 3629).
std::size_t character_length(std::string_view rest) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2   ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || rest.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool is_bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return is_bad ? 0 : length;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string readable(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    const auto first = static_cast<unsigned char>(bytes[0]);
    if (length == 0 || first < 0x20 || first == 0x7F) {
      text += fmt::format("\\x{:02x}", first);
      bytes.remove_prefix(1);
    } else {
      text += bytes.substr(0, length);
      bytes.remove_prefix(length);
    }
  }
  return text;
}

}  // namespace assay::collecting
