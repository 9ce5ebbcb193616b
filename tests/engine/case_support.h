// A case in a folder of its own, with a clock that ticks a second a line.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "assay/engine.h"
#include "core/digest.h"

namespace assay::test {

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "assay-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline Surroundings still_surroundings() {
  Surroundings surroundings;
  auto now = std::make_shared<std::int64_t>(1'500'000'000 * kMicrosPerSecond);
  surroundings.now_us = [now] { return *now += kMicrosPerSecond; };
  surroundings.actor = "tester";
  surroundings.engine_version = "test";
  surroundings.store = StoreChoice::memory;
  return surroundings;
}

inline std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void write_all_to(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// `lines` query-log lines of BIND, one every ten minutes from 4 May 2016.
inline std::string query_log(int lines, int first = 0) {
  std::string text;
  for (int i = first; i < first + lines; ++i) {
    const std::int64_t us = utc_micros({2016, 5, 4, 0, 0, 0, 0}) + i * 600 * kMicrosPerSecond;
    const CivilTime at = civil_from_utc(us);
    char line[200];
    std::snprintf(line, sizeof line,
                  "%02d-May-2016 %02d:%02d:%02d.000 queries: info: client 192.0.2.%d#%d "
                  "(mail1.sender.example): query: mail1.sender.example IN A + (198.51.100.1)\n",
                  at.day, at.hour, at.minute, at.second, 1 + i % 2, 1024 + i);
    text += line;
  }
  return text;
}

inline std::vector<AddOutcome> add_files(Case& opened, std::vector<std::string> paths) {
  AddRequest request;
  request.paths = std::move(paths);
  auto outcomes = opened.add(request);
  EXPECT_TRUE(outcomes.ok()) << (outcomes.ok() ? "" : outcomes.error().message);
  return outcomes.ok() ? std::move(*outcomes) : std::vector<AddOutcome>();
}

// A case with one log, two parties and a question, examined and reported.
inline Case examined_case(const TempFolder& folder) {
  write_all_to(folder / "query.log", query_log(200) + "not a line of a log\n");
  Case made = Case::init(folder / "case", "Test", "UTC", 7, still_surroundings()).value();
  add_files(made, {folder / "query.log"});
  Party bank;
  bank.name = "Bank";
  bank.addresses.push_back(IpPrefix::parse("192.0.2.0/24").value());
  Party sender;
  sender.name = "Sender";
  sender.names.push_back(NamePattern::parse("*.sender.example").value());
  EXPECT_TRUE(made.add_party(bank).ok());
  EXPECT_TRUE(made.add_party(sender).ok());
  Question question;
  question.between = {"Bank", "Sender"};
  EXPECT_TRUE(made.ask(question).ok());
  const auto outcome = made.examine();
  EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : outcome.error().message);
  EXPECT_TRUE(made.render("json", folder / "case/report.json").ok());
  return made;
}

inline std::vector<VerifyProblem> problems_of(const TempFolder& folder) {
  auto opened = Case::open(folder / "case", still_surroundings());
  EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
  if (!opened.ok()) return {{"case", opened.error().message}};
  auto report = opened->verify(true);
  EXPECT_TRUE(report.ok()) << (report.ok() ? "" : report.error().message);
  return report.ok() ? report->problems : std::vector<VerifyProblem>{{"verify", ""}};
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What somebody can do who may write everywhere in the case: a chain whose hashes all fit.
inline void write_chain(const TempFolder& folder, std::vector<std::string> lines) {
  std::string prev(64, '0');
  std::string text;
  for (std::string& line : lines) {
    line.replace(line.rfind("\"prev\":\"") + 8, 64, prev);
    prev = sha256_hex(line);
    text += line + "\n";
  }
  write_all_to(folder / "case/custody.jsonl", text);
  write_all_to(folder / "case/custody.head",
               "{\"lines\":" + std::to_string(lines.size()) + ",\"sha256\":\"" + prev + "\"}\n");
}

inline std::string replaced(std::string text, const std::string& old, const std::string& now) {
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return at == std::string::npos ? text : text.replace(at, old.size(), now);
}

inline bool says(const std::vector<VerifyProblem>& problems, const std::string& where,
                 const std::string& words) {
  for (const VerifyProblem& problem : problems) {
    if (problem.where == where && problem.what.find(words) != std::string::npos) return true;
  }
  return false;
}

inline bool names(const std::vector<VerifyProblem>& problems, const std::string& where) {
  for (const VerifyProblem& problem : problems) {
    if (problem.where == where) return true;
  }
  return false;
}

}  // namespace assay::test
