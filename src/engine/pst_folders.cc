#include "engine/pst_folders.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "engine/child_process.h"
#include "engine/evidence_lines.h"
#include "engine/pst_text.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "readpst";
constexpr std::string_view kFolderStart = ".readpst-";
constexpr std::size_t kMaxSaidBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxSaidWords = 200;
constexpr std::int64_t kWallMs = 120'000;
constexpr std::uint64_t kSlowestBytesPerSecond = std::uint64_t{1} << 18;
constexpr std::int64_t kVersionWallMs = 10'000;

// The first `limit` bytes of a file.
std::string beginning_of(int descriptor, std::size_t limit) {
  std::string text(limit, '\0');
  const ssize_t count = ::pread(descriptor, text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

std::string printable(std::string_view text) {
  std::string words;
  for (const char c : text.substr(0, kMaxSaidWords)) words += c >= ' ' && c <= '~' ? c : '?';
  return words;
}

std::int64_t changed_us(const struct stat& info) {
  return static_cast<std::int64_t>(info.st_mtim.tv_sec) * kMicrosPerSecond;
}

// The lock says that somebody lives who uses it.
class OwnFolder {
 public:
  ~OwnFolder() {
    std::error_code problem;
    if (!path_.empty()) fs::remove_all(path_, problem);
  }
  Status make(const std::string& parent) {
    std::string pattern = fmt::format("{}/{}XXXXXX", parent, kFolderStart);
    if (::mkdtemp(pattern.data()) == nullptr) return system_error("make", pattern);
    path_ = pattern;
    lock_ = Descriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock_.is_open() || ::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0) {
      return system_error("lock", path_);
    }
    return make_folder(out());
  }
  std::string out() const { return path_ + "/out"; }
  std::string said() const { return path_ + "/said"; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  Descriptor lock_;
};

class PstReader final : public ArchiveReader {
 public:
  Status open(DescriptorSource& file, const std::string& folder, const PstLimits& limits) {
    version_ = readpst_version();
    if (version_.empty()) {
      return Error{ErrorCode::unsupported,
                   "there is no readpst on this machine to read Outlook's folders with",
                   "install it (Debian package pst-utils)"};
    }
    ASSAY_TRY(folder_.make(folder));
    struct stat before {};
    if (::stat(folder_.path().c_str(), &before) != 0) return system_error("read", folder_.path());
    auto said = create_anew(folder_.said());
    if (!said.ok()) return said.error();
    ChildRun run;
    // One folder after the other (-j 0): the order of equal names is the same each time. Deleted
    // items too (-D). Not -r: it would step into a folder that is called "..".
    run.arguments = {kProgram,
                     "-D",
                     "-j",
                     "0",
                     "-o",
                     folder_.out(),
                     fmt::format("/proc/self/fd/{}", kChildInput)};
    run.input = file.descriptor();
    run.output = said->number();
    run.folder = folder_.path();
    const auto ended =
        run_child(run, {limits.wall_ms, limits.output_bytes, limits.files}, file.stop_flag());
    if (!ended.ok()) return ended.error();
    struct stat after {};
    if (::fstat(said->number(), &after) != 0) return system_error("read", folder_.said());
    run_ = {changed_us(before), changed_us(after)};
    auto kept = open_for_reading(folder_.said());
    const std::string words = kept.ok() ? beginning_of(kept->number(), kMaxSaidBytes) : "";
    tell_end(*ended, words);
    count_items(words);
    return list();
  }

  Result<bool> next(ArchiveMember& member) override {
    text_.reset();
    bytes_.reset();
    if (next_ == names_.size()) {
      if (!damage_.empty()) return Error{ErrorCode::malformed, damage_, ""};
      return false;
    }
    const std::string& name = names_[next_++];
    member = ArchiveMember();
    member.has_name = is_utf8(name);
    member.path = member.has_name ? name : fmt::format("member-{}", next_);
    const std::string path = folder_.out() + "/" + name;
    file_ = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info {};
    if (!file_.is_open() || ::fstat(file_.number(), &info) != 0) return system_error("read", path);
    member.is_file = S_ISREG(info.st_mode);
    bytes_ = std::make_unique<DescriptorSource>(file_.number(), path, nullptr,
                                                std::function<void(std::uint64_t)>());
    text_ = std::make_unique<PstText>(*bytes_, run_);
    return true;
  }

  ByteSource& data() override { return *text_; }
  std::string format() const override { return "Outlook's folders"; }
  std::vector<Note> notes() const override { return notes_; }

 private:
  void tell_end(const ChildEnd& ended, std::string_view said) {
    notes_.push_back({std::string(kUnpackedBy), 1, version_});
    if (!ended.stopped_for.empty()) {
      damage_ = fmt::format("readpst was stopped: {}", ended.stopped_for);
    } else if (ended.signal != 0) {
      damage_ = fmt::format("readpst crashed (signal {})", ended.signal);
    } else if (ended.exit_code != 0) {
      while (!said.empty() && said.back() == '\n') said.remove_suffix(1);
      damage_ = fmt::format("readpst gave up (code {}): {}", ended.exit_code,
                            printable(said.substr(said.rfind('\n') + 1)));
    }
    if (!damage_.empty()) damage_ += "; what it wrote before is read";
  }

  // '	"Inbox" - 9 items done, 2 items skipped.'
  void count_items(std::string_view said) {
    constexpr std::string_view kDone = " items done, ", kSkipped = " items skipped.";
    std::uint64_t skipped = 0;
    while (!said.empty()) {
      const std::size_t end = std::min(said.find('\n'), said.size());
      std::string_view line = said.substr(0, end);
      said.remove_prefix(std::min(end + 1, said.size()));
      const std::size_t done = line.rfind(kDone);
      if (!line.ends_with(kSkipped) || done == line.npos) continue;
      line.remove_prefix(done + kDone.size());
      std::uint64_t count = 0;
      std::from_chars(line.data(), line.data() + line.size() - kSkipped.size(), count);
      skipped += count;
    }
    if (skipped == 0) return;
    notes_.push_back(
        {"pst.items_skipped", skipped, "items that readpst could not read, or writes in no form"});
  }

  Status list() {
    std::error_code problem;
    for (fs::directory_iterator it(folder_.out(), problem), end; !problem && it != end;
         it.increment(problem)) {
      names_.push_back(it->path().filename().string());
    }
    if (problem) {
      return Error{ErrorCode::io,
                   fmt::format("cannot read {}: {}", folder_.out(), problem.message()), ""};
    }
    std::sort(names_.begin(), names_.end());
    return {};
  }

  OwnFolder folder_;
  std::string version_;
  Interval run_;
  std::vector<std::string> names_;
  std::vector<Note> notes_;
  std::string damage_;
  std::size_t next_ = 0;
  Descriptor file_;
  std::unique_ptr<DescriptorSource> bytes_;
  std::unique_ptr<PstText> text_;
};

}  // namespace

PstLimits pst_limits(std::uint64_t size_bytes) {
  PstLimits limits;
  const std::uint64_t size = std::min(size_bytes, kMaxExpandedBytes / kMaxPstExpansion);
  limits.output_bytes = std::max(kFreeExpansionBytes, size * kMaxPstExpansion);
  limits.wall_ms = kWallMs + static_cast<std::int64_t>(size / kSlowestBytesPerSecond) * 1000;
  return limits;
}

bool is_pst(std::string_view head) { return head.starts_with("!BDN"); }

std::string readpst_version() {
  const Descriptor said(::memfd_create("readpst-version", MFD_CLOEXEC));
  if (!said.is_open()) return "";
  ChildRun run;
  run.arguments = {kProgram, "-V"};
  run.output = said.number();
  const auto ended = run_child(run, {kVersionWallMs, kMaxSaidBytes, 0}, nullptr);
  if (!ended.ok() || !ended->was_found) return "";
  const std::string text = beginning_of(said.number(), kMaxSaidWords);
  const std::string version = printable(std::string_view(text).substr(0, text.find('\n')));
  return version.empty() ? "readpst, which does not say its version" : version;
}

Result<std::unique_ptr<ArchiveReader>> open_pst(DescriptorSource& file, const std::string& folder,
                                                const PstLimits& limits) {
  auto reader = std::make_unique<PstReader>();
  ASSAY_TRY(reader->open(file, folder, limits));
  return std::unique_ptr<ArchiveReader>(std::move(reader));
}

void sweep_pst_folders(const std::string& folder) {
  std::error_code problem;
  std::vector<std::string> left;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end;
       it.increment(problem)) {
    if (it->path().filename().string().starts_with(kFolderStart)) left.push_back(it->path());
  }
  for (const std::string& path : left) {
    const Descriptor one(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!one.is_open() || ::flock(one.number(), LOCK_EX | LOCK_NB) != 0) continue;
    fs::remove_all(path, problem);
  }
}

}  // namespace assay
