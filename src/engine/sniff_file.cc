// What a file would be taken for, without a case.
#include <algorithm>

#include "assay/engine.h"
#include "engine/archive_walk.h"
#include "engine/sources.h"
#include "engine/walk.h"

namespace assay {
namespace {

SniffReport look_at(OpenedBytes& bytes, const std::string& name) {
  SniffReport report;
  report.name = name;
  report.encoding = bytes.encoding();
  const std::string_view head = bytes.head();
  for (const Reader* reader : all_readers()) {
    report.scores.emplace_back(reader->name(), reader->sniff(head));
  }
  std::stable_sort(report.scores.begin(), report.scores.end(),
                   [](const auto& a, const auto& b) { return a.second.score > b.second.score; });
  const SniffChoice choice = choose_reader(head);
  if (choice.reader != nullptr) {
    report.chosen = choice.reader->name();
    report.plan = choice.reader->describe_plan(head);
  }
  return report;
}

constexpr std::uint64_t kMaxInnerBytes = 256ull << 20;
// Of a compressed member: bzip2 needs a whole block, up to 900 KB, before it gives a byte.
constexpr std::size_t kHeadBytes = std::size_t{1} << 20;

// Ends quietly after kMaxInnerBytes and says so.
class FirstBytes final : public ByteSource {
 public:
  explicit FirstBytes(ByteSource& inner) : inner_(inner) {}
  Result<std::size_t> read(char* into, std::size_t capacity) override {
    if (bytes_ >= kMaxInnerBytes) {
      is_cut_ = true;
      return std::size_t{0};
    }
    auto count = inner_.read(into, capacity);
    if (count.ok()) bytes_ += *count;
    return count;
  }
  bool is_cut() const { return is_cut_; }

 private:
  ByteSource& inner_;
  std::uint64_t bytes_ = 0;
  bool is_cut_ = false;
};

Status sniff_one(DescriptorSource& file, const std::string& name, std::uint64_t size, int depth,
                 std::vector<SniffReport>& reports);

// The first bytes of a member decide; only an archive in the archive is unpacked, since some kinds
// begin at their end, and not a large one.
Status sniff_member(ByteSource& data, const std::string& name, int depth,
                    std::vector<SniffReport>& reports) {
  PeekSource peek(data);
  struct Head final : ByteSource {
    explicit Head(std::string_view bytes) : rest(bytes) {}
    Result<std::size_t> read(char* into, std::size_t capacity) override {
      const std::size_t count = rest.copy(into, capacity);
      rest.remove_prefix(count);
      return count;
    }
    std::string_view rest;
  } head(peek.peek(kHeadBytes));
  auto opened = OpenedBytes::open(head);
  if (!opened.ok()) return opened.error();
  if (!(*opened)->is_archive()) {
    reports.push_back(look_at(**opened, name));
    return {};
  }
  FirstBytes first(peek);
  auto unpacked = unpack_member(first, "/tmp");
  if (!unpacked.ok()) return unpacked.error();
  if (first.is_cut()) {
    SniffReport report;
    report.name = name;
    report.plan = "an archive of more than 256 MiB: unpack it to have it looked into\n";
    reports.push_back(std::move(report));
    return {};
  }
  DescriptorSource inner(unpacked->file.number(), name, nullptr, {});
  inner.end_in(unpacked->damage);
  ASSAY_TRY(inner.rewind());
  return sniff_one(inner, name, std::uint64_t{1} << 40, depth + 1, reports);
}

Status sniff_one(DescriptorSource& file, const std::string& name, std::uint64_t size, int depth,
                 std::vector<SniffReport>& reports) {
  auto opened = OpenedBytes::open(file);
  if (!opened.ok()) return opened.error();
  if (!(*opened)->is_archive() || depth >= kMaxArchiveDepth) {
    reports.push_back(look_at(**opened, name));
    return {};
  }
  WalkEnd end;
  return walk_archive(file, size, "/tmp", end,
                      [&](const ArchiveMember& member, ByteSource& data) -> Status {
                        if (!member.is_file || member.is_encrypted) return {};
                        return sniff_member(data, name + ": " + member.path, depth, reports);
                      });
}

}  // namespace

Result<std::vector<SniffReport>> sniff_file(const std::string& path) {
  std::vector<SniffReport> reports;
  for (const FoundFile& found : find_files(path, "")) {
    if (!found.skip.empty()) {
      if (found.skip.starts_with("there is no")) {
        return Error{ErrorCode::not_found, "cannot read " + path + ": " + found.skip, ""};
      }
      continue;
    }
    auto file = open_for_reading(found.path);
    if (!file.ok()) return file.error();
    auto seal_size = std::uint64_t{1} << 40;  // nothing is kept: only the ratio's limit is unused
    DescriptorSource source(file->number(), found.path, nullptr, {});
    ASSAY_TRY(sniff_one(source, found.name, seal_size, 0, reports));
  }
  return reports;
}

}  // namespace assay
