#include "store/key_checks.h"

#include "store/side_tables.h"

namespace assay {
namespace {

std::uint64_t keys_of(const Segments& segments) {
  std::uint64_t keys = 0;
  for (const Segment* segment : segments) {
    keys += segment->index.entries(Section::names) + segment->index.entries(Section::hosts);
  }
  return keys;
}

template <class View, class Each>
Status each_entry(const Segment& segment, Section section, const Each& each) {
  std::string bytes;
  View view;
  for (const BlockInfo& block : segment.index.of(section)) {
    ASSAY_TRY(segment.source->read(block, bytes));
    if (!view.parse({bytes.data(), block.bytes}, block.entries)) {
      return segment.source->damaged("a block cannot be read");
    }
    for (std::size_t i = 0; i < block.entries; ++i) ASSAY_TRY(each(view, i));
  }
  return {};
}

}  // namespace

Status KeyChecks::take(const Segments& segments) {
  for (const Segment* segment : segments) {
    ASSAY_TRY(each_entry<NameBlockView>(
        *segment, Section::names, [this](const NameBlockView& view, std::size_t i) -> Status {
          const std::uint64_t key = view.key(i);
          CollisionCheck check;
          ASSAY_TRY(check.add_name(key, names_.try_emplace(key, view.check(i)).first->second));
          return check.add_name(key, view.check(i));
        }));
    ASSAY_TRY(each_entry<HostBlockView>(
        *segment, Section::hosts, [this](const HostBlockView& view, std::size_t i) -> Status {
          const std::uint64_t key = view.key(i);
          CollisionCheck check;
          ASSAY_TRY(check.add_host(key, hosts_.try_emplace(key, view.address(i)).first->second));
          return check.add_host(key, view.address(i));
        }));
  }
  return {};
}

Status KeyChecks::add(const Segments& fresh, const Segments& others, const SegmentLimits& limits) {
  if (keys_of(fresh) + keys_of(others) > limits.keys_in_memory) {
    *this = {};
    return check_collisions(fresh, others, limits);
  }
  if (!is_loaded_) {
    ASSAY_TRY(take(others));
    is_loaded_ = true;
  }
  return take(fresh);
}

}  // namespace assay
