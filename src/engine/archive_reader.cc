#include "engine/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/core.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "engine/entry_bytes.h"

namespace assay {
namespace {

// zip's decoder gives away what came of the last piece of its input when that piece is damaged:
// 16 KiB of a log expand to about 150.
constexpr std::size_t kBlockBytes = std::size_t{1} << 14;
constexpr std::size_t kTarBlockBytes = 512;

// libarchive turns names into the thread's character set: without one that has all characters, a
// member called "größe.log" has no name at all. Nothing else of the locale is touched.
class NamesInUtf8 {
 public:
  NamesInUtf8() : before_(utf8() != locale_t{} ? uselocale(utf8()) : locale_t{}) {}
  ~NamesInUtf8() {
    if (before_ != locale_t{}) uselocale(before_);
  }
  NamesInUtf8(const NamesInUtf8&) = delete;
  NamesInUtf8& operator=(const NamesInUtf8&) = delete;

 private:
  static locale_t utf8() {
    static const locale_t kept = newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
    return kept;
  }
  locale_t before_;
};

class LibarchiveReader final : public ArchiveReader, public ByteSource {
 public:
  LibarchiveReader(ByteSource& content, DescriptorSource* seekable, std::uint64_t size_bytes)
      : content_(content),
        seekable_(seekable),
        size_bytes_(size_bytes),
        block_(new char[kBlockBytes]),
        archive_(archive_read_new()) {}
  ~LibarchiveReader() override { archive_read_free(archive_); }

  Status open() {
    const NamesInUtf8 names;
    // Named one by one: "all" would bring readers that look anywhere on this machine (mtree).
    archive_read_support_format_tar(archive_);
    archive_read_support_format_gnutar(archive_);
    archive_read_support_format_zip(archive_);
    archive_read_support_format_7zip(archive_);
    archive_read_support_format_cpio(archive_);
    archive_read_support_format_ar(archive_);
    archive_read_support_format_rar(archive_);
    archive_read_support_format_rar5(archive_);
    archive_read_support_format_cab(archive_);
    archive_read_support_format_empty(archive_);
    archive_read_set_callback_data(archive_, this);
    archive_read_set_read_callback(archive_, &LibarchiveReader::pull);
    if (seekable_ != nullptr) archive_read_set_seek_callback(archive_, &LibarchiveReader::seek);
    if (archive_read_open1(archive_) != ARCHIVE_OK) return failure();
    return {};
  }

  Result<bool> next(ArchiveMember& member) override {
    const NamesInUtf8 names;
    archive_entry* entry = nullptr;
    bytes_of_entry_.begin();
    const int outcome = archive_read_next_header(archive_, &entry);
    if (outcome == ARCHIVE_EOF) {
      if (is_without_end()) {
        return Error{ErrorCode::malformed,
                     "the archive breaks off: the empty blocks that end a tar are not there", ""};
      }
      return false;
    }
    if (outcome == ARCHIVE_FATAL || outcome == ARCHIVE_RETRY) return failure();
    if (++members_ > kMaxArchiveMembers) {
      return Error{ErrorCode::malformed,
                   fmt::format("it has more than {} members", kMaxArchiveMembers),
                   "unpack it by hand and add the folder"};
    }
    const char* path = archive_entry_pathname(entry);
    if (path == nullptr) path = archive_entry_pathname_utf8(entry);
    member.has_name = path != nullptr;
    member.path = unique(path ? path : fmt::format("member-{}", members_));
    member.size_bytes = archive_entry_size_is_set(entry)
                            ? static_cast<std::uint64_t>(archive_entry_size(entry))
                            : 0;
    member.mtime_us = archive_entry_mtime_is_set(entry)
                          ? static_cast<std::int64_t>(archive_entry_mtime(entry)) * kMicrosPerSecond
                          : 0;
    member.is_file =
        archive_entry_filetype(entry) == S_IFREG && archive_entry_hardlink(entry) == nullptr;
    member.is_encrypted = archive_entry_is_data_encrypted(entry) != 0;
    return true;
  }

  ByteSource& data() override { return *this; }
  std::string format() const override {
    const char* name = archive_format_name(archive_);
    return name ? name : "";
  }

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    if (bytes_ > kFreeExpansionBytes &&
        (bytes_ > kMaxExpandedBytes || bytes_ / kMaxExpansionRatio > size_bytes_)) {
      return Error{ErrorCode::malformed,
                   fmt::format("its members are more than {} times its size: unpacking stopped",
                               kMaxExpansionRatio),
                   "unpack it by hand if it is what it says it is, and add the folder"};
    }
    const std::ptrdiff_t count = bytes_of_entry_.read(archive_, into, capacity);
    if (count < 0) return failure();
    bytes_ += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }

 private:
  // libarchive takes a tar that was cut between two members for a whole one.
  bool is_without_end() const {
    if ((archive_format(archive_) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_TAR) return false;
    return is_drained_ && tail_.find_first_not_of('\0') != std::string::npos;
  }

  std::string unique(std::string path) {
    if (seen_.emplace(path, 2).second) return path;
    // Each name remembers its next number: ten thousand members of one name took as many steps
    // each.
    for (int& n = seen_[path];;) {
      std::string candidate = fmt::format("{}#{}", path, n++);
      if (seen_.emplace(candidate, 2).second) return candidate;
    }
  }

  Error failure() {
    if (upstream_) return *upstream_;
    const char* reason = archive_error_string(archive_);
    return {
        ErrorCode::malformed,
        fmt::format("the archive is truncated or corrupt: {}", reason ? reason : "no reason given"),
        ""};
  }

  static la_ssize_t pull(archive* archive, void* self, const void** bytes) {
    auto* reader = static_cast<LibarchiveReader*>(self);
    ByteSource& from = reader->seekable_ ? *reader->seekable_ : reader->content_;
    const auto count = from.read(reader->block_.get(), kBlockBytes);
    if (!count.ok()) {
      reader->upstream_ = count.error();
      archive_set_error(archive, EIO, "%s", count.error().message.c_str());
      return -1;
    }
    *bytes = reader->block_.get();
    reader->is_drained_ = *count == 0;
    reader->tail_.append(reader->block_.get(), *count);
    if (reader->tail_.size() > kTarBlockBytes) {
      reader->tail_.erase(0, reader->tail_.size() - kTarBlockBytes);
    }
    return static_cast<la_ssize_t>(*count);
  }

  static la_int64_t seek(archive*, void* self, la_int64_t offset, int whence) {
    auto* reader = static_cast<LibarchiveReader*>(self);
    const off_t position = ::lseek(reader->seekable_->descriptor(), offset, whence);
    return position < 0 ? ARCHIVE_FATAL : static_cast<la_int64_t>(position);
  }

  ByteSource& content_;
  DescriptorSource* seekable_;
  std::uint64_t size_bytes_;
  std::unique_ptr<char[]> block_;
  archive* archive_;
  std::map<std::string, int> seen_;  // with the number that the next of this name gets
  EntryBytes bytes_of_entry_;
  std::uint64_t members_ = 0;
  std::uint64_t bytes_ = 0;
  std::optional<Error> upstream_;
  bool is_drained_ = false;
  std::string tail_;  // the last bytes of the archive so far, a block of tar's
};

}  // namespace

Result<std::unique_ptr<ArchiveReader>> open_archive(ByteSource& content, DescriptorSource* seekable,
                                                    std::uint64_t size_bytes) {
  if (seekable != nullptr) ASSAY_TRY(seekable->rewind());
  auto reader = std::make_unique<LibarchiveReader>(content, seekable, size_bytes);
  ASSAY_TRY(reader->open());
  return std::unique_ptr<ArchiveReader>(std::move(reader));
}

}  // namespace assay
