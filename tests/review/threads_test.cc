// Threads: what new messages complete.
#include "review/threads.h"

#include <gtest/gtest.h>

namespace assay::review {
namespace {

StoredRecord message(const std::string& id, const std::string& references) {
  StoredRecord record;
  record.row.kind = RecordKind::message;
  record.fields = {{field_id("message_id"), "<" + id + ">"}};
  if (!references.empty()) record.fields.emplace_back(field_id("references"), references);
  return record;
}

TEST(Threads, SaysWhichNewMessagesFillAGapAndWhichGoOn) {
  Threads threads;
  threads.add(message("a@x", ""), false);
  threads.add(message("c@x", "<a@x> <b@x> <lost@x>"), false);
  threads.add(message("b@x", "<a@x>"), true);   // named by c, and was missing
  threads.add(message("d@x", "<c@x>"), true);   // answers a known one
  threads.add(message("e@x", ""), true);        // stands alone
  threads.add(message("f@x", "<e2@x>"), true);  // one of two new ones
  threads.add(message("e2@x", ""), true);
  const auto told = threads.tell({true, true, true, true, true});
  const std::vector<std::string_view> wanted = {"fills", "known", "", "new", "new"};
  EXPECT_EQ(told.of_new, wanted);
  EXPECT_EQ(told.counts.threads, 2u);
  EXPECT_EQ(told.counts.joined, 1u);
  EXPECT_EQ(told.counts.filled, 1u);
  EXPECT_EQ(told.counts.still_gone, 1u);
}

TEST(Threads, CountsNoThreadAsCompletedByCopies) {
  Threads threads;
  threads.add(message("a@x", ""), false);
  threads.add(message("b@x", "<a@x>"), false);
  threads.add(message("b@x", "<a@x>"), true);
  EXPECT_EQ(threads.tell({false}).counts.joined, 0u);
}

}  // namespace
}  // namespace assay::review
