#include "methods/support/joins_without_ids.h"

#include <set>
#include <tuple>

namespace assay::methods {

TransfersLeft transfers_left(const JoinLists& lists, const LetterJoins& joined,
                             const OtherRecords& others) {
  static const FieldId kId = field_id("message_id"), kDirection = field_id("direction");
  std::set<std::uint32_t> as(joined.as.begin(), joined.as.end());
  std::set<std::uint32_t> bs(joined.bs.begin(), joined.bs.end());
  for (const LetterJoin& join : joined.joins) {
    as.erase(join.a);
    bs.erase(join.b);
  }
  TransfersLeft left;
  std::set<std::tuple<std::uint32_t, int, int>> handing;
  for (const JoinEvent& event : lists.transfers) {
    if (!as.contains(event.source)) continue;
    left.handed_over.push_back(event);
    handing.emplace(others.rows[event.source].evidence, event.from, event.to);
  }
  for (const JoinEvent& event : lists.transfers) {
    const OtherRow& row = others.rows[event.source];
    if (!bs.contains(event.source) || !row.field(kId).empty() || row.field(kDirection) == "out" ||
        handing.contains({row.evidence, event.from, event.to})) {
      continue;
    }
    left.taken.push_back(event);
  }
  return left;
}

}  // namespace assay::methods
