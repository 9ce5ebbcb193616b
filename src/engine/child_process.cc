#include "engine/child_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "engine/files.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr rlim_t kMaxMemoryBytes = rlim_t{4} << 30;
constexpr std::uint64_t kMinFreeBytes = std::uint64_t{64} << 20;  // of the disk
constexpr milliseconds kLongestNap{50};
constexpr milliseconds kBetweenLooks{500};  // at the folder

// What posix_spawn wants, given back when this goes.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // A group of its own: Ctrl-C reaches assay alone, and helpers of the program go with it.
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

int spawn(const ChildRun& run, pid_t& child) {
  SpawnPlan plan;
  posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0);
  if (run.output >= 0) {
    posix_spawn_file_actions_adddup2(&plan.actions, run.output, 1);
    posix_spawn_file_actions_adddup2(&plan.actions, run.output, 2);
  }
  if (run.input >= 0) posix_spawn_file_actions_adddup2(&plan.actions, run.input, kChildInput);
  posix_spawn_file_actions_addclosefrom_np(&plan.actions, kChildInput + (run.input >= 0 ? 1 : 0));
  std::vector<char*> arguments;
  for (const std::string& argument : run.arguments) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", zone[] = "TZ=UTC", words[] = "LC_ALL=C";
  char* environment[] = {path, zone, words, nullptr};
  return ::posix_spawnp(&child, arguments[0], &plan.actions, &plan.attributes, arguments.data(),
                        environment);
}

void set_limits(pid_t child, const ChildLimits& limits) {
  const auto set = [child](__rlimit_resource which, rlim_t value) {
    const rlimit both{value, value};
    ::prlimit(child, which, &both, nullptr);  // the watch below holds where this does not
  };
  set(RLIMIT_CORE, 0);
  set(RLIMIT_AS, kMaxMemoryBytes);
  set(RLIMIT_FSIZE, limits.output_bytes);
  set(RLIMIT_CPU, static_cast<rlim_t>(limits.wall_ms / 1000 + 1));
}

// Why the program must go, going by what it wrote so far; "" = it need not.
std::string excess(const std::string& folder, const ChildLimits& limits) {
  if (folder.empty()) return "";
  std::uint64_t bytes = 0, files = 0;
  std::error_code problem;
  for (fs::recursive_directory_iterator it(folder, problem), end; !problem && it != end;
       it.increment(problem)) {
    ++files;
    std::error_code gone;
    if (it->symlink_status(gone).type() == fs::file_type::regular) {
      const std::uintmax_t size = it->file_size(gone);
      if (!gone) bytes += size;
    }
    if (files > limits.files) return fmt::format("it wrote more than {} files", limits.files);
    if (bytes > limits.output_bytes) {
      return fmt::format("it wrote more than {} bytes", limits.output_bytes);
    }
  }
  return "";
}

bool is_disk_full(const std::string& folder) {
  struct statvfs disk {};
  return !folder.empty() && ::statvfs(folder.c_str(), &disk) == 0 &&
         std::uint64_t{disk.f_bavail} * disk.f_frsize < kMinFreeBytes;
}

// Watches the child to its end. It is waited for in the end, whatever happens here.
class Watch {
 public:
  Watch(pid_t child, const ChildRun& run, const ChildLimits& limits, const std::atomic<bool>* stop)
      : child_(child), run_(run), limits_(limits), stop_(stop) {}

  Result<ChildEnd> run() {
    const auto begin = steady_clock::now();
    auto looked = begin;
    milliseconds nap{1};
    while (!has_ended()) {
      const auto now = steady_clock::now();
      if (stop_ && stop_->load(std::memory_order_relaxed)) is_interrupted_ = true;
      if (now - begin > milliseconds(limits_.wall_ms)) {
        stopped_for_ = fmt::format("it ran for more than {} seconds", limits_.wall_ms / 1000.0);
      }
      if (now - looked > kBetweenLooks) {
        looked = now;
        stopped_for_ = stopped_for_.empty() ? excess(run_.folder, limits_) : stopped_for_;
        is_full_ = is_disk_full(run_.folder);
      }
      if (is_interrupted_ || is_full_ || !stopped_for_.empty()) break;
      std::this_thread::sleep_for(nap);
      nap = std::min(nap * 2, kLongestNap);
    }
    return end();
  }

 private:
  bool has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == child_;
  }

  Result<ChildEnd> end() {
    ::kill(-child_, SIGKILL);  // helpers that outlive it, too
    int status = 0;
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    const std::string& program = run_.arguments.front();
    if (is_interrupted_) {
      return Error{ErrorCode::interrupted, fmt::format("stopped while {} ran", program),
                   "run the command again: it goes on where it stopped"};
    }
    if (is_full_ || is_disk_full(run_.folder)) {
      return Error{
          ErrorCode::io,
          fmt::format("the disk of {} is full: what {} wrote may be cut", run_.folder, program),
          "make room there"};
    }
    ChildEnd ended;
    if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    ended.stopped_for = stopped_for_.empty() ? excess(run_.folder, limits_) : stopped_for_;
    if (ended.signal == SIGXFSZ && ended.stopped_for.empty()) {
      ended.stopped_for = fmt::format("it wrote more than {} bytes", limits_.output_bytes);
    }
    return ended;
  }

  pid_t child_;
  const ChildRun& run_;
  const ChildLimits& limits_;
  const std::atomic<bool>* stop_;
  std::string stopped_for_;
  bool is_interrupted_ = false;
  bool is_full_ = false;
};

}  // namespace

Result<ChildEnd> run_child(const ChildRun& run, const ChildLimits& limits,
                           const std::atomic<bool>* stop) {
  pid_t child = 0;
  const int problem = spawn(run, child);
  if (problem == ENOENT || problem == ENOTDIR || problem == EACCES) {
    ChildEnd none;
    none.was_found = false;
    return none;
  }
  if (problem != 0) {
    return Error{ErrorCode::io,
                 fmt::format("cannot start {}: {}", run.arguments.front(), std::strerror(problem)),
                 ""};
  }
  set_limits(child, limits);
  return Watch(child, run, limits, stop).run();
}

}  // namespace assay
