#include "engine/archive_walk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace assay {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

// A file that nobody else can name, in `folder` or, where nothing may be written, in /tmp.
Result<Descriptor> nameless_file(const std::string& folder) {
  for (const std::string& place : {folder, std::string("/tmp")}) {
    Descriptor file(::open(place.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (file.is_open()) return file;
    // Not every file system has O_TMPFILE.
    std::string path = place + "/.unpacked-XXXXXX";
    file = Descriptor(::mkostemp(path.data(), O_CLOEXEC));
    if (!file.is_open()) continue;
    ::unlink(path.c_str());
    return file;
  }
  return system_error("make a temporary file in", folder + " or /tmp");
}

}  // namespace

Status walk_archive(DescriptorSource& file, std::uint64_t size_bytes, std::string& damage,
                    const std::function<Status(const ArchiveMember&, ByteSource&)>& each) {
  damage.clear();
  ASSAY_TRY(file.rewind());
  auto opened = OpenedBytes::open(file);
  if (!opened.ok()) return opened.error();
  const bool is_plain = (*opened)->encoding().empty();
  auto reader = open_archive((*opened)->content(), is_plain ? &file : nullptr, size_bytes);
  if (!reader.ok()) {
    if (reader.error().code != ErrorCode::malformed) return reader.error();
    damage = reader.error().message;
    return {};
  }
  while (true) {
    ArchiveMember member;
    const auto more = (*reader)->next(member);
    if (!more.ok()) {
      if (more.error().code != ErrorCode::malformed) return more.error();
      damage = more.error().message;
      return {};
    }
    if (!*more) return {};
    ASSAY_TRY(each(member, (*reader)->data()));
  }
}

Result<MemberBytes> unpack_member(ByteSource& member, const std::string& folder) {
  MemberBytes bytes;
  auto file = nameless_file(folder);
  if (!file.ok()) return file.error();
  bytes.file = std::move(*file);
  const auto block = std::make_unique<char[]>(kBlockBytes);
  while (true) {
    const auto count = member.read(block.get(), kBlockBytes);
    if (!count.ok()) {
      if (count.error().code != ErrorCode::malformed) return count.error();
      bytes.damage = count.error().message;
      return bytes;
    }
    if (*count == 0) return bytes;
    ASSAY_TRY(write_all(bytes.file.number(), {block.get(), *count}, "a temporary file"));
  }
}

}  // namespace assay
