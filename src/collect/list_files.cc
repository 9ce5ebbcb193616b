#include "collect/list_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <set>

#include "collect/system.h"

namespace assay::collecting {
namespace {

const char* code_of(int number) {
  switch (number) {
    case EACCES:
    case EPERM:
      return "permission_denied";
    case ENOENT:
    case ENOTDIR:
      return "not_there";
    case ELOOP:
      return "symbolic_link_loop";
    case ENAMETOOLONG:
      return "name_too_long";
    default:
      return "cannot_read";
  }
}

const char* special_kind(mode_t mode) {
  if (S_ISFIFO(mode)) return "a pipe (FIFO)";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  return "neither a file nor a folder";
}

bool is_made_by_kernel(const std::string& path) {
  struct statfs info {};
  if (::statfs(path.c_str(), &info) != 0) return false;
  const auto type = static_cast<unsigned long>(info.f_type);
  for (const unsigned long magic :
       {static_cast<unsigned long>(PROC_SUPER_MAGIC), static_cast<unsigned long>(SYSFS_MAGIC),
        static_cast<unsigned long>(DEBUGFS_MAGIC), static_cast<unsigned long>(TRACEFS_MAGIC),
        static_cast<unsigned long>(CGROUP2_SUPER_MAGIC),
        static_cast<unsigned long>(CGROUP_SUPER_MAGIC)}) {
    if (type == magic) return true;
  }
  return false;
}

class Walk {
 public:
  Walk(const Plan& plan, const std::vector<std::string>& own) : plan_(plan) {
    for (const std::string& path : own) {
      struct stat info {};
      if (::stat(path.c_str(), &info) == 0) own_.insert({info.st_dev, info.st_ino});
    }
  }

  Listing run() {
    for (const PlannedFiles& files : plan_.files) {
      files_ = &files;
      for (const std::string& pattern : files.patterns) expand(pattern);
    }
    if (left_out_ > 0) {
      listing_.problems.push_back({"limits", "", "limit_of_files",
                                   fmt::format("{} more paths than the plan's limit of {} files",
                                               left_out_, plan_.limits.files)});
    }
    return std::move(listing_);
  }

 private:
  void refuse(const std::string& path, std::string code, std::string why) {
    if (listing_.problems.size() > kMostFiles) {
      ++left_out_;
      return;
    }
    listing_.problems.push_back({files_->what, path, std::move(code), std::move(why)});
  }
  void refuse_for(const std::string& path, int number, const char* doing) {
    refuse(path, code_of(number), fmt::format("cannot {}: {}", doing, std::strerror(number)));
  }

  void expand(const std::string& pattern) {
    if (pattern.find_first_of("*?[") == std::string::npos) return visit(pattern, 0);
    static thread_local std::vector<std::pair<std::string, int>> refused;
    refused.clear();
    const auto note = [](const char* path, int number) {
      refused.emplace_back(path, number);
      return 0;
    };
    glob_t found{};
    const int outcome = ::glob(pattern.c_str(), 0, note, &found);
    for (std::size_t i = 0; outcome == 0 && i < found.gl_pathc; ++i) visit(found.gl_pathv[i], 0);
    ::globfree(&found);
    for (const auto& [path, number] : refused) {
      if (number != ENOTDIR) refuse_for(path, number, "list the folder");
    }
    if (outcome != 0 && refused.empty()) {
      refuse(pattern, "not_there", "nothing on this host fits the pattern");
    }
  }

  void visit(const std::string& path, int depth) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return refuse_for(path, errno, "look at it");
    if (S_ISLNK(info.st_mode)) return visit_link(path);
    if (S_ISDIR(info.st_mode)) return visit_folder(path, info, depth);
    if (!S_ISREG(info.st_mode)) {
      return refuse(path, "special_file",
                    fmt::format("{} is not read", special_kind(info.st_mode)));
    }
    take(path, "", info);
  }

  void take(const std::string& path, const std::string& link, const struct stat& info) {
    if (own_.count({info.st_dev, info.st_ino}) != 0) {
      return refuse(path, "the_bundle_itself", "it is what this collection writes");
    }
    if (!taken_.insert(path).second) return;
    if (listing_.items.size() >= plan_.limits.files) {
      ++left_out_;
      return;
    }
    listing_.items.push_back(
        {files_->what, path, link, {}, static_cast<std::uint64_t>(info.st_size)});
  }

  void visit_link(const std::string& path) {
    char target[PATH_MAX] = {};
    if (::readlink(path.c_str(), target, sizeof target - 1) < 0) {
      return refuse_for(path, errno, "read the link");
    }
    if (!files_->follow_links) {
      return refuse(path, "symbolic_link", fmt::format("a link to {}, not followed", target));
    }
    char resolved[PATH_MAX] = {};
    if (::realpath(path.c_str(), resolved) == nullptr) {
      return refuse_for(path, errno, "follow the link");
    }
    if (!is_inside(resolved, files_->patterns)) {
      return refuse(path, "link_leads_outside",
                    fmt::format("a link to {}, outside of what the plan names", resolved));
    }
    struct stat info {};
    if (::lstat(resolved, &info) != 0) return refuse_for(path, errno, "look at where it leads");
    if (S_ISDIR(info.st_mode)) {
      return refuse(path, "link_to_folder", fmt::format("a link to the folder {}", resolved));
    }
    if (!S_ISREG(info.st_mode)) {
      return refuse(path, "special_file",
                    fmt::format("{} is not read", special_kind(info.st_mode)));
    }
    take(resolved, path, info);
  }

  void visit_folder(const std::string& path, const struct stat& info, int depth) {
    if (!folders_.insert({info.st_dev, info.st_ino}).second) return;
    if (is_made_by_kernel(path)) {
      return refuse(path, "pseudo_files", "what lies there is made by the kernel when it is read");
    }
    if (depth >= kMostDepth) {
      return refuse(path, "limit_of_depth",
                    fmt::format("more than {} folders below one that is named", kMostDepth));
    }
    // Without O_NOATIME, which the folder's owner alone may use, listing may change its access
    // time.
    int handle = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOATIME);
    if (handle < 0) handle = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* folder = handle < 0 ? nullptr : ::fdopendir(handle);
    if (folder == nullptr) return refuse_for(path, errno, "list the folder");
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder)) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (names.size() < kMostFiles) {
        names.push_back(name);
      } else {
        ++left_out_;
      }
    }
    ::closedir(folder);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      visit(path.ends_with('/') ? path + name : path + "/" + name, depth + 1);
    }
  }

  const Plan& plan_;
  const PlannedFiles* files_ = nullptr;
  Listing listing_;
  std::set<std::pair<dev_t, ino_t>> own_, folders_;
  std::set<std::string> taken_;
  std::uint64_t left_out_ = 0;
};

}  // namespace

std::string folder_of_pattern(const std::string& pattern) {
  const std::size_t magic = pattern.find_first_of("*?[");
  if (magic == std::string::npos) return pattern;
  const std::size_t slash = pattern.rfind('/', magic);
  return slash == 0 ? "/" : pattern.substr(0, slash);
}

bool is_inside(const std::string& path, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    std::string folder = folder_of_pattern(pattern);
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    if (path == folder || folder == "/" || path.starts_with(folder + "/")) return true;
    // A link that is named itself may lead to its neighbours: query.log -> query.log.3
    const std::size_t slash = folder.rfind('/');
    if (folder == pattern && slash > 0 && path.starts_with(folder.substr(0, slash + 1)))
      return true;
  }
  return false;
}

void add_commands(const Plan& plan, Listing& listing) {
  for (const PlannedCommand& command : plan.commands) {
    listing.items.push_back({command.what, "", "", command.choices, 0});
  }
}

Listing list_files(const Plan& plan, const std::vector<std::string>& own) {
  return Walk(plan, own).run();
}

}  // namespace assay::collecting
