// Decompression: gzip through ISA-L, xz through liblzma, the others through libarchive's raw
// format.
#include <archive.h>
#include <archive_entry.h>
#include <fmt/core.h>

#include <algorithm>

#include "engine/entry_bytes.h"
#include "engine/gzip_source.h"
#include "engine/sources.h"
#include "engine/xz_source.h"

namespace assay {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

Error damage(std::string what) { return {ErrorCode::malformed, std::move(what), ""}; }

class FilterSource final : public ByteSource {
 public:
  FilterSource(std::string encoding, ByteSource& inner)
      : encoding_(std::move(encoding)),
        inner_(inner),
        block_(new char[kBlockBytes]),
        archive_(archive_read_new()) {}
  ~FilterSource() override { archive_read_free(archive_); }

  Status open() {
    using Enable = int (*)(archive*);
    const std::pair<std::string_view, Enable> filters[] = {
        {"zstd", archive_read_support_filter_zstd},
        {"bzip2", archive_read_support_filter_bzip2},
        {"lz4", archive_read_support_filter_lz4},
        {"lzip", archive_read_support_filter_lzip},
        {"compress", archive_read_support_filter_compress}};
    for (const auto& [name, enable] : filters) {
      // ARCHIVE_WARN: libarchive would start an outside program, under limits of nobody's.
      if (name == encoding_ && enable(archive_) != ARCHIVE_OK) {
        return Error{ErrorCode::unsupported,
                     fmt::format("the libarchive of this machine cannot decompress {}", encoding_),
                     "decompress the file by hand and add the result"};
      }
    }
    archive_read_support_format_raw(archive_);
    archive_read_support_format_empty(archive_);
    archive_entry* entry = nullptr;
    if (archive_read_open(archive_, this, nullptr, &FilterSource::pull, nullptr) != ARCHIVE_OK) {
      fail();
      return {};
    }
    const int outcome = archive_read_next_header(archive_, &entry);
    if (outcome == ARCHIVE_EOF) is_at_end_ = true;
    if (outcome != ARCHIVE_OK && outcome != ARCHIVE_EOF) fail();
    return {};
  }

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    if (error_) return *error_;
    if (is_at_end_) return std::size_t{0};
    const std::ptrdiff_t count = bytes_.read(archive_, into, capacity);
    if (count >= 0) return static_cast<std::size_t>(count);
    fail();
    return *error_;
  }

 private:
  void fail() {
    const char* reason = archive_error_string(archive_);
    error_ = upstream_
                 ? *upstream_
                 : damage(fmt::format("the {} data is truncated or corrupt ({}); what its last "
                                      "block held ({}) cannot be had",
                                      encoding_, reason ? reason : "no reason given",
                                      encoding_ == "bzip2" ? "about 900 KB" : "up to 128 KiB"));
  }

  static la_ssize_t pull(archive* archive, void* self, const void** bytes) {
    auto* source = static_cast<FilterSource*>(self);
    const auto count = source->inner_.read(source->block_.get(), kBlockBytes);
    if (!count.ok()) {
      source->upstream_ = count.error();
      archive_set_error(archive, EIO, "%s", count.error().message.c_str());
      return -1;
    }
    *bytes = source->block_.get();
    return static_cast<la_ssize_t>(*count);
  }

  std::string encoding_;
  ByteSource& inner_;
  std::unique_ptr<char[]> block_;
  archive* archive_;
  EntryBytes bytes_;
  std::optional<Error> upstream_;
  std::optional<Error> error_;
  bool is_at_end_ = false;
};

bool is_tar(std::string_view head) {
  if (head.size() < 512 || head[0] == '\0') return false;
  // The header's checksum counts its own eight bytes as blanks (POSIX.1, ustar interchange format).
  std::uint64_t sum = 0, stated = 0;
  for (std::size_t i = 0; i < 512; ++i) {
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(head[i]);
  }
  bool has_digit = false;
  for (const char c : head.substr(148, 8)) {
    if (c >= '0' && c <= '7') {
      stated = stated * 8 + static_cast<std::uint64_t>(c - '0');
      has_digit = true;
    } else if (has_digit) {
      break;
    }
  }
  return has_digit && sum == stated;
}

bool are_digits(std::string_view text, int base) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c < '0' + std::min(base, 10)) ||
           (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
  });
}

// Three letters of text: the level and the first block's magic, or that of the end, follow.
bool is_bzip2(std::string_view head) {
  return head.size() >= 10 && head[3] >= '1' && head[3] <= '9' &&
         (head.substr(4, 6) == "\x31\x41\x59\x26\x53\x59" ||
          head.substr(4, 6) == "\x17\x72\x45\x38\x50\x90");
}

// Six digits that a date (070701) writes as well: the numbers of a whole header follow.
bool is_cpio(std::string_view head) {
  if (head.starts_with("070701") || head.starts_with("070702")) {
    return head.size() >= 110 && are_digits(head.substr(6, 104), 16);
  }
  return head.starts_with("070707") && head.size() >= 76 && are_digits(head.substr(6, 70), 8);
}

}  // namespace

std::string_view encoding_of(std::string_view head) {
  const std::pair<std::string_view, std::string_view> magics[] = {
      {std::string_view("\x1f\x8b\x08", 3), "gzip"},
      {std::string_view("\xfd"
                        "7zXZ\0",
                        6),
       "xz"},
      {std::string_view("\x28\xb5\x2f\xfd", 4), "zstd"},
      {std::string_view("BZh", 3), "bzip2"},
      {std::string_view("\x04\x22\x4d\x18", 4), "lz4"},
      {std::string_view("LZIP", 4), "lzip"},
      {std::string_view("\x1f\x9d", 2), "compress"}};
  for (const auto& [magic, name] : magics) {
    if (!head.starts_with(magic)) continue;
    if (name == "bzip2" && !is_bzip2(head)) continue;
    if (name == "lzip" && (head.size() < 6 || (head[4] != 0 && head[4] != 1))) continue;
    return name;
  }
  return "";
}

bool is_archive(std::string_view head) {
  const std::string_view magics[] = {
      std::string_view("PK\x03\x04", 4),         std::string_view("PK\x05\x06", 4),
      std::string_view("7z\xbc\xaf\x27\x1c", 6), std::string_view("Rar!\x1a\x07", 6),
      std::string_view("!<arch>\n", 8),          std::string_view("MSCF\0\0\0\0", 8)};
  for (const std::string_view magic : magics) {
    if (head.starts_with(magic)) return true;
  }
  return is_cpio(head) || is_tar(head);
}

Result<std::unique_ptr<ByteSource>> make_decoder(std::string_view encoding, ByteSource& inner) {
  if (encoding == "gzip") return make_gzip_source(inner);
  if (encoding == "xz") return make_xz_source(inner);
  auto filter = std::make_unique<FilterSource>(std::string(encoding), inner);
  ASSAY_TRY(filter->open());
  return std::unique_ptr<ByteSource>(std::move(filter));
}

}  // namespace assay
