// Work on numbered items in threads; the results must not depend on who did which.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "assay/result.h"

namespace assay {

// Calls each(i, thread) for i = 0 .. count - 1. After an error no new item is begun; the error of
// the lowest item that met one is returned.
inline Status in_threads(unsigned threads, std::size_t count,
                         const std::function<Status(std::size_t i, unsigned thread)>& each) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> has_failed = false;
  std::mutex guard;
  std::optional<std::pair<std::size_t, Error>> first;
  const auto work = [&](unsigned thread) {
    while (!has_failed) {
      const std::size_t i = next++;
      if (i >= count) return;
      const Status status = each(i, thread);
      if (status.ok()) continue;
      has_failed = true;
      const std::lock_guard lock(guard);
      if (!first || i < first->first) first = {i, status.error()};
    }
  };
  std::vector<std::thread> others;
  for (unsigned thread = 1; thread < std::max(1u, threads); ++thread) {
    others.emplace_back(work, thread);
  }
  work(0);
  for (std::thread& thread : others) thread.join();
  if (first) return first->second;
  return {};
}

}  // namespace assay
