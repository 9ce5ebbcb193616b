// Files and programs of this machine, read so that nothing on it changes.
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/magic.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "assay/instant.h"
#include "collect/list_files.h"
#include "collect/run_program.h"
#include "collect/source.h"
#include "collect/system.h"
#include "core/digest.h"

namespace assay::collecting {
namespace {

std::int64_t nanos(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::string user_name(uid_t uid) {
  const passwd* entry = ::getpwuid(uid);
  return entry != nullptr ? entry->pw_name : "";
}

FileFacts facts_of(const struct stat& info) {
  FileFacts facts;
  facts.size = static_cast<std::uint64_t>(info.st_size);
  facts.inode = info.st_ino;
  facts.device = info.st_dev;
  facts.links = info.st_nlink;
  facts.mode = info.st_mode;
  facts.uid = info.st_uid;
  facts.gid = info.st_gid;
  facts.owner = user_name(info.st_uid);
  const group* entry = ::getgrgid(info.st_gid);
  facts.group = entry != nullptr ? entry->gr_name : "";
  facts.mtime_ns = nanos(info.st_mtim);
  facts.ctime_ns = nanos(info.st_ctim);
  facts.atime_ns = nanos(info.st_atim);
  return facts;
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

class ThisMachine final : public Source {
 public:
  ThisMachine(const CollectSurroundings& surroundings, std::vector<std::string> own)
      : surroundings_(surroundings), own_(std::move(own)) {}

  Result<HostFacts> look() override {
    HostFacts host;
    utsname names{};
    if (::uname(&names) == 0) {
      host.name = names.nodename;
      host.system =
          fmt::format("{} {} {} {}", names.sysname, names.release, names.version, names.machine);
    }
    host.uid = ::geteuid();
    host.user = user_name(host.uid);
    char target[PATH_MAX] = {};
    if (::readlink("/etc/localtime", target, sizeof target - 1) > 0) {
      const std::string link = target;
      const std::size_t at = link.find("zoneinfo/");
      host.zone = at == std::string::npos ? link : link.substr(at + 9);
    }
    const time_t now = surroundings_.now_us() / kMicrosPerSecond;
    tm local{};
    ::localtime_r(&now, &local);
    const long minutes = local.tm_gmtoff / 60;
    host.offset = fmt::format("{}{:02}{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                              std::abs(minutes) % 60);
    return host;
  }

  Result<ClockSample> clock() override {
    ClockSample sample;
    sample.before_us = sample.host_us = sample.after_us = surroundings_.now_us();
    timex state{};  // modes = 0: reads, changes nothing, needs no right
    const int outcome = ::adjtimex(&state);
    if (outcome < 0) return sample;
    sample.state =
        (state.status & STA_UNSYNC) != 0 || outcome == TIME_ERROR
            ? std::string("the kernel says: not synchronised")
            : fmt::format("the kernel says: synchronised, error at most {} us, estimated {} us",
                          state.maxerror, state.esterror);
    return sample;
  }

  Result<Listing> list(const Plan& plan) override {
    Listing listing = list_files(plan, own_);
    add_commands(plan, listing);
    return listing;
  }

  Status take(const std::vector<Task>& tasks, const Plan& plan, Sink& sink) override {
    for (const Task& task : tasks) {
      if (task.item.is_command()) {
        ASSAY_TRY(run(task, plan, sink));
      } else {
        ASSAY_TRY(read(task, sink));
      }
    }
    return {};
  }

 private:
  Status refuse_for(const Task& task, Sink& sink, int number, const char* doing) {
    const char* code = number == EACCES || number == EPERM ? "permission_denied"
                       : number == ENOENT                  ? "vanished"
                       : number == ELOOP                   ? "symbolic_link"
                                                           : "cannot_read";
    return sink.refuse(task, code, fmt::format("cannot {}: {}", doing, std::strerror(number)));
  }

  Status read(const Task& task, Sink& sink) {
    const char* path = task.item.path.c_str();
    // Not blocking: a pipe may have taken the file's place, and would wait for its writer.
    constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
    Handle file(::open(path, kFlags | O_NOATIME));
    if (!file.is_open() && errno == EPERM) file = Handle(::open(path, kFlags));
    if (!file.is_open()) return refuse_for(task, sink, errno, "open it");
    struct stat before {};
    if (::fstat(file.number(), &before) != 0) return refuse_for(task, sink, errno, "look at it");
    if (!S_ISREG(before.st_mode)) {
      return sink.refuse(task, "special_file", "it is no regular file any more");
    }
    struct statfs system {};
    if (::fstatfs(file.number(), &system) == 0 &&
        (system.f_type == PROC_SUPER_MAGIC || system.f_type == SYSFS_MAGIC)) {
      return sink.refuse(task, "pseudo_files", "the kernel makes it when it is read");
    }
    const auto size = static_cast<std::uint64_t>(before.st_size);
    if (const std::uint64_t room = sink.room_for(task.item); size > room) {
      return sink.refuse(task, "limit_of_bytes",
                         fmt::format("it has {} bytes, the plan leaves {}", size, room));
    }
    bool continues = false;
    ASSAY_TRY(has_prefix(file.number(), task, size, continues));
    ASSAY_TRY(sink.begin(task, facts_of(before), {}, continues));
    std::uint64_t at = continues ? task.offset : 0;
    while (at < size) {
      ASSAY_TRY(go_on(task, at, size));
      const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, size - at));
      auto count = read_at(file.number(), block_.get(), want, at, task.item.path);
      if (!count.ok()) return sink.refuse(task, "cannot_read", count.error().message);
      if (*count > 0) ASSAY_TRY(sink.bytes({block_.get(), *count}));
      at += *count;
      if (*count < want) break;
    }
    return look_back(file.number(), task, before, at, sink);
  }

  Status go_on(const Task& task, std::uint64_t at, std::uint64_t size) {
    if (surroundings_.progress) surroundings_.progress(task.item.title(), at, size);
    if (surroundings_.stop == nullptr || !surroundings_.stop->load()) return {};
    return Error{ErrorCode::interrupted,
                 fmt::format("stopped while {} was read", task.item.title()),
                 "go on with --resume"};
  }

  Result<std::string> hash_of(int file, std::uint64_t size, const std::string& path) {
    Sha256 digest;
    for (std::uint64_t at = 0; at < size;) {
      const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, size - at));
      auto count = read_at(file, block_.get(), want, at, path);
      if (!count.ok()) return count.error();
      if (*count == 0) break;
      digest.update({block_.get(), *count});
      at += *count;
    }
    return digest.hex();
  }

  Status has_prefix(int file, const Task& task, std::uint64_t size, bool& has) {
    has = false;
    if (task.offset == 0 || size < task.offset) return {};
    auto hash = hash_of(file, task.offset, task.item.path);
    has = hash.ok() && *hash == task.prefix_sha256;
    return {};
  }

  // What became of the file while it was read.
  Status look_back(int file, const Task& task, const struct stat& before, std::uint64_t taken,
                   Sink& sink) {
    Ending ending;
    struct stat after {};
    if (::fstat(file, &after) != 0) return sink.end(ending);
    ending.after = facts_of(after);
    const auto size = static_cast<std::uint64_t>(before.st_size);
    const auto now = static_cast<std::uint64_t>(after.st_size);
    const bool is_changed = facts_of(before).mtime_ns != facts_of(after).mtime_ns || now != size;
    if (taken < size || now < size) {
      ending.remarks.push_back(truncated_remark(size, std::min(taken, now)));
      ending.take_again = true;
    } else if (now > size) {
      ending.remarks.push_back(grew_remark(size, now));
    }
    if (is_changed && !ending.take_again) {
      auto again = hash_of(file, size, task.item.path);
      if (again.ok()) ending.host_sha256 = *again;
    }
    if (before.st_atim.tv_sec != after.st_atim.tv_sec ||
        before.st_atim.tv_nsec != after.st_atim.tv_nsec) {
      ending.remarks.emplace_back(kAtimeRemark);
    }
    struct stat named {};
    if (::lstat(task.item.path.c_str(), &named) != 0) {
      ending.remarks.emplace_back("its name was gone when it had been read");
    } else if (!is_same_file(named, before)) {
      ending.remarks.emplace_back(kReplacedRemark);
      ending.take_again = true;
    }
    return sink.end(ending);
  }

  Status run(const Task& task, const Plan& plan, Sink& sink) {
    for (const std::vector<std::string>& argv : task.item.choices) {
      const std::string program = find_program(argv[0]);
      if (program.empty()) continue;
      ASSAY_TRY(sink.begin(task, std::nullopt, argv, false));
      const std::uint64_t room = std::min(plan.limits.output_bytes, sink.room_for(task.item));
      auto end = run_program(program, argv, plan.limits.seconds, room, surroundings_.stop,
                             [&](std::string_view bytes) { return sink.bytes(bytes); });
      if (!end.ok()) return end.error();
      Ending ending;
      ending.exit_code = end->exit_code;
      ending.stderr_text = end->stderr_text;
      if (!end->stopped_for.empty()) {
        ending.remarks.push_back(fmt::format("it was stopped: {}", end->stopped_for));
      }
      return sink.end(ending);
    }
    return sink.refuse(task, "no_such_program",
                       fmt::format("this host has no {}", task.item.choices.front()[0]));
  }

  const CollectSurroundings& surroundings_;
  std::vector<std::string> own_;
  std::unique_ptr<char[]> block_ = std::make_unique<char[]>(kBlockBytes);
};

}  // namespace

std::string Item::title() const {
  return is_command() ? readable(fmt::format("{}", fmt::join(choices.front(), " ")))
                      : readable(path);
}

std::string grew_remark(std::uint64_t before, std::uint64_t after) {
  return fmt::format(
      "it grew while it was read, from {} to {} bytes: what is sealed is the first {} bytes",
      before, after, before);
}

std::string truncated_remark(std::uint64_t before, std::uint64_t now) {
  return fmt::format(
      "it was cut short while it was read: {} bytes when it was opened, {} could be read; it was "
      "read once more",
      before, now);
}

std::unique_ptr<Source> this_machine(const CollectSurroundings& surroundings,
                                     std::vector<std::string> own) {
  return std::make_unique<ThisMachine>(surroundings, std::move(own));
}

}  // namespace assay::collecting
