#include "engine/archive_walk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace assay {

namespace {
constexpr std::size_t kBlockBytes = std::size_t{1} << 18;
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
  std::string path = folder + "/.unpacked-XXXXXX";
  bytes.file = Descriptor(::mkostemp(path.data(), O_CLOEXEC));
  if (!bytes.file.is_open()) return system_error("write", path);
  ::unlink(path.c_str());
  const auto block = std::make_unique<char[]>(kBlockBytes);
  while (true) {
    const auto count = member.read(block.get(), kBlockBytes);
    if (!count.ok()) {
      if (count.error().code != ErrorCode::malformed) return count.error();
      bytes.damage = count.error().message;
      return bytes;
    }
    if (*count == 0) return bytes;
    ASSAY_TRY(write_all(bytes.file.number(), {block.get(), *count}, path));
  }
}

}  // namespace assay
