#include "engine/other_names.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assay/reader.h"
#include "text_source.h"

namespace assay {
namespace {

std::string line(int second, std::string_view client, std::string_view name,
                 std::string_view type = "A") {
  return fmt::format(
      "04-May-2016 10:{:02d}:{:02d}.000 queries: info: client @0x7f15 {}#4003 ({}): query: {} IN "
      "{} -E(0) (203.0.113.1)\n",
      second / 60, second % 60, client, name, name, type);
}

Evidence read_into(RecordStore& store, std::string_view reader, const std::string& text) {
  Evidence evidence;
  evidence.number = 1;
  evidence.id = "e-1";
  evidence.state = ReadState::read;
  evidence.vantage = Vantage::authoritative;
  EXPECT_TRUE(store.begin(1).ok());
  auto sink = make_store_sink(
      store, 1, [](const Reject&) { return Status(); }, 4'096);
  TextSource source(text);
  EXPECT_TRUE(find_reader(reader)->read(source, {}, *sink).ok());
  EXPECT_TRUE(finish_store_sink(*sink).ok());
  EXPECT_TRUE(store.commit(1).ok());
  evidence.span = sink->span();
  return evidence;
}

QuestionRecords load(const std::string& log, std::string_view ours,
                     std::size_t most_names = kMostOtherNames) {
  const auto store = make_memory_store(7);
  const Evidence evidence = read_into(*store, "bind_querylog", log);
  std::uint64_t key = 0;
  EXPECT_TRUE(store
                  ->names([&](std::uint64_t each, std::string_view name) {
                    if (name == ours) key = each;
                    return true;
                  })
                  .ok());
  QuestionRecords records;
  records.evidences = {&evidence};
  EXPECT_TRUE(load_other_names(
                  *store, {}, [&](std::uint64_t each) { return each == key; }, records, most_names)
                  .ok());
  return records;
}

TEST(OtherNames, CountsBurstsByNetworkAndLeavesOutTheQuestion) {
  const std::string log = line(0, "192.0.2.1", "www.clinic.example") +    // a burst
                          line(59, "192.0.2.1", "www.clinic.example") +   // goes on
                          line(119, "192.0.2.1", "www.clinic.example") +  // goes on
                          line(180, "192.0.2.1", "www.clinic.example") +  // the second
                          line(181, "192.0.2.9", "www.clinic.example") +  // same network
                          line(300, "198.51.100.4", "www.clinic.example") +
                          line(301, "203.0.113.9", "www.clinic.example") +
                          line(302, "2001:db8::1", "www.clinic.example") +
                          line(400, "192.0.2.1", "mail1.sender.example") +
                          line(401, "192.0.2.1", "txt.clinic.example", "TXT");
  const QuestionRecords records = load(log, "mail1.sender.example");
  EXPECT_EQ(records.other_names_one_in, 1u);
  ASSERT_EQ(records.other_names.size(), 2u);
  const OtherName& text = records.other_names[0];
  EXPECT_EQ(text.bursts, 1u);
  EXPECT_FALSE(text.is_for_addresses);
  const OtherName& web = records.other_names[1];
  EXPECT_EQ(web.bursts, 6u);
  EXPECT_EQ(web.top_two, 4u);
  EXPECT_EQ(web.networks, 4u);
  EXPECT_TRUE(web.is_for_addresses);
}

TEST(OtherNames, DrawsAShareWhereThereAreMoreThanItHolds) {
  std::string log;
  for (int name = 0; name < 400; ++name) {
    for (int client = 1; client <= 3; ++client) {
      log += line(client, fmt::format("192.0.{}.7", client), fmt::format("n{}.example", name));
    }
  }
  const QuestionRecords records = load(log, "", 100);
  EXPECT_GE(records.other_names_one_in, 4u);
  EXPECT_LE(records.other_names.size(), 100u);
  EXPECT_GE(records.other_names.size(), 25u);
  for (const OtherName& name : records.other_names) {
    EXPECT_EQ(name.bursts, 3u);
    EXPECT_EQ(name.top_two, 2u);
    EXPECT_EQ(name.networks, 3u);
  }
}

}  // namespace
}  // namespace assay
