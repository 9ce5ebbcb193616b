#include "engine/custody.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/digest.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

const std::string kNoHash(64, '0');

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// What is copied or written out is gone through by recursion: a line of somebody else's that is
// nested a hundred thousand deep would use up the stack. Assay writes five levels.
constexpr int kMaxLevels = 64;

// Discarded when it is no JSON or nested deeper.
Json parse_shallow(std::string_view bytes) {
  bool is_deep = false;
  const auto look = [&](int level, Json::parse_event_t, Json&) {
    is_deep = is_deep || level > kMaxLevels;
    return !is_deep;
  };
  Json json = Json::parse(bytes, look, false);
  return is_deep ? Json(Json::value_t::discarded) : json;
}

// nullopt-like: an empty type means "not a custody line".
CustodyLine parse_line(std::string_view bytes) {
  CustodyLine line;
  line.sha256 = sha256_hex(bytes);
  const Json json = parse_shallow(bytes);
  if (!json.is_object() || !json.contains("seq") || !json["seq"].is_number_unsigned() ||
      !json.contains("payload") || !json["payload"].is_object()) {
    return line;
  }
  line.seq = json["seq"].get<std::uint64_t>();
  const auto time = parse_rfc3339(text_of(json, "time"));
  line.time_us = time.ok() ? time->us : 0;
  line.actor = text_of(json, "actor");
  line.engine_version = text_of(json, "engine");
  line.type = text_of(json, "type");
  line.payload = json["payload"].dump(-1, ' ', false, Json::error_handler_t::replace);
  line.prev = text_of(json, "prev");
  return line;
}

// How long a reader waits for a writer between its line and its head: a second.
constexpr int kMaxAttempts = 200;
constexpr unsigned kPauseMicros = 5'000;

// Something that only a case with more lines than `init` has; "" when there is nothing.
std::string first_result(const std::string& folder) {
  for (const char* name :
       {"findings.jsonl", "verdict.json", "report.html", "report.json", "store", "custody.torn"}) {
    if (is_there(folder + "/" + name)) return name;
  }
  std::error_code problem;
  for (const char* name : {"rejects", "evidence"}) {
    const std::string inner = folder + "/" + name;
    if (std::filesystem::is_directory(inner, problem) &&
        !std::filesystem::is_empty(inner, problem)) {
      return fmt::format("a file in {}/", name);
    }
  }
  return "";
}

std::string where(std::size_t number) { return fmt::format("custody.jsonl line {}", number); }

}  // namespace

Result<Custody> Custody::load(const std::string& folder) {
  Custody custody;
  custody.folder_ = folder;
  bool is_writing = false;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    bool is_stable = false;
    ASSAY_TRY(custody.read_once(is_stable));
    is_writing = false;
    if (is_stable && !custody.looks_stopped()) break;
    // A writer that has finished since is no trace of a crash either, so only what is read while
    // nobody can write counts as one.
    const Descriptor nobody_writes = custody.hold_off_writers(is_writing);
    if (!is_writing) {
      ASSAY_TRY(custody.read_once(is_stable));
      break;
    }
    ::usleep(kPauseMicros);
  }
  if (is_writing) custody.remarks_.clear();  // between its line and its head
  if (custody.lines_.empty()) {
    custody.add_problem({"custody.jsonl",
                         "has no line: assay init was stopped, or the chain was emptied; a case "
                         "without a first line cannot be used"});
  }
  return custody;
}

Result<Custody> Custody::load_empty(const std::string& folder) {
  Custody custody;
  custody.folder_ = folder;
  bool is_stable = false;
  ASSAY_TRY(custody.read_once(is_stable));
  return custody;
}

// A writer appends after line N only once the head names N. While the head stays the same, the
// chain can be at most what is written at once ahead of it, so a head that is the same before and
// after fits.
Status Custody::read_once(bool& is_stable) {
  const std::string head_path = folder_ + "/custody.head";
  const auto head = read_regular_file(head_path);
  const auto bytes = read_regular_file(folder_ + "/custody.jsonl");
  if (!bytes.ok()) {
    if (bytes.error().code != ErrorCode::not_found) return bytes.error();
    return Error{ErrorCode::not_found,
                 fmt::format("{} is not a case: it has no custody.jsonl", folder_),
                 fmt::format("make one with: assay init {}", folder_)};
  }
  const auto again = read_regular_file(head_path);
  is_stable = head.ok() == again.ok() && (!head.ok() || *head == *again);
  parse(*bytes, head);
  return {};
}

Descriptor Custody::hold_off_writers(bool& is_writing) const {
  Descriptor file(::open((folder_ + "/custody.jsonl").c_str(), O_RDONLY | O_CLOEXEC));
  is_writing = file.is_open() && ::flock(file.number(), LOCK_SH | LOCK_NB) != 0;
  return file;
}

bool Custody::is_being_written() const {
  if (lock_.is_open()) return false;
  bool is_writing = false;
  hold_off_writers(is_writing);
  return is_writing;
}

Error Custody::broken() const {
  return {ErrorCode::malformed,
          fmt::format("the custody chain does not hold: {} {}", problems_.front().where,
                      problems_.front().what),
          fmt::format("see everything that changed with: assay verify {}", folder_)};
}

void Custody::parse(std::string_view bytes, const Result<std::string>& head) {
  lines_.clear(), problems_.clear(), remarks_.clear();
  hash_ = kNoHash;
  is_head_behind_ = false;
  file_bytes_ = bytes.size();
  std::size_t start = 0;
  for (std::size_t end = bytes.find('\n'); end != std::string_view::npos;
       end = bytes.find('\n', start)) {
    CustodyLine line = parse_line(bytes.substr(start, end - start));
    start = end + 1;
    check_line(line, lines_.size() + 1);
    hash_ = line.sha256;
    lines_.push_back(std::move(line));
  }
  whole_bytes_ = start;
  torn_ = std::string(bytes.substr(start));
  check_head(head);
}

// Says which line was changed rather than where the chain first breaks: a changed line k shows in
// line k+1's prev.
void Custody::check_line(const CustodyLine& line, std::size_t number) {
  if (line.type.empty()) {
    problems_.push_back(
        {where(number), fmt::format("is not a custody line (a JSON object with seq, type, payload, "
                                    "at most {} levels deep)",
                                    kMaxLevels)});
    return;
  }
  if ((line.type == "init") != (number == 1)) {
    problems_.push_back({where(number), number == 1
                                            ? fmt::format("is of type '{}', not `init`: lines were "
                                                          "dropped before it",
                                                          line.type)
                                            : "is `init`, which begins another case"});
  }
  const std::uint64_t before = lines_.empty() ? 0 : lines_.back().seq;
  if (line.seq != before + 1 && (lines_.empty() || !lines_.back().type.empty())) {
    const char* reading = line.seq > before + 1 ? "lines were dropped or moved before it"
                                                : "lines were moved or repeated";
    problems_.push_back({where(number), fmt::format("carries number {} where {} is due: {}",
                                                    line.seq, before + 1, reading)});
  } else if (line.prev != hash_) {
    if (number == 1) {
      problems_.push_back({where(1), "does not begin the chain: lines were dropped before it"});
    } else {
      problems_.push_back({where(number - 1), fmt::format("its bytes are not those that line {} "
                                                          "sealed: it was changed",
                                                          number)});
    }
  }
}

// Only a crash within `init` leaves no head, and then nothing else is there either: without this
// condition, whoever deletes the head could cut the chain down to its first line.
void Custody::check_missing_head(const Error& problem) {
  const std::string left = problem.code == ErrorCode::not_found ? first_result(folder_) : "";
  if (problem.code != ErrorCode::not_found || lines_.size() > 1) {
    problems_.push_back({"custody.head", problem.message});
  } else if (!left.empty()) {
    problems_.push_back({where(lines_.size() + 1),
                         fmt::format("is missing: custody.head is gone, and {} is there, which a "
                                     "chain of {} lines does not know",
                                     left, lines_.size())});
  } else {
    is_head_behind_ = true;
    if (!lines_.empty()) {
      remarks_.push_back("custody.head is not there: assay init was stopped before it");
    }
  }
}

void Custody::check_head(const Result<std::string>& bytes) {
  if (!bytes.ok()) return check_missing_head(bytes.error());
  const Json head = parse_shallow(*bytes);
  if (!head.is_object() || !head.contains("lines") || !head["lines"].is_number_unsigned()) {
    problems_.push_back({"custody.head", "is not {\"lines\":N,\"sha256\":\"...\"}"});
    return;
  }
  const auto count = head["lines"].get<std::uint64_t>();
  const std::string sealed = text_of(head, "sha256");
  if (*bytes != Json({{"lines", count}, {"sha256", sealed}}).dump() + "\n") {
    problems_.push_back({"custody.head", "has bytes that assay did not write"});
  }
  if (count > lines_.size()) {
    problems_.push_back({where(lines_.size() + 1),
                         fmt::format("is missing{}: custody.head names {} lines, {} are there",
                                     torn_.empty() ? "" : " its end", count, lines_.size())});
  } else if (count > 0 && lines_[count - 1].sha256 != sealed) {
    problems_.push_back({where(count), "its bytes are not those sealed in custody.head"});
  } else if (count < lines_.size() && lines_.size() - count <= kMostHeldLines) {
    const std::size_t behind = lines_.size() - count;
    is_head_behind_ = true;
    remarks_.push_back(
        fmt::format("custody.head is {} behind line {}: a command was stopped between the two",
                    behind == 1 ? "one line" : fmt::format("{} lines", behind), lines_.size()));
  } else if (count < lines_.size()) {
    problems_.push_back({where(count + 1), fmt::format("custody.head names {} lines, {} are there: "
                                                       "lines were added",
                                                       count, lines_.size())});
  }
  if (!torn_.empty() && count <= lines_.size()) {
    remarks_.push_back(
        fmt::format("{} bytes of an unfinished line follow line {}: a command was "
                    "stopped while it wrote",
                    torn_.size(), lines_.size()));
  }
}

Status Custody::lock(bool& has_grown) {
  has_grown = false;
  if (lock_.is_open()) return {};
  const std::string path = folder_ + "/custody.jsonl";
  Descriptor file(::open(path.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!file.is_open()) return system_error("write", path);
  bool is_mine = false;
  // A reader that looks whether somebody writes holds the file for a moment.
  for (int attempt = 0; !is_mine && attempt < 5; ++attempt) {
    if (attempt > 0) ::usleep(kPauseMicros);
    is_mine = ::flock(file.number(), LOCK_EX | LOCK_NB) == 0;
  }
  if (!is_mine) {
    return Error{ErrorCode::locked, fmt::format("another assay is writing to the case {}", folder_),
                 "wait until it has finished, or stop it; what it did so far is kept"};
  }
  const auto bytes = read_regular_file(path);
  if (!bytes.ok()) return bytes.error();
  has_grown = bytes->size() != file_bytes_;
  if (has_grown) parse(*bytes, read_regular_file(folder_ + "/custody.head"));
  if (!problems_.empty()) return broken();
  lock_ = std::move(file);
  if (!torn_.empty()) ASSAY_TRY(set_torn_aside());
  if (is_head_behind_) ASSAY_TRY(write_head());
  return {};
}

Status Custody::set_torn_aside() {
  const std::string path = folder_ + "/custody.torn";
  const Descriptor aside(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!aside.is_open()) return system_error("write", path);
  ASSAY_TRY(write_all(aside.number(), torn_ + "\n", path));
  if (::fsync(aside.number()) != 0) return system_error("sync", path);
  if (::ftruncate(lock_.number(), static_cast<off_t>(whole_bytes_)) != 0 ||
      ::fsync(lock_.number()) != 0) {
    return system_error("shorten", folder_ + "/custody.jsonl");
  }
  remarks_.push_back(
      fmt::format("the {} bytes of the unfinished line were moved to custody.torn", torn_.size()));
  torn_.clear();
  file_bytes_ = whole_bytes_;
  return {};
}

Status Custody::write_head() {
  const Json head = {{"lines", lines_.size()}, {"sha256", hash_}};
  ASSAY_TRY(replace_file(folder_ + "/custody.head", head.dump() + "\n"));
  is_head_behind_ = false;
  return {};
}

Result<CustodyLine> Custody::append(CustodyLine line) {
  line.seq = lines_.size() + 1;
  line.prev = hash_;
  Json json;
  json["seq"] = line.seq;
  json["time"] = format_utc(line.time_us, 6);
  json["actor"] = line.actor;
  json["engine"] = line.engine_version;
  json["type"] = line.type;
  json["payload"] = Json::parse(line.payload);
  json["prev"] = line.prev;
  const std::string bytes = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  line.sha256 = sha256_hex(bytes);

  held_ += bytes;
  held_ += '\n';
  ++held_lines_;
  hash_ = line.sha256;
  lines_.push_back(line);
  return line;
}

Status Custody::write() {
  if (held_.empty()) return {};
  const std::string path = folder_ + "/custody.jsonl";
  Status written = write_all(lock_.number(), held_, path);
  if (written.ok() && ::fsync(lock_.number()) != 0) written = system_error("sync", path);
  if (!written.ok()) {
    // The next attempt writes the same lines, which must not stand behind a part of themselves.
    (void)!::ftruncate(lock_.number(), static_cast<off_t>(whole_bytes_));
    return written;
  }
  file_bytes_ += held_.size();
  whole_bytes_ = file_bytes_;
  held_.clear();
  held_lines_ = 0;
  return write_head();
}

}  // namespace assay
