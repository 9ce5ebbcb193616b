#include "store/segment_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace assay {
namespace {

constexpr std::string_view kMagic = "assay segment 1\n";
// Written while it is still in the processor's cache.
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::size_t kMostFooterBytes = std::size_t{1} << 28;
// What identifies the file, and of each block: numbers, each of eight bytes.
constexpr std::size_t kHeadNumbers = 2 + kSections, kBlockNumbers = 17;

struct Trailer {
  std::uint64_t footer_bytes = 0;
  std::uint64_t footer_hash = 0;
  char magic[16] = {};
};
static_assert(sizeof(Trailer) == 32);

Error system_error(std::string_view what, const std::string& path) {
  return {ErrorCode::io, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)), ""};
}

std::uint64_t hash_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

void put(std::uint64_t value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : bytes_(bytes) {}
  std::size_t left() const { return bytes_.size() / sizeof(std::uint64_t); }
  std::uint64_t next() {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes_.data(), sizeof(value));
    bytes_.remove_prefix(sizeof(value));
    return value;
  }
  EntryKey key() {
    EntryKey key{next(), next(), next(), static_cast<std::uint32_t>(next()), next()};
    return key;
  }

 private:
  std::string_view bytes_;
};

void put_key(const EntryKey& key, std::string& out) {
  for (const std::uint64_t part : {key.a, key.b, key.c}) put(part, out);
  put(key.evidence, out);
  put(key.offset, out);
}

std::string footer_of(const SegmentIndex& index) {
  std::string footer;
  put(index.evidence, footer);
  put(index.batch, footer);
  for (const auto& blocks : index.blocks) put(blocks.size(), footer);
  for (const auto& blocks : index.blocks) {
    for (const BlockInfo& block : blocks) {
      put(block.at, footer);
      put(block.bytes | std::uint64_t{block.entries} << 32, footer);
      put(block.hash, footer);
      put_key(block.first, footer);
      put_key(block.last, footer);
      put(ordered(block.time_min), footer);
      put(ordered(block.time_max), footer);
      put(block.offset_min, footer);
      put(block.offset_max, footer);
    }
  }
  return footer;
}

// False when the numbers do not make an index of a file with `content` bytes before its footer.
bool parse_footer(std::string_view footer, std::uint64_t content, SegmentIndex& index) {
  Numbers numbers(footer);
  if (footer.size() % 8 != 0 || numbers.left() < kHeadNumbers) return false;
  index.evidence = static_cast<std::uint32_t>(numbers.next());
  index.batch = numbers.next();
  std::array<std::uint64_t, kSections> counts;
  for (std::uint64_t& count : counts) count = numbers.next();
  for (std::size_t section = 0; section < kSections; ++section) {
    if (counts[section] > numbers.left() / kBlockNumbers) return false;
    index.blocks[section].reserve(counts[section]);
    for (std::uint64_t i = 0; i < counts[section]; ++i) {
      BlockInfo block;
      block.at = numbers.next();
      const std::uint64_t sizes = numbers.next();
      block.bytes = static_cast<std::uint32_t>(sizes);
      block.entries = static_cast<std::uint32_t>(sizes >> 32);
      block.hash = numbers.next();
      block.first = numbers.key();
      block.last = numbers.key();
      block.time_min = time_of(numbers.next());
      block.time_max = time_of(numbers.next());
      block.offset_min = numbers.next();
      block.offset_max = numbers.next();
      if (block.bytes > kMostBlockBytes || block.at > content || block.bytes > content - block.at ||
          block.entries == 0 || block.entries > kMostBlockEntries) {
        return false;
      }
      index.blocks[section].push_back(block);
    }
  }
  return numbers.left() == 0;
}

}  // namespace

std::uint64_t SegmentIndex::entries(Section section) const {
  std::uint64_t sum = 0;
  for (const BlockInfo& block : of(section)) sum += block.entries;
  return sum;
}

SegmentWriter::SegmentWriter(int descriptor, std::string path)
    : descriptor_(descriptor), path_(std::move(path)) {
  buffer_.reserve(2 * kPieceBytes);
  buffer_ = kMagic;
  block_begin_ = buffer_.size();
}

SegmentWriter::SegmentWriter(SegmentWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      buffer_(std::move(other.buffer_)),
      block_begin_(other.block_begin_),
      written_(other.written_),
      index_(std::move(other.index_)) {}

SegmentWriter::~SegmentWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<SegmentWriter> SegmentWriter::create(const std::string& path) {
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (file < 0) return system_error("write", path);
  return SegmentWriter(file, path);
}

Result<SegmentWriter> SegmentWriter::create_unnamed(const std::string& directory) {
  std::string path = directory + "/spill-XXXXXX";
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return system_error("write", path);
  ::unlink(path.c_str());
  return SegmentWriter(file, path);
}

Status SegmentWriter::write_out() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return system_error("write", path_);
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  written_ += buffer_.size();
  buffer_.clear();
  block_begin_ = 0;
  return {};
}

Status SegmentWriter::block(Section section, BlockInfo info) {
  const std::string_view bytes = std::string_view(buffer_).substr(block_begin_);
  info.at = written_ + block_begin_;
  info.bytes = static_cast<std::uint32_t>(bytes.size());
  info.hash = hash_of(bytes);
  index_.blocks[static_cast<std::size_t>(section)].push_back(info);
  block_begin_ = buffer_.size();
  return buffer_.size() >= kPieceBytes ? write_out() : Status{};
}

Status SegmentWriter::finish() {
  const std::string footer = footer_of(index_);
  Trailer trailer{footer.size(), hash_of(footer)};
  std::memcpy(trailer.magic, kMagic.data(), kMagic.size());
  buffer_ += footer;
  buffer_.append(reinterpret_cast<const char*>(&trailer), sizeof(trailer));
  ASSAY_TRY(write_out());
  if (::close(std::exchange(descriptor_, -1)) != 0) return system_error("write", path_);
  return {};
}

Result<int> SegmentWriter::release() {
  ASSAY_TRY(write_out());
  return std::exchange(descriptor_, -1);
}

BlockSource::BlockSource(std::string path, std::string mend)
    : path_(std::move(path)), mend_(std::move(mend)) {}

BlockSource::BlockSource(int descriptor, std::string mend)
    : path_("a temporary file"), mend_(std::move(mend)), descriptor_(descriptor) {}

BlockSource::~BlockSource() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Error BlockSource::damaged(std::string_view what) const {
  return {ErrorCode::malformed, fmt::format("{} of the record store is damaged ({})", path_, what),
          mend_};
}

Status BlockSource::read_at(std::uint64_t at, std::size_t size, char* into,
                            std::string_view what) const {
  const int file = descriptor_ >= 0
                       ? descriptor_
                       : ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return system_error("read", path_);
  ssize_t count = 0;
  while (size > 0) {
    count = ::pread(file, into, size, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    into += count;
    at += static_cast<std::uint64_t>(count);
    size -= static_cast<std::size_t>(count);
  }
  Status status;
  if (count < 0) status = system_error("read", path_);
  if (descriptor_ < 0) ::close(file);
  ASSAY_TRY(status);
  return size == 0 ? Status{} : damaged(what);
}

Status BlockSource::read(const BlockInfo& block, std::string& bytes) const {
  bytes.resize(block.bytes + kBlockSlack);
  std::memset(bytes.data() + block.bytes, 0, kBlockSlack);
  ASSAY_TRY(read_at(block.at, block.bytes, bytes.data(), "it ends too soon"));
  if (hash_of({bytes.data(), block.bytes}) != block.hash) return damaged("a block has changed");
  return {};
}

Result<SegmentIndex> BlockSource::read_index() const {
  struct stat info {};
  if (::lstat(path_.c_str(), &info) != 0) return system_error("read", path_);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (!S_ISREG(info.st_mode) || size < kMagic.size() + sizeof(Trailer)) {
    return damaged("it is too short");
  }
  Trailer trailer;
  char magic[16];
  ASSAY_TRY(read_at(0, sizeof(magic), magic, "it has no head"));
  ASSAY_TRY(read_at(size - sizeof(trailer), sizeof(trailer), reinterpret_cast<char*>(&trailer),
                    "it has no end"));
  if (std::string_view(magic, sizeof(magic)) != kMagic ||
      std::string_view(trailer.magic, sizeof(trailer.magic)) != kMagic) {
    return damaged("its head or end has changed");
  }
  const std::uint64_t content = size - sizeof(trailer);
  if (trailer.footer_bytes > content - kMagic.size() || trailer.footer_bytes > kMostFooterBytes) {
    return damaged("its list of blocks has changed");
  }
  std::string footer(trailer.footer_bytes, '\0');
  const std::uint64_t at = content - footer.size();
  ASSAY_TRY(read_at(at, footer.size(), footer.data(), "it ends too soon"));
  SegmentIndex index;
  if (hash_of(footer) != trailer.footer_hash || !parse_footer(footer, at, index)) {
    return damaged("its list of blocks has changed");
  }
  return index;
}

}  // namespace assay
