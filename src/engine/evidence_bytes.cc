#include "engine/evidence_bytes.h"

#include <fmt/core.h>

#include <algorithm>

#include "engine/archive_walk.h"
#include "engine/sources.h"

namespace assay {
namespace {

Result<std::string> cut(DescriptorSource& file, std::uint64_t offset, std::uint64_t length) {
  ASSAY_TRY(file.rewind());
  auto opened = OpenedBytes::open(file);
  if (!opened.ok()) return opened.error();
  std::string block(std::size_t{1} << 18, '\0');
  std::string bytes;
  std::uint64_t at = 0;
  while (bytes.size() < length) {
    const auto count = (*opened)->content().read(block.data(), block.size());
    if (!count.ok()) return count.error();
    if (*count == 0) break;
    const std::uint64_t end = at + *count;
    if (end > offset) {
      const std::uint64_t skip = offset > at ? offset - at : 0;
      bytes.append(block, skip, std::min<std::uint64_t>(*count - skip, length - bytes.size()));
    }
    at = end;
  }
  return bytes;
}

// From the outermost container to the evidence itself.
std::vector<const Evidence*> path_to(const Case::Impl& inside, const Evidence& evidence) {
  std::vector<const Evidence*> path = {&evidence};
  while (path.front()->container != 0) {
    const auto index = inside.state.index_of(path.front()->container);
    if (!index) break;
    path.insert(path.begin(), &inside.state.evidences[*index]);
  }
  return path;
}

Result<std::string> descend(Case::Impl& inside, DescriptorSource& file,
                            const std::vector<const Evidence*>& path, std::size_t level,
                            std::uint64_t offset, std::uint64_t length) {
  if (level + 1 == path.size()) return cut(file, offset, length);
  Result<std::string> found =
      Error{ErrorCode::not_found,
            fmt::format("{} is not in {} any more", path[level + 1]->member, path[level]->id), ""};
  WalkEnd end;
  const std::string temporaries = folder_for_temporaries(inside.directory);
  ASSAY_TRY(walk_archive(file, path[level]->size_bytes, temporaries, end,
                         [&](const ArchiveMember& member, ByteSource& data) -> Status {
                           if (member.path != path[level + 1]->member) return {};
                           auto unpacked = unpack_member(data, temporaries);
                           if (!unpacked.ok()) return unpacked.error();
                           DescriptorSource inner(unpacked->file.number(), member.path, nullptr,
                                                  {});
                           found = descend(inside, inner, path, level + 1, offset, length);
                           return {};
                         }));
  return found;
}

}  // namespace

Result<std::string> content_bytes(Case::Impl& inside, const Evidence& evidence,
                                  std::uint64_t offset, std::uint64_t length) {
  const auto path = path_to(inside, evidence);
  const std::string name = inside.bytes_path(*path.front());
  auto file = open_for_reading(name);
  if (!file.ok()) return file.error();
  DescriptorSource source(file->number(), name, nullptr, {});
  source.end_after(inside.bytes_end(*path.front()));
  return descend(inside, source, path, 0, offset, length);
}

}  // namespace assay
