#include "store/group_count.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <queue>
#include <utility>

#include "store/row_sort.h"

namespace assay {
namespace {

constexpr std::size_t kFirstSlots = 1'024;
constexpr std::size_t kReadBytes = std::size_t{256} << 10;

Error spill_error(std::string_view what, const std::string& directory) {
  return {
      ErrorCode::io,
      fmt::format("cannot {} a temporary file in {}: {}", what, directory, std::strerror(errno)),
      ""};
}

}  // namespace

// A sorted run, some thousand groups at a time.
class GroupCounter::RunReader {
 public:
  RunReader(int file, Run run, std::size_t stride) : file_(file), run_(run), stride_(stride) {}

  bool is_at_end() const { return position_ == buffer_.size() && run_.at == run_.end; }
  const std::uint64_t* entry() const { return &buffer_[position_]; }
  // False when the file cannot be read.
  bool fill() {
    if (position_ < buffer_.size() || run_.at == run_.end) return true;
    const std::size_t entry_bytes = stride_ * sizeof(std::uint64_t);
    const std::size_t wanted = std::min<std::uint64_t>(
        std::max<std::size_t>(1, kReadBytes / entry_bytes) * entry_bytes, run_.end - run_.at);
    buffer_.resize(wanted / sizeof(std::uint64_t));
    position_ = 0;
    std::size_t done = 0;
    while (done < wanted) {
      const ssize_t count = ::pread(file_, reinterpret_cast<char*>(buffer_.data()) + done,
                                    wanted - done, static_cast<off_t>(run_.at + done));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      done += static_cast<std::size_t>(count);
    }
    run_.at += wanted;
    return true;
  }
  void advance() { position_ += stride_; }

 private:
  int file_;
  Run run_;
  std::size_t stride_;
  std::vector<std::uint64_t> buffer_;
  std::size_t position_ = 0;
};

GroupCounter::GroupCounter(std::size_t keys, std::size_t most_bytes, std::string directory)
    : keys_(keys),
      // An entry, its slots at their emptiest, and its place in the order when sorted.
      most_groups_(std::max<std::size_t>(16, most_bytes / ((keys + 1) * 8 + 4 * 4 + 4))),
      directory_(std::move(directory)),
      slots_(kFirstSlots) {}

GroupCounter::~GroupCounter() {
  if (file_ >= 0) ::close(file_);
}

std::uint64_t GroupCounter::hash(const std::uint64_t* key) const {
  std::uint64_t hash = 0;
  for (std::size_t k = 0; k < keys_; ++k) {
    hash = (hash ^ key[k]) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 32;
  }
  return hash;
}

void GroupCounter::grow() {
  slots_.assign(slots_.size() * 4, 0);
  for (std::size_t i = 0; i < groups(); ++i) {
    std::size_t slot = hash(entry(i)) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

Status GroupCounter::add(const std::uint64_t* key) {
  std::size_t slot = hash(key) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    std::uint64_t* const found = &entries_[(slots_[slot] - 1u) * stride()];
    if (std::equal(key, key + keys_, found)) {
      ++found[keys_];
      return {};
    }
  }
  if (groups() == most_groups_) {
    ASSAY_TRY(spill());
    slot = hash(key) & (slots_.size() - 1);
  }
  entries_.insert(entries_.end(), key, key + keys_);
  entries_.push_back(1);
  slots_[slot] = static_cast<std::uint32_t>(groups());
  if (groups() * 2 > slots_.size()) grow();
  return {};
}

std::vector<std::uint32_t> GroupCounter::sorted() const {
  std::vector<std::uint64_t> first(groups());
  for (std::size_t i = 0; i < first.size(); ++i) first[i] = entry(i)[0];
  RowSorter sorter;
  std::vector<std::uint32_t> order = sorter.sort(first);
  if (keys_ == 1) return order;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && first[order[end]] == first[order[begin]]) ++end;
    std::sort(order.begin() + static_cast<std::ptrdiff_t>(begin),
              order.begin() + static_cast<std::ptrdiff_t>(end),
              [this](std::uint32_t a, std::uint32_t b) {
                return std::lexicographical_compare(entry(a), entry(a) + keys_, entry(b),
                                                    entry(b) + keys_);
              });
    begin = end;
  }
  return order;
}

Status GroupCounter::spill() {
  if (file_ < 0) {
    std::string path = directory_ + "/spill-XXXXXX";
    file_ = ::mkostemp(path.data(), O_CLOEXEC);
    if (file_ < 0) return spill_error("make", directory_);
    ::unlink(path.c_str());
  }
  std::string bytes;
  const std::vector<std::uint32_t> order = sorted();
  const std::uint64_t begin = written_;
  for (std::size_t i = 0; i < order.size(); ++i) {
    bytes.append(reinterpret_cast<const char*>(entry(order[i])), stride() * sizeof(std::uint64_t));
    if (bytes.size() < kReadBytes && i + 1 < order.size()) continue;
    for (std::string_view rest = bytes; !rest.empty();) {
      const ssize_t count = ::write(file_, rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return spill_error("write", directory_);
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
    written_ += bytes.size();
    bytes.clear();
  }
  runs_.push_back({begin, written_});
  entries_.clear();
  std::fill(slots_.begin(), slots_.end(), 0u);
  return {};
}

Status GroupCounter::merge(const std::function<bool(const GroupCount&)>& each) {
  std::vector<RunReader> readers;
  for (const Run& run : runs_) readers.emplace_back(file_, run, stride());
  const auto comes_later = [&](std::size_t a, std::size_t b) {
    const std::uint64_t *key_a = readers[a].entry(), *key_b = readers[b].entry();
    return std::lexicographical_compare(key_b, key_b + keys_, key_a, key_a + keys_);
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(comes_later)> next(
      comes_later);
  const auto put_back = [&](std::size_t i) {
    if (!readers[i].fill()) return false;
    if (!readers[i].is_at_end()) next.push(i);
    return true;
  };
  for (std::size_t i = 0; i < readers.size(); ++i) {
    if (!put_back(i)) return spill_error("read", directory_);
  }
  GroupCount group;
  while (!next.empty()) {
    const std::size_t i = next.top();
    next.pop();
    const std::uint64_t* const from = readers[i].entry();
    if (!group.key.empty() && std::equal(group.key.begin(), group.key.end(), from)) {
      group.count += from[keys_];
    } else {
      if (!group.key.empty() && !each(group)) return {};
      group.key.assign(from, from + keys_);
      group.count = from[keys_];
    }
    readers[i].advance();
    if (!put_back(i)) return spill_error("read", directory_);
  }
  if (!group.key.empty()) each(group);
  return {};
}

Status GroupCounter::send(const std::function<bool(const GroupCount&)>& each) {
  if (!runs_.empty()) {
    if (groups() > 0) ASSAY_TRY(spill());
    entries_ = {};
    slots_ = {};
    return merge(each);
  }
  GroupCount group;
  for (const std::uint32_t i : sorted()) {
    group.key.assign(entry(i), entry(i) + keys_);
    group.count = entry(i)[keys_];
    if (!each(group)) break;
  }
  return {};
}

}  // namespace assay
