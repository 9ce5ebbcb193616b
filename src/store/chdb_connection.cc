#include "store/chdb_connection.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace assay::chdb {
namespace {

class ResultHolder {
 public:
  ResultHolder(const Abi& abi, QueryResult* result) : abi_(abi), result_(result) {}
  ~ResultHolder() {
    if (result_ != nullptr) abi_.destroy_query_result(result_);
  }
  ResultHolder(const ResultHolder&) = delete;
  ResultHolder& operator=(const ResultHolder&) = delete;

  QueryResult* get() const { return result_; }
  Status status() const {
    if (result_ == nullptr) return engine_error("no answer");
    if (const char* message = abi_.result_error(result_)) return engine_error(message);
    return {};
  }
  std::string_view bytes() const {
    const char* buffer = abi_.result_buffer(result_);
    return buffer == nullptr ? std::string_view()
                             : std::string_view(buffer, abi_.result_length(result_));
  }

 private:
  const Abi& abi_;
  QueryResult* result_;
};

}  // namespace

Result<std::unique_ptr<Session>> Session::open(const Abi& abi, const std::string& directory,
                                               const std::vector<std::string>& arguments) {
  std::vector<std::string> texts{"assay", "--path=" + directory};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  Connection* connection = abi.connect(static_cast<int>(argv.size()), argv.data());
  if (connection == nullptr) {
    return Error{ErrorCode::io, "the record store's engine cannot open " + directory,
                 "check that the folder can be written and that no other program uses it"};
  }
  return std::unique_ptr<Session>(new Session(abi, connection));
}

Session::~Session() { abi_.close_conn(connection_); }

Status Session::run(std::string_view sql) {
  auto result = query(sql, "Null");
  return result.ok() ? Status{} : Status{result.error()};
}

Result<std::string> Session::query(std::string_view sql, std::string_view format) {
  const ResultHolder result(
      abi_, abi_.query_n(*connection_, sql.data(), sql.size(), format.data(), format.size()));
  ASSAY_TRY(result.status());
  return std::string(result.bytes());
}

Status Session::stream(std::string_view sql, std::string_view format,
                       const std::function<bool(std::string_view)>& each) {
  const ResultHolder stream(abi_, abi_.stream_query_n(*connection_, sql.data(), sql.size(),
                                                      format.data(), format.size()));
  ASSAY_TRY(stream.status());
  for (;;) {
    const ResultHolder piece(abi_, abi_.stream_fetch_result(*connection_, stream.get()));
    ASSAY_TRY(piece.status());
    if (piece.bytes().empty()) return {};
    if (!each(piece.bytes())) {
      abi_.stream_cancel_query(*connection_, stream.get());
      return {};
    }
  }
}

Status Session::insert(std::string_view sql, std::string_view format,
                       const std::vector<std::string_view>& pieces) {
  const std::unique_ptr<InsertHandle, void (*)(InsertStream)> stream(
      abi_.stream_insert_n(*connection_, sql.data(), sql.size(), format.data(), format.size()),
      abi_.destroy_insert_stream);
  const auto failure = [&]() -> std::optional<Error> {
    if (stream == nullptr) return engine_error("no insert stream");
    const char* message = abi_.stream_insert_error(stream.get());
    return message == nullptr ? std::nullopt : std::optional(engine_error(message));
  };
  if (auto error = failure()) return std::move(*error);
  for (const std::string_view piece : pieces) {
    if (abi_.stream_append(stream.get(), piece.data(), piece.size()) != 0) {
      return failure().value_or(engine_error("the insert was refused"));
    }
  }
  const ResultHolder result(abi_, abi_.stream_done(stream.get()));
  return result.status();
}

Error engine_error(std::string_view message, ErrorCode code) {
  const auto says = [message](std::string_view what) {
    return message.find(what) != std::string_view::npos;
  };
  if (says("MEMORY_LIMIT_EXCEEDED")) {
    return {ErrorCode::io, "the record store reached its memory limit",
            "ask for fewer records at once (an evidence, a period, one party)"};
  }
  if (says("NOT_ENOUGH_SPACE") || says("No space left on device")) {
    return {ErrorCode::io, "the disk is full: the record store cannot write",
            "free some space and run the command again; it continues where it stopped"};
  }
  // "Code: 62. DB::Exception: Syntax error ... . (SYNTAX_ERROR)" -> "Syntax error ... "
  for (std::size_t at; (at = message.find("DB::Exception: ")) != std::string_view::npos;) {
    message.remove_prefix(at + std::string_view("DB::Exception: ").size());
  }
  constexpr std::size_t kMostBytes = 400;
  const std::size_t end = message.find(" Stack trace:");
  std::string text(message.substr(0, std::min(end, kMostBytes)));
  if (text.size() == kMostBytes) text += "...";
  return {code, "the record store answers: " + text, ""};
}

}  // namespace assay::chdb
