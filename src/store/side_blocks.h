// Blocks of names and of IPv6 hosts within a segment, by ascending key.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/names.h"
#include "store/row_sort.h"
#include "store/segment_file.h"
#include "store/segment_limits.h"

namespace assay {

// Texts of a block: their lengths are a column, their bytes lie behind all columns.
class TextColumn {
 public:
  // `lengths`: a column of `count`; `bytes`: from where texts begin, of which it takes its own.
  bool parse(const ColumnView& lengths, std::size_t count, std::string_view& bytes);
  std::string_view at(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return bytes_.substr(begin, ends_[i] - begin);
  }

 private:
  std::vector<std::uint32_t> ends_;
  std::string_view bytes_;
};

class NameBlockView {
 public:
  bool parse(std::string_view bytes, std::size_t count);
  std::uint64_t key(std::size_t i) const { return key_.at(i); }
  std::uint64_t check(std::size_t i) const { return check_.at(i); }
  std::string_view text(std::size_t i) const { return text_.at(i); }

 private:
  ColumnView key_, check_, length_;
  TextColumn text_;
};

class HostBlockView {
 public:
  bool parse(std::string_view bytes, std::size_t count);
  std::uint64_t key(std::size_t i) const { return key_.at(i); }
  IpAddress address(std::size_t i) const;

 private:
  ColumnView key_;
  std::string_view addresses_;
};

// Each name once by key and check; IPv4 hosts are left out.
Status write_names(SegmentWriter& writer, const NewNames& names, const SegmentLimits& limits,
                   RowSorter& sorter);
Status write_hosts(SegmentWriter& writer, const std::vector<NewHost>& hosts,
                   const SegmentLimits& limits);

using Segments = std::vector<const Segment*>;

// Every name or host of the segments once, by ascending key, until `each` returns false.
Status each_name(const Segments& segments, const SegmentLimits& limits,
                 const std::function<bool(std::uint64_t, std::string_view)>& each);
Status each_host(const Segments& segments, const SegmentLimits& limits,
                 const std::function<bool(std::uint64_t, const IpAddress&)>& each);
Result<std::optional<std::string>> find_name(const Segments& segments, std::uint64_t key);
Result<std::optional<IpAddress>> find_host(const Segments& segments, std::uint64_t key);

// Whether two names or two hosts of `fresh`, or of `fresh` and `others`, share a key. Reads of
// `others` only the blocks in which a key of `fresh` may stand. Errors: internal (a collision).
Status check_collisions(const Segments& fresh, const Segments& others, const SegmentLimits& limits);

}  // namespace assay
