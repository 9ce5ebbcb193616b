#include "collect/run_program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>

#include "collect/system.h"

namespace assay::collecting {
namespace {

constexpr const char* kFolders[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                    "/usr/bin",        "/sbin",          "/bin"};
constexpr std::size_t kMostStderr = 8192;

using Clock = std::chrono::steady_clock;

struct Pipes {
  Handle out_read, out_write, err_read, err_write;

  Status open() {
    int out[2], err[2];
    if (::pipe2(out, O_CLOEXEC) != 0) return system_problem("open", "a pipe");
    out_read = Handle(out[0]), out_write = Handle(out[1]);
    if (::pipe2(err, O_CLOEXEC) != 0) return system_problem("open", "a pipe");
    err_read = Handle(err[0]), err_write = Handle(err[1]);
    return {};
  }
};

// Between fork and exec: only what is safe there.
[[noreturn]] void become(const char* program, char* const* argv, const Pipes& pipes) {
  static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  static char locale[] = "LC_ALL=C", zone[] = "TZ=UTC";
  char* environment[] = {path, locale, zone, nullptr};
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, 0);
  ::dup2(pipes.out_write.number(), 1);
  ::dup2(pipes.err_write.number(), 2);
  ::signal(SIGPIPE, SIG_DFL);
  (void)!::chdir("/");
  ::execve(program, argv, environment);
  ::kill(::getpid(), SIGABRT);
  while (true) ::pause();
}

// Reads what is there; false at the end of the stream.
Result<bool> pump(int descriptor, char* block, std::string_view& got) {
  const ssize_t count = ::read(descriptor, block, kBlockBytes);
  if (count < 0 && errno == EINTR) return true;
  if (count < 0) return system_problem("read", "what a program prints");
  got = {block, static_cast<std::size_t>(count)};
  return count > 0;
}

}  // namespace

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return name[0] == '/' && ::access(name.c_str(), X_OK) == 0 ? name : "";
  }
  for (const char* folder : kFolders) {
    const std::string path = fmt::format("{}/{}", folder, name);
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        ::access(path.c_str(), X_OK) == 0) {
      return path;
    }
  }
  return "";
}

Result<ProgramEnd> run_program(const std::string& program, const std::vector<std::string>& argv,
                               std::uint64_t seconds, std::uint64_t most_bytes,
                               const std::atomic<bool>* stop,
                               const std::function<Status(std::string_view)>& each) {
  Pipes pipes;
  ASSAY_TRY(pipes.open());
  std::vector<std::string> words = argv;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) return system_problem("start", program);
  if (child == 0) become(program.c_str(), pointers.data(), pipes);
  ::setpgid(child, child);
  pipes.out_write.close(), pipes.err_write.close();

  ProgramEnd end;
  Status failure;
  const auto block = std::make_unique<char[]>(kBlockBytes);
  const auto deadline = Clock::now() + std::chrono::seconds(seconds);
  std::uint64_t printed = 0;
  bool out_open = true, err_open = true;
  while ((out_open || err_open) && end.stopped_for.empty() && failure.ok()) {
    pollfd waits[2] = {{out_open ? pipes.out_read.number() : -1, POLLIN, 0},
                       {err_open ? pipes.err_read.number() : -1, POLLIN, 0}};
    ::poll(waits, 2, 100);
    std::string_view got;
    if (waits[0].revents != 0) {
      auto more = pump(pipes.out_read.number(), block.get(), got);
      if (!more.ok()) failure = more.error();
      out_open = more.ok() && *more;
      const auto room =
          static_cast<std::size_t>(std::min<std::uint64_t>(got.size(), most_bytes - printed));
      if (room < got.size()) {
        end.stopped_for = fmt::format("it printed more than {} bytes", most_bytes);
      }
      printed += room;
      if (failure.ok() && room > 0) failure = each(got.substr(0, room));
    }
    got = {};
    if (waits[1].revents != 0) {
      auto more = pump(pipes.err_read.number(), block.get(), got);
      err_open = more.ok() && *more;
      end.stderr_text += got.substr(0, kMostStderr - end.stderr_text.size());
    }
    if (stop != nullptr && stop->load()) {
      failure = Error{ErrorCode::interrupted, fmt::format("stopped while {} ran", program),
                      "go on with --resume"};
    }
    if (Clock::now() > deadline) {
      end.stopped_for = fmt::format("it ran for more than {} seconds", seconds);
    }
  }
  // Also what it left behind in its group.
  if (!end.stopped_for.empty() || !failure.ok()) ::kill(-child, SIGKILL);
  int status = 0;
  // It may have closed both streams and run on.
  while (::waitpid(child, &status, WNOHANG) == 0) {
    const bool is_stopped = stop != nullptr && stop->load();
    if (Clock::now() > deadline || is_stopped) {
      if (end.stopped_for.empty()) end.stopped_for = "it ran on after its output had ended";
      ::kill(-child, SIGKILL);
    }
    ::usleep(2'000);
  }
  if (!failure.ok()) return failure.error();
  end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return end;
}

}  // namespace assay::collecting
