#include "killed_writer.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "store_fixture.h"

namespace assay::testing {

pid_t start_child(const std::string& test, int output, std::string environment) {
  const pid_t child = fork();
  if (child != 0) return child;
  dup2(output, STDOUT_FILENO);
  const std::string filter = "--gtest_filter=" + test;
  putenv(environment.data());
  execl("/proc/self/exe", "test_store", "--gtest_brief=1", "--gtest_also_run_disabled_tests",
        filter.c_str(), nullptr);
  _exit(2);
}

void append_until_killed(RecordStore& store, const AppendLoad& load) {
  for (std::uint64_t batch = 0; batch < load.batches; ++batch) {
    ASSERT_OK(store.append(1, batch, varied_batch(batch * load.rows, load.rows)));
    ASSERT_EQ(write(STDOUT_FILENO, "+", 1), 1);
  }
  pause();
}

void kill_a_writer(const std::string& test, const std::string& directory,
                   std::uint64_t& acknowledged) {
  int output[2];
  ASSERT_EQ(pipe(output), 0);
  const pid_t child = start_child(test, output[1], "ASSAY_TEST_STORE=" + directory);
  close(output[1]);
  acknowledged = 0;
  bool is_killed = false;
  for (char byte; read(output[0], &byte, 1) == 1;) {
    acknowledged += byte == '+';
    if (acknowledged == 3 && !is_killed) is_killed = kill(child, SIGKILL) == 0;
  }
  close(output[0]);
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(is_killed) << "the child failed before it was killed";
}

void expect_whole_batches(RecordStore& store, const AppendLoad& load, std::uint64_t acknowledged) {
  const std::uint64_t survived = *store.count_rows({.evidences = {1}});
  EXPECT_EQ(survived % load.rows, 0u) << "a batch is there whole or not at all";
  EXPECT_GE(survived / load.rows, acknowledged) << "what append() acknowledged is there";
  EXPECT_LT(survived / load.rows, load.batches);
  for (std::uint64_t batch = 0; batch < load.batches; ++batch) {
    ASSERT_OK(store.append(1, batch, varied_batch(batch * load.rows, load.rows)));
  }
  EXPECT_EQ(*store.count_rows({.evidences = {1}}), load.batches * load.rows)
      << "sent again without begin(), every batch counts once";
}

}  // namespace assay::testing
