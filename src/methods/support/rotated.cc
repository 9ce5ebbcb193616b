#include "methods/support/rotated.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/ascii.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostMarks = 64;  // of one evidence: what names more is a collector's
constexpr std::size_t kMostNamed = 3;

using Marks = std::set<std::string>;

std::map<std::uint32_t, Marks> marks_of(const OtherRecords& others) {
  static const FieldId kMarks[] = {field_id("exporter"), field_id("sensor_id"), field_id("host")};
  std::map<std::uint32_t, Marks> found;
  for (const OtherRow& row : others.rows) {
    Marks& marks = found[row.evidence];
    for (const FieldId mark : kMarks) {
      const std::string_view told = row.field(mark);
      if (!told.empty() && marks.size() <= kMostMarks) marks.emplace(told);
    }
  }
  return found;
}

bool overlap(const Evidence& a, const Evidence& b) {
  for (const Interval& of_a : a.coverage.intervals) {
    for (const Interval& of_b : b.coverage.intervals) {
      if (!intersect(of_a, of_b).empty()) return true;
    }
  }
  return false;
}

bool are_one_recorders(const Evidence& a, const Evidence& b,
                       std::map<std::uint32_t, Marks>& marks) {
  const bool are_alike = a.vantage == b.vantage && a.format == b.format &&
                         lower_text(a.received_from) == lower_text(b.received_from);
  const bool are_declared = !a.coverage.intervals.empty() && !b.coverage.intervals.empty();
  if (!are_alike || !are_declared || overlap(a, b)) return false;
  const Marks &of_a = marks[a.number], &of_b = marks[b.number];
  return of_a.size() <= kMostMarks && of_b.size() <= kMostMarks &&
         (of_a == of_b || of_a.empty() || of_b.empty());
}

std::string name_of(const Recorder& recorder) {
  std::string name;
  for (std::size_t i = 0; i < std::min(recorder.pieces.size(), kMostNamed); ++i) {
    name += (i > 0 ? ", " : "") + recorder.pieces[i]->id;
  }
  if (recorder.pieces.size() > kMostNamed) {
    name += fmt::format(" and {} more", recorder.pieces.size() - kMostNamed);
  }
  return name;
}

}  // namespace

std::vector<Recorder> rotated(const MethodContext& context,
                              const std::vector<const Evidence*>& pieces) {
  std::map<std::uint32_t, Marks> marks;
  if (pieces.size() > 1 && context.others != nullptr) marks = marks_of(*context.others);
  std::vector<Recorder> recorders;
  for (const Evidence* piece : pieces) {
    const auto known =
        std::find_if(recorders.begin(), recorders.end(), [&](const Recorder& recorder) {
          return std::all_of(
              recorder.pieces.begin(), recorder.pieces.end(),
              [&](const Evidence* other) { return are_one_recorders(*other, *piece, marks); });
        });
    if (known == recorders.end()) {
      recorders.push_back({"", {piece}, ""});
    } else {
      known->pieces.push_back(piece);
    }
  }
  for (Recorder& recorder : recorders) recorder.name = name_of(recorder);
  return recorders;
}

}  // namespace assay::methods
