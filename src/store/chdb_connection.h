// One connection to the embedded engine: statements in, rows and errors out, no exception.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"
#include "store/chdb_abi.h"

namespace assay::chdb {

// Used by one thread at a time; a connection that streams can run nothing else meanwhile.
class Session {
 public:
  // `arguments` as the engine's command line takes them. Errors: io (the engine refuses the
  // directory).
  static Result<std::unique_ptr<Session>> open(const Abi& abi, const std::string& directory,
                                               const std::vector<std::string>& arguments);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Status run(std::string_view sql);
  // The whole result; for small ones.
  Result<std::string> query(std::string_view sql, std::string_view format);
  // The result piece by piece until `each` returns false. A piece is a whole document of `format`
  // (blocks of Native, lines of CSV under their own header).
  Status stream(std::string_view sql, std::string_view format,
                const std::function<bool(std::string_view)>& each);
  // Sends `pieces`, one after the other, as the data of an INSERT.
  Status insert(std::string_view sql, std::string_view format,
                const std::vector<std::string_view>& pieces);

 private:
  Session(const Abi& abi, Connection* connection) : abi_(abi), connection_(connection) {}

  const Abi& abi_;
  Connection* connection_;
};

// The engine's message as an Error: a memory limit and a full disk in plain words, the rest
// shortened, under `code`.
Error engine_error(std::string_view message, ErrorCode code = ErrorCode::io);

}  // namespace assay::chdb
