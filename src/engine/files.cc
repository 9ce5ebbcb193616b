#include "engine/files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "core/digest.h"

namespace assay {

namespace {
constexpr std::size_t kBlockBytes = std::size_t{1} << 18;
}  // namespace

void Descriptor::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Error system_error(std::string_view doing, const std::string& path) {
  const int number = errno;
  Error error;
  error.code = number == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  error.message = fmt::format("cannot {} {}: {}", doing, path, std::strerror(number));
  if (number == ENOSPC) error.mend = "free some space on that disk, then run the command again";
  return error;
}

bool is_there(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

Result<Descriptor> create_anew(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("replace", path);
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file.is_open()) return system_error("write", path);
  return file;
}

std::string folder_for_temporaries(const std::string& folder) {
  return ::access(folder.c_str(), W_OK | X_OK) == 0 ? folder : "/tmp";
}

Result<Descriptor> open_for_reading(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return system_error("read", path);
  return file;
}

namespace {

Result<Descriptor> open_regular(const std::string& path) {
  // Not blocking: opening a pipe would wait for its writer.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return system_error("read", path);
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) return system_error("look at", path);
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::io, fmt::format("{} is not a regular file", path), ""};
  }
  return file;
}

Result<std::string> read_all(Result<Descriptor> file, const std::string& path) {
  if (!file.ok()) return file.error();
  std::string bytes;
  const auto block = std::make_unique<char[]>(kBlockBytes);
  while (true) {
    const ssize_t count = ::read(file->number(), block.get(), kBlockBytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", path);
    if (count == 0) return bytes;
    bytes.append(block.get(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  return read_all(open_for_reading(path), path);
}

Result<std::string> read_regular_file(const std::string& path) {
  return read_all(open_regular(path), path);
}

Result<FileHead> head_of_regular_file(const std::string& path, std::size_t count) {
  auto file = open_regular(path);
  if (!file.ok()) return file.error();
  struct stat info {};
  if (::fstat(file->number(), &info) != 0) return system_error("look at", path);
  FileHead head{std::string(count, '\0'), static_cast<std::uint64_t>(info.st_size)};
  const ssize_t got = ::pread(file->number(), head.bytes.data(), count, 0);
  if (got < 0) return system_error("read", path);
  head.bytes.resize(static_cast<std::size_t>(got));
  return head;
}

Status write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Status sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) return system_error("open", folder);
  // Some file systems cannot sync a folder; the rename itself has happened then.
  if (::fsync(descriptor.number()) != 0 && errno != EINVAL) return system_error("sync", folder);
  return {};
}

Status replace_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  auto file = create_anew(temporary);
  if (!file.ok()) return file.error();
  ASSAY_TRY(write_all(file->number(), bytes, temporary));
  if (::fsync(file->number()) != 0) return system_error("sync", temporary);
  file->close();
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error("replace", path);
  return sync_folder_of(path);
}

Status make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return system_error("make", path);
  return {};
}

Result<FileSeal> seal_of_file(const std::string& path, const std::atomic<bool>* stop,
                              std::uint64_t limit) {
  auto file = open_regular(path);
  if (!file.ok()) return file.error();
  Sha256 digest;
  FileSeal seal;
  const auto block = std::make_unique<char[]>(kBlockBytes);
  while (true) {
    if (stop != nullptr && stop->load()) {
      return Error{ErrorCode::interrupted, fmt::format("stopped while {} was hashed", path), ""};
    }
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, limit - seal.size_bytes));
    const ssize_t count = wanted == 0 ? 0 : ::read(file->number(), block.get(), wanted);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", path);
    if (count == 0) break;
    digest.update({block.get(), static_cast<std::size_t>(count)});
    seal.size_bytes += static_cast<std::uint64_t>(count);
  }
  seal.sha256 = digest.hex();
  return seal;
}

}  // namespace assay
