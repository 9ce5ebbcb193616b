// Lists of markings, and texts that are searched by them: up to the first NUL a list in TOML,
// behind it a text. Without a NUL all is a text, which the shipped list searches.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "review/markings.h"

namespace {

using namespace assay::review;

void check(bool holds) {
  if (!holds) std::abort();
}

void search(const MarkingScan& scan, std::string_view text) {
  std::vector<assay::MarkingPlace> places;
  scan.scan(text, "text", places);
  scan.scan(plain_of_html(text), "html", places);
  check(places.size() <= kMostPlaces);
  for (const assay::MarkingPlace& place : places) check(place.count > 0);
  std::vector<bool> found(scan.list().markings.size());
  scan.note(text, found);
  check(found.size() == scan.list().markings.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const MarkingScan kShipped(parse_markings(shipped_markings(), "default.toml").value());
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto end = all.find('\0');
  if (end == all.npos) search(kShipped, all);
  auto list = parse_markings(all.substr(0, end), "fuzz.toml");
  if (!list.ok()) {
    check(!list.error().message.empty());
    return 0;
  }
  check(list->markings.size() <= kMostMarkings);
  const MarkingScan scan(std::move(*list));
  search(scan, end == all.npos ? all : all.substr(end + 1));
  return 0;
}
