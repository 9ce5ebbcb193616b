// The custody chain: custody.jsonl and custody.head. docs/case-format.md is its description.
//
// Lines are appended and synced, then the head is replaced. A crash between the two leaves the head
// behind by what was written at once, which is told apart from tampering because everything else
// still fits. A line that a crash cut short is set aside in custody.torn and said so, never dropped
// in silence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/engine.h"
#include "engine/files.h"

namespace assay {

struct CustodyLine {
  std::uint64_t seq = 0;  // 1, 2, ...
  std::int64_t time_us = 0;
  std::string actor;
  std::string engine_version;
  std::string type;     // "init", "begun", "evidence", "read", "case_file", "examined", ...
  std::string payload;  // a JSON object
  std::string prev;    // SHA-256 of the previous line's bytes without its line feed; 64 zeros first
  std::string sha256;  // of this line's bytes; not written in it
};

// So many lines are written at once, at most, and so far may a head be behind after a crash.
inline constexpr std::size_t kMostHeldLines = 512;

class Custody {
 public:
  // Reads what is there. What does not fit goes into problems(), so that a tampered case can still
  // be looked at. Errors: not_found, io.
  // A writer at work is no trace of a crash: the files are read again until they fit.
  static Result<Custody> load(const std::string& folder);
  // The chain of a case that is being made: no line is there yet.
  static Result<Custody> load_empty(const std::string& folder);

  const std::vector<CustodyLine>& lines() const { return lines_; }
  const std::vector<VerifyProblem>& problems() const { return problems_; }
  // What only a reader of the payloads sees.
  void add_problem(VerifyProblem problem) { problems_.push_back(std::move(problem)); }
  // Says the first problem and how to see the others. Precondition: !problems().empty().
  Error broken() const;
  // Traces of a crash, in words; not problems.
  const std::vector<std::string>& remarks() const { return remarks_; }
  // SHA-256 of the last line: the case hash. 64 zeros before the first line.
  const std::string& hash() const { return hash_; }

  // Takes the case for writing until this object goes; repairs what a crash left. Errors: locked;
  // malformed when the chain does not hold; io. `has_grown` tells that another process appended
  // since load(), so that what was derived from the lines is to be derived again.
  Status lock(bool& has_grown);
  void unlock() { lock_.close(); }
  bool is_locked() const { return lock_.is_open(); }
  // Another process holds the lock right now.
  bool is_being_written() const;
  // Fills seq, prev and sha256. The line is on the disk once write() has returned. Preconditions:
  // is_locked(); held_lines() < kMostHeldLines.
  Result<CustodyLine> append(CustodyLine line);
  Status write();
  std::size_t held_lines() const { return held_lines_; }

 private:
  Status read_once(bool& is_stable);
  // As a crash leaves the files, and as a writer has them between a line and its head.
  bool looks_stopped() const { return !torn_.empty() || is_head_behind_; }
  // Nobody else can write while what is returned is open, unless somebody already does.
  Descriptor hold_off_writers(bool& is_writing) const;
  void parse(std::string_view bytes, const Result<std::string>& head);
  void check_line(const CustodyLine& line, std::size_t number);
  void check_head(const Result<std::string>& bytes);
  void check_missing_head(const Error& problem);
  Status set_torn_aside();
  Status write_head();

  std::string folder_;
  std::vector<CustodyLine> lines_;
  std::vector<VerifyProblem> problems_;
  std::vector<std::string> remarks_;
  std::string hash_;
  std::string held_;  // lines that are not written yet
  std::size_t held_lines_ = 0;
  std::string torn_;               // bytes after the last line feed
  std::uint64_t whole_bytes_ = 0;  // up to and with the last line feed
  std::uint64_t file_bytes_ = 0;
  bool is_head_behind_ = false;
  Descriptor lock_;
};

}  // namespace assay
