#include "engine/content_walk.h"

#include <fmt/format.h>

#include "engine/archive_walk.h"
#include "engine/sources.h"

namespace assay {
namespace {

class ContentWalk {
 public:
  ContentWalk(Case::Impl& inside, const std::set<std::uint32_t>& wanted,
              const std::function<Status(const Evidence&, ByteSource&)>& each)
      : inside_(inside), wanted_(wanted), each_(each) {
    for (std::uint32_t number : wanted) {
      for (const Evidence* at = find(number); at != nullptr; at = find(at->container)) {
        on_the_way_.insert(at->number);
      }
    }
  }

  Status run() {
    for (const std::uint32_t number : on_the_way_) {
      const Evidence* evidence = find(number);
      if (evidence == nullptr || evidence->container != 0) continue;
      const std::string path = inside_.bytes_path(*evidence);
      auto file = open_for_reading(path);
      if (!file.ok()) return file.error();
      DescriptorSource source(file->number(), path, inside_.surroundings.stop,
                              [&](std::uint64_t done) {
                                const auto& progress = inside_.surroundings.progress;
                                if (progress) progress(evidence->name, done, evidence->size_bytes);
                              });
      source.end_after(inside_.bytes_end(*evidence));
      ASSAY_TRY(take(source, *evidence));
    }
    for (const std::uint32_t number : wanted_) {
      const Evidence* evidence = find(number);
      if (evidence == nullptr || done_.contains(number)) continue;
      return Error{ErrorCode::check_failed,
                   fmt::format("{} is not in its archive any more", evidence->id),
                   "see what changed with: assay verify " + inside_.directory};
    }
    return {};
  }

 private:
  const Evidence* find(std::uint32_t number) const {
    const auto index = number == 0 ? std::nullopt : inside_.state.index_of(number);
    return index ? &inside_.state.evidences[*index] : nullptr;
  }

  Status take(DescriptorSource& file, const Evidence& evidence) {
    if (evidence.state == ReadState::container) return take_members(file, evidence);
    auto opened = OpenedBytes::open(file);
    if (!opened.ok()) return opened.error();
    ASSAY_TRY(each_(evidence, (*opened)->content()));
    ASSAY_TRY((*opened)->received().drain());
    done_.insert(evidence.number);
    if ((*opened)->received().sha256() == evidence.sha256) return {};
    return Error{ErrorCode::check_failed,
                 fmt::format("the bytes of {} are no longer those sealed", evidence.id),
                 "see what changed with: assay verify " + inside_.directory};
  }

  Status take_members(DescriptorSource& file, const Evidence& container) {
    WalkEnd end;
    const std::string temporaries = folder_for_temporaries(inside_.directory);
    return walk_archive(
        file, container.size_bytes, temporaries, end,
        [&](const ArchiveMember& member, ByteSource& data) -> Status {
          const CaseState& state = inside_.state;
          const auto index = state.first_of(
              state.index.member_of(container.number, member.path), [&](std::size_t i) {
                const Evidence& each = state.evidences[i];
                return each.container == container.number && each.member == member.path;
              });
          if (!index || !on_the_way_.contains(state.evidences[*index].number)) return {};
          auto unpacked = unpack_member(data, temporaries);
          if (!unpacked.ok()) return unpacked.error();
          DescriptorSource inner(unpacked->file.number(), member.path, inside_.surroundings.stop,
                                 {});
          inner.end_in(unpacked->damage);
          return take(inner, state.evidences[*index]);
        });
  }

  Case::Impl& inside_;
  const std::set<std::uint32_t>& wanted_;
  const std::function<Status(const Evidence&, ByteSource&)>& each_;
  std::set<std::uint32_t> on_the_way_, done_;
};

}  // namespace

Status each_content(Case::Impl& inside, const std::set<std::uint32_t>& wanted,
                    const std::function<Status(const Evidence&, ByteSource&)>& each) {
  return ContentWalk(inside, wanted, each).run();
}

}  // namespace assay
