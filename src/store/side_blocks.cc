#include "store/side_blocks.h"

#include <algorithm>
#include <numeric>

#include "store/segment_sweep.h"
#include "store/side_tables.h"

namespace assay {
namespace {

constexpr std::size_t kAddressBytes = 16;

std::vector<SweepInput> sections_of(const Segments& segments, Section section) {
  std::vector<SweepInput> inputs;
  for (const Segment* segment : segments) {
    if (!segment->index.of(section).empty()) inputs.push_back(whole_section(*segment, section));
  }
  return inputs;
}

template <class View>
EntryKey key_of(const View& view, std::size_t i) {
  return {view.key(i)};
}

template <class View>
Status load(const Segment& segment, const BlockInfo& block, std::string& bytes, View& view) {
  ASSAY_TRY(segment.source->read(block, bytes));
  if (view.parse({bytes.data(), block.bytes}, block.entries)) return {};
  return segment.source->damaged("a block cannot be read");
}

// Calls `found(view, i)` for entries with this key until it returns true.
template <class View, class Found>
Status find(const Segments& segments, Section section, std::uint64_t key, const Found& found) {
  std::string bytes;
  View view;
  for (const Segment* segment : segments) {
    const auto& blocks = segment->index.of(section);
    auto block = std::partition_point(blocks.begin(), blocks.end(),
                                      [key](const BlockInfo& b) { return b.last.a < key; });
    if (block == blocks.end() || block->first.a > key) continue;
    ASSAY_TRY(load(*segment, *block, bytes, view));
    std::size_t low = 0, high = block->entries;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (view.key(middle) < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low < block->entries && view.key(low) == key) {
      found(view, low);
      return {};
    }
  }
  return {};
}

// The names of one window, and their order.
struct NameWindow {
  std::vector<std::uint64_t> key, check;
  std::vector<std::uint64_t> end;
  std::string text;

  void clear() {
    key.clear();
    check.clear();
    end.clear();
    text.clear();
  }
  std::string_view name(std::size_t i) const {
    const std::uint64_t begin = i == 0 ? 0 : end[i - 1];
    return std::string_view(text).substr(begin, end[i] - begin);
  }
};

// Holds the ascending keys of a window against the blocks of one segment.
Status check_against(const Segment& segment, const std::vector<NameKey>& window) {
  const auto by_key = [](const NameKey& name, std::uint64_t key) { return name.key < key; };
  std::string bytes;
  NameBlockView view;
  const auto& blocks = segment.index.of(Section::names);
  auto block = std::partition_point(blocks.begin(), blocks.end(), [&](const BlockInfo& b) {
    return b.last.a < window.front().key;
  });
  for (; block != blocks.end() && block->first.a <= window.back().key; ++block) {
    auto next = std::lower_bound(window.begin(), window.end(), block->first.a, by_key);
    if (next == window.end() || next->key > block->last.a) continue;
    ASSAY_TRY(load(segment, *block, bytes, view));
    for (std::size_t i = 0; i < block->entries && next != window.end(); ++i) {
      const std::uint64_t key = view.key(i);
      while (next != window.end() && next->key < key) ++next;
      if (next == window.end() || next->key != key) continue;
      CollisionCheck check;
      ASSAY_TRY(check.add_name(key, next->check));
      ASSAY_TRY(check.add_name(key, view.check(i)));
    }
  }
  return {};
}

}  // namespace

bool TextColumn::parse(const ColumnView& lengths, std::size_t count, std::string_view& bytes) {
  ends_.resize(count);
  lengths.copy(0, count, ends_.data());
  std::uint64_t end = 0;
  for (std::uint32_t& length : ends_) {
    end += length;
    if (end > bytes.size()) return false;
    length = static_cast<std::uint32_t>(end);
  }
  bytes_ = bytes.substr(0, end);
  bytes.remove_prefix(end);
  return true;
}

bool NameBlockView::parse(std::string_view bytes, std::size_t count) {
  return key_.parse(bytes, count) && check_.parse(bytes, count) && length_.parse(bytes, count) &&
         text_.parse(length_, count, bytes) && bytes.empty();
}

bool HostBlockView::parse(std::string_view bytes, std::size_t count) {
  if (!key_.parse(bytes, count) || bytes.size() != count * kAddressBytes) return false;
  addresses_ = bytes;
  return true;
}

IpAddress HostBlockView::address(std::size_t i) const {
  IpAddress address;
  std::memcpy(address.bytes.data(), addresses_.data() + i * kAddressBytes, kAddressBytes);
  return address;
}

Status write_names(SegmentWriter& writer, const NewNames& names, const SegmentLimits& limits,
                   RowSorter& sorter) {
  const auto& order = sorter.sort(names.key);
  std::vector<std::uint64_t> keys, checks;
  std::vector<std::uint32_t> lengths;
  std::string texts;
  for (std::size_t at = 0; at < order.size();) {
    keys.clear();
    checks.clear();
    lengths.clear();
    texts.clear();
    while (at < order.size() && keys.size() < limits.names_per_block &&
           texts.size() < limits.text_bytes_per_block) {
      const std::uint32_t i = order[at++];
      if (!keys.empty() && keys.back() == names.key[i] && checks.back() == names.check[i]) continue;
      const std::string_view name = names.canonical(i);
      keys.push_back(names.key[i]);
      checks.push_back(names.check[i]);
      lengths.push_back(static_cast<std::uint32_t>(name.size()));
      texts += name;
    }
    encode_column(keys, writer.buffer());
    encode_column(checks, writer.buffer());
    encode_column(lengths, writer.buffer());
    writer.buffer() += texts;
    ASSAY_TRY(writer.block(Section::names, {.entries = static_cast<std::uint32_t>(keys.size()),
                                            .first = {keys.front()},
                                            .last = {keys.back()}}));
  }
  return {};
}

Status write_hosts(SegmentWriter& writer, const std::vector<NewHost>& hosts,
                   const SegmentLimits& limits) {
  std::vector<NewHost> sorted;
  for (const NewHost& host : hosts) {
    if (!is_ipv4_key(host.key)) sorted.push_back(host);
  }
  const auto by_key = [](const NewHost& a, const NewHost& b) {
    return std::tie(a.key, a.address) < std::tie(b.key, b.address);
  };
  std::sort(sorted.begin(), sorted.end(), by_key);
  std::vector<std::uint64_t> keys;
  for (std::size_t from = 0; from < sorted.size(); from += keys.size()) {
    const std::size_t count = std::min(limits.names_per_block, sorted.size() - from);
    keys.clear();
    for (std::size_t i = from; i < from + count; ++i) keys.push_back(sorted[i].key);
    encode_column(keys, writer.buffer());
    for (std::size_t i = from; i < from + count; ++i) {
      const auto& bytes = sorted[i].address.bytes;
      writer.buffer().append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    ASSAY_TRY(writer.block(Section::hosts, {.entries = static_cast<std::uint32_t>(count),
                                            .first = {keys.front()},
                                            .last = {keys.back()}}));
  }
  return {};
}

Status each_name(const Segments& segments, const SegmentLimits& limits,
                 const std::function<bool(std::uint64_t, std::string_view)>& each) {
  Sweep<NameBlockView> sweep(sections_of(segments, Section::names), limits.names_per_window,
                             key_of<NameBlockView>);
  NameWindow window;
  RowSorter sorter;
  std::optional<std::uint64_t> last;
  for (;;) {
    window.clear();
    auto found = sweep.next(
        [&](std::size_t, const NameBlockView& view, std::size_t from, std::size_t to) -> Status {
          for (std::size_t i = from; i < to; ++i) {
            window.key.push_back(view.key(i));
            window.text += view.text(i);
            window.end.push_back(window.text.size());
          }
          return {};
        });
    if (!found.ok()) return found.error();
    if (!*found) return {};
    for (const std::uint32_t i : sorter.sort(window.key)) {
      if (last == window.key[i]) continue;
      last = window.key[i];
      if (!each(window.key[i], window.name(i))) return {};
    }
  }
}

Status each_host(const Segments& segments, const SegmentLimits& limits,
                 const std::function<bool(std::uint64_t, const IpAddress&)>& each) {
  Sweep<HostBlockView> sweep(sections_of(segments, Section::hosts), limits.names_per_window,
                             key_of<HostBlockView>);
  std::vector<NewHost> window;
  std::optional<std::uint64_t> last;
  for (;;) {
    window.clear();
    auto found = sweep.next(
        [&](std::size_t, const HostBlockView& view, std::size_t from, std::size_t to) -> Status {
          for (std::size_t i = from; i < to; ++i) window.push_back({view.key(i), view.address(i)});
          return {};
        });
    if (!found.ok()) return found.error();
    if (!*found) return {};
    std::stable_sort(window.begin(), window.end(),
                     [](const NewHost& a, const NewHost& b) { return a.key < b.key; });
    for (const NewHost& host : window) {
      if (last == host.key) continue;
      last = host.key;
      if (!each(host.key, host.address)) return {};
    }
  }
}

Result<std::optional<std::string>> find_name(const Segments& segments, std::uint64_t key) {
  std::optional<std::string> name;
  ASSAY_TRY(find<NameBlockView>(
      segments, Section::names, key,
      [&](const NameBlockView& view, std::size_t i) { name = std::string(view.text(i)); }));
  return name;
}

Result<std::optional<IpAddress>> find_host(const Segments& segments, std::uint64_t key) {
  std::optional<IpAddress> address;
  ASSAY_TRY(find<HostBlockView>(
      segments, Section::hosts, key,
      [&](const HostBlockView& view, std::size_t i) { address = view.address(i); }));
  return address;
}

Status check_collisions(const Segments& fresh, const Segments& others,
                        const SegmentLimits& limits) {
  Sweep<NameBlockView> sweep(sections_of(fresh, Section::names), limits.names_per_window,
                             key_of<NameBlockView>);
  NameWindow window;
  RowSorter sorter;
  std::vector<NameKey> sorted;
  for (bool goes_on = true; goes_on;) {
    window.clear();
    auto found = sweep.next(
        [&](std::size_t, const NameBlockView& view, std::size_t from, std::size_t to) -> Status {
          for (std::size_t i = from; i < to; ++i) {
            window.key.push_back(view.key(i));
            window.check.push_back(view.check(i));
          }
          return {};
        });
    if (!found.ok()) return found.error();
    goes_on = *found;
    sorted.clear();
    CollisionCheck check;
    for (const std::uint32_t i : sorter.sort(window.key)) {
      ASSAY_TRY(check.add_name(window.key[i], window.check[i]));
      sorted.push_back({window.key[i], window.check[i]});
    }
    if (sorted.empty()) continue;
    for (const Segment* other : others) ASSAY_TRY(check_against(*other, sorted));
  }
  const bool has_hosts = std::any_of(fresh.begin(), fresh.end(), [](const Segment* segment) {
    return !segment->index.of(Section::hosts).empty();
  });
  if (!has_hosts) return {};
  // Hosts are few: all of them are read.
  Segments all = fresh;
  all.insert(all.end(), others.begin(), others.end());
  Sweep<HostBlockView> hosts(sections_of(all, Section::hosts), limits.names_per_window,
                             key_of<HostBlockView>);
  std::vector<NewHost> gathered;
  for (;;) {
    gathered.clear();
    auto found = hosts.next(
        [&](std::size_t, const HostBlockView& view, std::size_t from, std::size_t to) -> Status {
          for (std::size_t i = from; i < to; ++i)
            gathered.push_back({view.key(i), view.address(i)});
          return {};
        });
    if (!found.ok()) return found.error();
    if (!*found) return {};
    std::sort(gathered.begin(), gathered.end(),
              [](const NewHost& a, const NewHost& b) { return a.key < b.key; });
    CollisionCheck check;
    for (const NewHost& host : gathered) ASSAY_TRY(check.add_host(host.key, host.address));
  }
}

}  // namespace assay
