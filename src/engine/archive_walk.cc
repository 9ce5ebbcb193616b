#include "engine/archive_walk.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "engine/pst_folders.h"

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

Result<std::unique_ptr<ArchiveReader>> open_members(OpenedBytes& opened, DescriptorSource& file,
                                                    std::uint64_t size_bytes) {
  const bool is_plain = opened.encoding().empty();
  return open_archive(opened.content(), is_plain ? &file : nullptr, size_bytes);
}

// readpst wants to go to and fro in a file: compressed folders are unpacked first.
Result<std::unique_ptr<ArchiveReader>> open_folders(OpenedBytes& opened, DescriptorSource& file,
                                                    const std::string& folder) {
  const auto open = [&folder](DescriptorSource& from) -> Result<std::unique_ptr<ArchiveReader>> {
    struct stat info {};
    if (::fstat(from.descriptor(), &info) != 0) return system_error("read", "Outlook's folders");
    return open_pst(from, folder, pst_limits(static_cast<std::uint64_t>(info.st_size)));
  };
  if (opened.encoding().empty()) return open(file);
  auto unpacked = unpack_member(opened.content(), folder);
  if (!unpacked.ok()) return unpacked.error();
  DescriptorSource inner(unpacked->file.number(), "Outlook's folders", file.stop_flag(), {});
  return open(inner);
}

}  // namespace

Status walk_archive(DescriptorSource& file, std::uint64_t size_bytes, const std::string& folder,
                    WalkEnd& end,
                    const std::function<Status(const ArchiveMember&, ByteSource&)>& each) {
  end = WalkEnd();
  ASSAY_TRY(file.rewind());
  auto opened = OpenedBytes::open(file);
  if (!opened.ok()) return opened.error();
  auto reader = is_pst((*opened)->head()) ? open_folders(**opened, file, folder)
                                          : open_members(**opened, file, size_bytes);
  if (!reader.ok()) {
    if (reader.error().code != ErrorCode::malformed) return reader.error();
    end.damage = reader.error().message;
    return {};
  }
  end.notes = (*reader)->notes();
  while (true) {
    ArchiveMember member;
    const auto more = (*reader)->next(member);
    if (!more.ok()) {
      if (more.error().code != ErrorCode::malformed) return more.error();
      end.damage = more.error().message;
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
    bytes.size += *count;
  }
}

}  // namespace assay
