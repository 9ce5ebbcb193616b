// assay show, count, sql, export
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "command.h"
#include "outcomes.h"

namespace assay::cli {
namespace {

// Rows go out as they come; with --json, as one text.
class Rows {
 public:
  explicit Rows(Session& session) : session_(session) {}
  std::function<bool(std::string_view)> each() {
    return [this](std::string_view text) {
      if (stop_flag()) return false;
      if (!session_.wants_json) return session_.print(text);
      kept_ += text;
      return true;
    };
  }
  // CSV -> {"columns": [...], "rows": [[...]]}
  Json table() const;

 private:
  Session& session_;
  std::string kept_;
};

std::vector<std::string> csv_fields(std::string_view text, std::size_t& at) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_quoted && c == '"' && at + 1 < text.size() && text[at + 1] == '"') {
      fields.back() += c, ++at;
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && c == ',') {
      fields.emplace_back();
    } else if (!is_quoted && c == '\n') {
      ++at;
      break;
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

Json Rows::table() const {
  std::size_t at = 0;
  Json rows = Json::array();
  const Json names = csv_fields(kept_, at);
  while (at < kept_.size()) rows.push_back(csv_fields(kept_, at));
  return {{"columns", names}, {"rows", rows}};
}

// The store gives one object a line.
Result<Json> parsed_lines(const std::string& text) {
  Json rows = Json::array();
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    Json row = Json::parse(line, nullptr, false);
    if (row.is_discarded()) {
      return Error{ErrorCode::malformed,
                   fmt::format("row {} of the result is no JSON, most likely because of bytes that "
                               "are no UTF-8",
                               rows.size() + 1),
                   "ask for hex(...) of that column, or leave out --json"};
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<int> done_or_stopped() {
  if (stop_flag()) return Error{ErrorCode::interrupted, "stopped", ""};
  return kDone;
}

// Errors: of the store.
Result<std::uint64_t> lookups_in(Case& opened) {
  std::string text;
  ASSAY_TRY(opened.count({}, [&text](std::string_view chunk) {
    text += chunk;
    return true;
  }));
  return std::strtoull(text.c_str() + text.find('\n') + 1, nullptr, 10);
}

constexpr char kKindHelp[] =
    "instead of look-ups: flow, service, mail, message, hop, registration, payment, recorder, "
    "dns_aggregate, dns (what look-ups say beyond their rows), or all";

// Empty for "all". Errors: usage.
Result<std::vector<RecordKind>> kinds_of(const std::vector<std::string>& words) {
  std::vector<RecordKind> kinds;
  for (const std::string& word : words) {
    if (word == "all") return std::vector<RecordKind>();
    const auto kind = parse_kind(word);
    if (!kind) {
      std::vector<std::string> known = {"all"};
      for (int i = 0; i < static_cast<int>(kRecordKinds); ++i) {
        known.emplace_back(kind_word(static_cast<RecordKind>(i)));
      }
      const auto nearest = nearest_word(word, known);
      return Error{ErrorCode::usage, fmt::format("there is no kind of record '{}'", word),
                   nearest ? fmt::format("did you mean '{}'?", *nearest) : "see assay export -h"};
    }
    kinds.push_back(*kind);
  }
  return kinds;
}

}  // namespace

Job declare_show(CLI::App& app) {
  struct Options {
    std::string directory, locus;
  };
  auto options = std::make_shared<Options>();
  case_argument(app, options->directory);
  app.add_option("RECORD", options->locus, "evidence and byte offset: dns-1:118204")->required();
  return [options](Session& session) -> Result<int> {
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    auto text = opened->show(options->locus);
    if (!text.ok()) return text.error();
    if (session.wants_json) {
      session.print_json({{"record", options->locus}, {"text", *text}});
    } else {
      session.print(*text);
    }
    return kDone;
  };
}

Job declare_count(CLI::App& app) {
  struct Options {
    std::string directory;
    std::vector<std::string> columns;
    bool csv = false;
  };
  auto options = std::make_shared<Options>();
  case_argument(app, options->directory);
  app.add_option("--by", options->columns,
                 "columns: evidence, client, server, qname, qtype, rcode, hour, day (UTC)")
      ->delimiter(',');
  app.add_flag("--csv", options->csv, "CSV, which is what it prints anyway");
  return [options](Session& session) -> Result<int> {
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    tell_unread(session, *opened);
    Rows rows(session);
    if (Status status = opened->count(options->columns, rows.each()); !status.ok()) {
      return status.error();
    }
    if (session.wants_json) session.print_json(rows.table());
    return done_or_stopped();
  };
}

Job declare_sql(CLI::App& app) {
  struct Options {
    std::string directory, statement, format = "csv";
  };
  auto options = std::make_shared<Options>();
  case_argument(app, options->directory);
  app.add_option("STATEMENT", options->statement, "one SELECT; docs/store.md")->required();
  app.add_option("--format", options->format, "csv, tsv or json")
      ->check(CLI::IsMember({"csv", "tsv", "json"}));
  return [options](Session& session) -> Result<int> {
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    tell_unread(session, *opened);
    std::string kept;
    const auto each = [&](std::string_view text) {
      if (session.wants_json) kept += text;
      return !stop_flag() && (session.wants_json || session.print(text));
    };
    const std::string format = session.wants_json ? "json" : options->format;
    if (Status status = opened->sql(options->statement, format, each); !status.ok()) {
      return status.error();
    }
    if (session.wants_json && !stop_flag()) {
      auto result = parsed_lines(kept);
      if (!result.ok()) return result.error();
      session.print_json({{"result", std::move(*result)}});
    }
    return done_or_stopped();
  };
}

Job declare_export(CLI::App& app) {
  struct Options {
    std::string directory, format = "csv", output;
    std::vector<std::string> kinds;
  };
  auto options = std::make_shared<Options>();
  case_argument(app, options->directory);
  app.add_option("--kind", options->kinds, kKindHelp)->delimiter(',');
  app.add_option("--to", options->format, "csv or parquet")
      ->check(CLI::IsMember({"csv", "parquet"}));
  app.add_option("-o,--output", options->output, "file; CSV goes to standard output when left out");
  return [options](Session& session) -> Result<int> {
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    if (options->format == "parquet" && options->output.empty()) {
      return Error{ErrorCode::usage, "Parquet needs a file to be written to", "-o records.parquet"};
    }
    const auto kinds = kinds_of(options->kinds);
    if (!kinds.ok()) return kinds.error();
    if (!options->kinds.empty() && options->format == "parquet") {
      return Error{ErrorCode::unsupported, "Parquet holds look-ups alone", "--to csv"};
    }
    tell_unread(session, *opened);
    std::FILE* file = nullptr;
    if (options->format == "csv" && !options->output.empty()) {
      file = std::fopen(options->output.c_str(), "wxe");
      if (file == nullptr) {
        return Error{ErrorCode::io,
                     fmt::format("cannot make {}: {}", options->output, std::strerror(errno)),
                     "an export never overwrites a file"};
      }
    }
    bool is_written = true;
    Rows rows(session);
    std::uint64_t lines = 0;
    const auto each = [&](std::string_view text) {
      lines += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
      if (file == nullptr) return rows.each()(text);
      is_written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
      return is_written && !stop_flag();
    };
    Status status = options->kinds.empty()
                        ? opened->export_rows(options->format, options->output, each)
                        : opened->export_records(*kinds, each);
    if (file != nullptr) is_written = std::fclose(file) == 0 && is_written;
    if (file != nullptr && (!status.ok() || !is_written || stop_flag())) {
      std::remove(options->output.c_str());  // a part of the records would look like all of them
    }
    if (!status.ok()) return status.error();
    if (stop_flag()) return done_or_stopped();
    if (!is_written) return Error{ErrorCode::io, "cannot write " + options->output, ""};
    if (session.has_failed_output()) {
      session.say("not all records were taken");
      return kDone;
    }
    auto count = options->format == "csv" ? Result<std::uint64_t>(lines - 1) : lookups_in(*opened);
    if (!count.ok()) return count.error();
    if (session.wants_json) {
      Json document = {{"to", options->format}, {"records", *count}, {"filter", "none"}};
      if (options->format == "csv" && file == nullptr) document.update(rows.table());
      session.print_json(document);
    } else {
      session.say(fmt::format("all {} {}, unfiltered", *count,
                              options->kinds.empty() ? "look-ups" : "records of that kind"));
    }
    return done_or_stopped();
  };
}

}  // namespace assay::cli
