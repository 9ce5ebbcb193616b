#include "store/people_sql.h"

#include <fmt/core.h>

#include <string>

#include "store/sql_guard.h"

namespace assay {
namespace {

// Every streamed piece bears the header again. In CSV the names are quoted and may hold a line
// break; in TSV it is escaped.
std::size_t header_bytes(std::string_view piece, bool is_csv) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (is_csv && piece[i] == '"') is_quoted = !is_quoted;
    if (piece[i] == '\n' && !is_quoted) return i + 1;
  }
  return piece.size();
}

std::string_view without_semicolon(std::string_view statement) {
  const std::size_t last = statement.find_last_not_of(" \t\r\n;");
  return statement.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

Status run_people_sql(chdb::Pool& pool, std::string_view statement, std::string_view format,
                      const std::function<bool(std::string_view)>& each) {
  std::string_view engine_format;
  if (format == "csv") engine_format = "CSVWithNames";
  if (format == "tsv") engine_format = "TSVWithNames";
  if (format == "json") engine_format = "JSONEachRow";
  if (engine_format.empty()) {
    return Error{ErrorCode::usage, fmt::format("no output format is called '{}'", format),
                 "use csv, tsv or json"};
  }
  statement = without_semicolon(statement);
  ASSAY_TRY(check_reading_statement(statement));
  auto session = pool.borrow();
  if (!session.ok()) return session.error();
  ASSAY_TRY((*session)->run("USE assay"));
  bool is_first = true;
  Status status = (*session)->stream(statement, engine_format, [&](std::string_view piece) {
    if (!is_first && format != "json") {
      piece.remove_prefix(header_bytes(piece, format == "csv"));
    }
    is_first = false;
    return piece.empty() || each(piece);
  });
  if (status.ok() || status.error().code != ErrorCode::io) return status;
  Error error = status.error();
  if (error.mend.empty()) error.code = ErrorCode::usage;  // not a limit: the statement is at fault
  return error;
}

}  // namespace assay
