#include "engine/recompute_findings.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "engine/examine.h"
#include "engine/files.h"

namespace assay {
namespace {

// Up to so many rows are read again into memory; beyond, into a store of their own on disk.
constexpr std::uint64_t kMaxRowsInMemory = 3'000'000;
// Differences that are named one by one.
constexpr std::size_t kMaxNamed = 20;

// A folder for a store that goes with this object.
class ThrowAwayFolder {
 public:
  ~ThrowAwayFolder() {
    std::error_code problem;
    if (!path_.empty()) std::filesystem::remove_all(path_, problem);
  }
  Status make(const std::string& parent) {
    std::string pattern = parent + "/.verify-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) return system_error("make", pattern);
    path_ = pattern;
    return {};
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

bool is_inability(ErrorCode code) {
  return code == ErrorCode::interrupted || code == ErrorCode::io || code == ErrorCode::locked ||
         code == ErrorCode::unsupported || code == ErrorCode::internal;
}

// What the chain said when the `examined` line was written.
CaseState state_then(const Case::Impl& inside) {
  CaseState then;
  for (const CustodyLine& line : inside.custody.lines()) {
    if (line.seq > inside.state.examined->seq) break;
    (void)then.apply(line);  // applied once already; the chain has no problem
  }
  return then;
}

StoreChoice choice_for(const Case::Impl& inside, const CaseState& then) {
  std::uint64_t rows = 0;
  for (const Evidence& evidence : then.evidences) rows += evidence.rows();
  const StoreChoice asked = inside.surroundings.store;
  if (asked != StoreChoice::automatic) return asked;
  return rows > kMaxRowsInMemory ? StoreChoice::segments : StoreChoice::memory;
}

std::map<std::string, std::string> by_id(std::string_view lines) {
  std::map<std::string, std::string> found;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const auto id = json.is_object() ? json.find("id") : json.end();
    const bool has_id = json.is_object() && id != json.end() && id->is_string();
    found[has_id ? id->get<std::string>() : "(a line that is no finding)"] = line;
  }
  return found;
}

class Comparison {
 public:
  Comparison(const Case::Impl& inside, const std::function<void(std::string, std::string)>& problem)
      : inside_(inside), problem_(problem) {}

  std::uint64_t run(const Recomputed& again) {
    const auto stored = read_regular_file(inside_.path_in("findings.jsonl"));
    const std::string kept = stored.ok() ? *stored : std::string();
    const auto old_findings = by_id(kept);
    const auto new_findings = by_id(again.findings_jsonl);
    std::uint64_t same = 0;
    for (const auto& [id, line] : new_findings) {
      const auto old = old_findings.find(id);
      if (old == old_findings.end()) {
        differs(fmt::format("the finding {} is not there, and is found again", id));
      } else if (old->second != line) {
        differs(fmt::format("the finding {} comes out otherwise when it is computed again", id));
      } else {
        ++same;
      }
    }
    for (const auto& [id, line] : old_findings) {
      if (!new_findings.contains(id)) differs(fmt::format("the finding {} is not found again", id));
    }
    // The same lines in another order, or one of them twice.
    if (differences_ == 0 && kept != again.findings_jsonl) {
      differs("holds the findings otherwise than they come out when computed again");
    }
    if (differences_ > kMaxNamed) {
      problem_("findings.jsonl",
               fmt::format("{} further findings come out otherwise", differences_ - kMaxNamed));
    }
    const auto verdict = read_regular_file(inside_.path_in("verdict.json"));
    if (verdict.ok() && *verdict != again.verdict_json) {
      ++differences_;
      problem_("verdict.json", "the verdict comes out otherwise when it is computed again");
    }
    tell_version();
    return same;
  }

 private:
  void differs(std::string what) {
    if (++differences_ <= kMaxNamed) problem_("findings.jsonl", std::move(what));
  }
  void tell_version() {
    const std::string& then = inside_.state.examined->engine_version;
    const std::string& now = inside_.surroundings.engine_version;
    if (differences_ == 0 || then == now) return;
    problem_("engine", fmt::format("the case was examined with assay {} and this is {}, which may "
                                   "be the whole reason: verify it with {}, or examine it again",
                                   then, now, then));
  }

  const Case::Impl& inside_;
  const std::function<void(std::string, std::string)>& problem_;
  std::size_t differences_ = 0;
};

}  // namespace

Result<std::uint64_t> recompute_findings(
    Case::Impl& inside, const std::function<void(std::string, std::string)>& problem) {
  const std::string path = inside.path_in("case.toml");
  const auto text = read_regular_file(path);
  if (!text.ok() || sha256_hex(*text) != inside.state.examined->case_file_sha256) {
    problem("findings.jsonl", "not computed again: case.toml is not the one that was examined");
    return std::uint64_t{0};
  }
  const auto file = parse_case_file(*text, path);
  if (!file.ok()) {
    problem("case.toml", file.error().message);
    return std::uint64_t{0};
  }
  ThrowAwayFolder folder;  // before `fresh`, so that it goes after the store in it is closed
  Case::Impl fresh;
  fresh.directory = inside.directory;
  fresh.surroundings = inside.surroundings;
  fresh.state = state_then(inside);
  fresh.surroundings.store = choice_for(inside, fresh.state);
  if (fresh.surroundings.store != StoreChoice::memory) {
    ASSAY_TRY(folder.make(folder_for_temporaries(inside.directory)));
    fresh.store_folder = folder.path();
  }
  const auto cannot = [&](const Error& error) -> Result<std::uint64_t> {
    if (is_inability(error.code)) return error;
    problem("findings.jsonl", "cannot be computed again: " + error.message);
    return std::uint64_t{0};
  };
  auto store = fresh.rows();
  if (!store.ok()) return cannot(store.error());
  auto again = recompute(*file, fresh.state.evidences, **store, inside.surroundings.stop);
  if (!again.ok()) return cannot(again.error());
  return Comparison(inside, problem).run(*again);
}

}  // namespace assay
