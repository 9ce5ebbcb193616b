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

Status sniff_one(DescriptorSource& file, const std::string& name, std::uint64_t size, int depth,
                 std::vector<SniffReport>& reports) {
  auto opened = OpenedBytes::open(file);
  if (!opened.ok()) return opened.error();
  if (!(*opened)->is_archive() || depth >= kMaxArchiveDepth) {
    reports.push_back(look_at(**opened, name));
    return {};
  }
  std::string damage;
  return walk_archive(
      file, size, damage, [&](const ArchiveMember& member, ByteSource& data) -> Status {
        if (!member.is_file || member.is_encrypted) return {};
        auto unpacked = unpack_member(data, "/tmp");
        if (!unpacked.ok()) return unpacked.error();
        DescriptorSource inner(unpacked->file.number(), member.path, nullptr, {});
        ASSAY_TRY(inner.rewind());
        return sniff_one(inner, name + ": " + member.path, member.size_bytes, depth + 1, reports);
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
