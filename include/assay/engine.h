// The engine: the only orchestrator, and all that an application needs to know.
//
// A case is a folder:
//   case.toml       what a person edits: parties, questions, claims
//   custody.jsonl   append-only, hash-chained: init, evidence, read, examined, rendered
//   custody.head    number of lines and hash of the last: truncation shows
//   evidence/       copies, when asked for; otherwise evidence stays where it is
//   rejects/        one file of reject rows an evidence
//   findings.jsonl, verdict.json, report.html, report.json
//   store/          the record store: can be thrown away and rebuilt from the evidence
// docs/case-format.md is the full description.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/case.h"
#include "assay/evidence.h"
#include "assay/explanation.h"
#include "assay/method.h"
#include "assay/reader.h"
#include "assay/result.h"
#include "assay/verdict.h"
#include "assay/writer.h"

namespace assay {

enum class StoreChoice { automatic, memory, segments, embedded };

// What the library may not find out by itself.
struct Surroundings {
  std::function<std::int64_t()> now_us;  // the clock
  std::string actor;                     // who does this ("" = not stated)
  std::string engine_version;
  StoreChoice store = StoreChoice::automatic;
  std::string store_library_path;           // "" = where the build found it
  const std::atomic<bool>* stop = nullptr;  // set by SIGINT: finish the batch and return
  // Called now and then while bytes are read: evidence name, bytes done, bytes in all (0 =
  // unknown).
  std::function<void(std::string_view, std::uint64_t, std::uint64_t)> progress;
};

struct AddRequest {
  std::vector<std::string> paths;  // files, folders; "-" = standard input
  int stdin_descriptor = 0;
  Vantage vantage = Vantage::unknown;
  std::optional<std::string> zone;  // IANA name; validated
  std::int64_t skew_us = 0;
  std::optional<int> year;
  Coverage coverage;
  std::string received_from;
  std::string note;
  std::string as_format;     // reader's name; "" = sniff
  std::string mapping_path;  // for `delimited`
  bool copy = false;         // keep a copy inside the case
  bool restate = false;      // bytes that are here already are read again as stated now
  bool dry_run = false;      // say what would be done
};

struct AddOutcome {
  enum class Kind { added, already_here, resumed, not_read, skipped } kind = Kind::added;
  Evidence evidence;   // what is known of it; for skipped only name and path
  std::string reason;  // in words
};

struct VerifyProblem {
  std::string where;  // "custody.jsonl line 4", "dns-1", "findings.jsonl", "case.toml"
  std::string what;   // what changed
};
struct VerifyReport {
  std::string case_hash;
  std::uint64_t custody_lines = 0;
  std::uint64_t evidences_checked = 0;
  std::uint64_t findings_recomputed = 0;
  std::vector<VerifyProblem> problems;
};

struct ExamineOutcome {
  std::vector<QuestionResult> questions;
  std::string case_hash;
};

class Case {
 public:
  struct Impl;  // of src/engine alone

  // Errors: usage (exists already), io.
  static Result<Case> init(const std::string& directory, std::string_view title,
                           std::string_view default_zone, std::uint64_t key_seed,
                           const Surroundings& surroundings);
  // Errors: not_found (with the mend), malformed custody (names the line).
  static Result<Case> open(const std::string& directory, const Surroundings& surroundings);
  ~Case();
  Case(Case&&) noexcept;
  Case& operator=(Case&&) noexcept;

  const std::string& directory() const;
  const std::string& case_hash() const;  // of the custody chain as it stands
  const std::vector<Evidence>& evidences() const;
  // Traces of a crash that were met, and what was done about them; for a person to read.
  const std::vector<std::string>& remarks() const;
  Result<CaseFile> case_file() const;
  // Rejects by code, of one evidence (its id) or of all ("").
  std::vector<RejectSummary> reject_summaries(std::string_view evidence) const;

  // Seals, hashes and reads; resumable. One outcome a file, as they come, also through `each`.
  Result<std::vector<AddOutcome>> add(const AddRequest& request,
                                      const std::function<void(const AddOutcome&)>& each = {});
  // Reads what is unread or partly read; `rebuild` throws the store away first.
  Result<std::vector<AddOutcome>> read_pending(
      bool rebuild, const std::function<void(const AddOutcome&)>& each = {});
  Result<VerifyReport> verify(bool recompute_findings);

  // Each edits case.toml, keeping what a person wrote there. Errors: usage.
  Status add_party(const Party& party);  // adds names and addresses to one that exists
  Status remove_party(std::string_view name);
  Status ask(const Question& question);
  Status add_claim(const Claim& claim);

  Result<ExamineOutcome> examine();
  // What the last examine found, read back. Errors: not_found when never examined.
  Result<CaseModel> model();
  // Writes `writer`'s bytes to `path` and seals them in the custody chain.
  Status render(std::string_view writer, const std::string& path);
  // What changed from the last examination of `before` to this one, as a page, or as JSON where
  // `path` ends in .json. Seals nothing. Errors: as of render and model.
  Status render_difference(Case& before, const std::string& path);

  // --- looking at records ---
  // `columns`: of evidence,client,server,qname,qtype,rcode,hour,day. Rows as CSV on `each`.
  Status count(const std::vector<std::string>& columns,
               const std::function<bool(std::string_view)>& each);
  Status sql(std::string_view statement, std::string_view format,
             const std::function<bool(std::string_view)>& each);
  // "csv" to `each`, "parquet" to `path`.
  Status export_rows(std::string_view format, const std::string& path,
                     const std::function<bool(std::string_view)>& each);
  // Records that are no look-ups as CSV; of these kinds, or of every kind when there is none.
  Status export_records(const std::vector<RecordKind>& kinds,
                        const std::function<bool(std::string_view)>& each);
  // "dns-1:118204" -> the record and its bytes, as text for a person.
  Result<std::string> show(std::string_view locus);
  // Streams the rejects of one evidence (its id; "" = all).
  Status rejects(std::string_view evidence,
                 const std::function<bool(const Evidence&, const Reject&)>& each);

 private:
  explicit Case(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct SniffReport {
  std::string name;
  std::string encoding;                                    // "gzip" ...
  std::vector<std::pair<std::string, SniffScore>> scores;  // every reader, best first
  std::string chosen;                                      // "" = nobody
  std::string plan;  // the mapping that `delimited` would use, say
};
Result<std::vector<SniffReport>> sniff_file(const std::string& path);

// Writes the shipped demo case into `directory` and examines it. `demo_folder` holds case.toml and
// the records of real servers; the 143-day list is simulated. Errors as of the calls within.
Result<Case> make_demo_case(const std::string& directory, const std::string& demo_folder,
                            const Surroundings& surroundings,
                            const std::function<void(const AddOutcome&)>& each = {});
// Its second chapter, in `directory`: the first one's case, to which the receiving mail log came
// later. `first` stays as it is. Errors as of the calls within.
Result<Case> make_demo_sequel(const Case& first, const std::string& directory,
                              const std::string& demo_folder, const Surroundings& surroundings,
                              const std::function<void(const AddOutcome&)>& each = {});

}  // namespace assay
