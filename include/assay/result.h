// Result<T>: the one way in which the library says "I cannot go on".
//
// Malformed input is never an Error: it becomes a Reject (record.h). A programmer's mistake is an
// assertion. Everything else that stops a call returns an Error that names what happened, where,
// and how the user can mend it. No exception crosses a public header.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace assay {

enum class ErrorCode {
  usage,         // the caller asked for something that does not exist or contradicts itself
  not_found,     // a file, case, evidence or record is not there
  io,            // the system refused a read or a write
  malformed,     // a file that assay itself keeps (case.toml, custody.jsonl) cannot be read
  locked,        // another process holds the case's record store
  unsupported,   // this machine or this build cannot do it
  check_failed,  // a verification did not hold
  interrupted,   // stopped on request; the work can be resumed
  internal,      // should not happen; a defect of assay
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // what happened and where: names the file, the line, the value
  std::string mend;     // what the user can do about it; may be empty
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition of value(): ok(). Precondition of error(): !ok().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const Error& error() const { return std::get<1>(state_); }

  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

// Leaves the calling function with the error of `expression` (a Result) when it failed.
#define ASSAY_TRY(expression)                                   \
  do {                                                          \
    if (auto assay_status = (expression); !assay_status.ok()) { \
      return assay_status.error();                              \
    }                                                           \
  } while (false)

}  // namespace assay
