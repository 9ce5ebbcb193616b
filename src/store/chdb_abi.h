// The part of libchdb's C interface that the embedded store calls, as function pointers.
//
// The npm package ships no header. The functions are declared here by hand for one version of the
// library, and the version is checked after loading (chdb_library.cc). They are pointers rather
// than link-time symbols because the library must be loaded late: it costs 0.07 CPU seconds and
// 150 MiB of pages, and needs AVX2.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::chdb {

struct QueryResult;  // opaque
struct ConnectionHandle {
  void* impl;
};
struct InsertHandle {
  void* impl;
};
using Connection = ConnectionHandle*;
using InsertStream = InsertHandle*;

// Texts are given with their length and need no final NUL. Results are never null; an error is read
// with result_error (null when there is none). Every result is destroyed by the caller.
struct Abi {
  const char* (*version)();
  void (*set_signal_handlers_enabled)(int);  // before the first connect

  Connection* (*connect)(int argc, char** argv);  // null: the directory is refused
  void (*close_conn)(Connection*);

  QueryResult* (*query_n)(Connection, const char* sql, std::size_t, const char* format,
                          std::size_t);
  QueryResult* (*stream_query_n)(Connection, const char* sql, std::size_t, const char* format,
                                 std::size_t);
  QueryResult* (*stream_fetch_result)(Connection, QueryResult* stream);  // empty at the end
  void (*stream_cancel_query)(Connection, QueryResult* stream);

  void (*destroy_query_result)(QueryResult*);
  char* (*result_buffer)(QueryResult*);
  std::size_t (*result_length)(QueryResult*);
  const char* (*result_error)(QueryResult*);

  InsertStream (*stream_insert_n)(Connection, const char* sql, std::size_t, const char* format,
                                  std::size_t);
  int (*stream_append)(InsertStream, const void* data, std::size_t);  // 0: taken
  QueryResult* (*stream_done)(InsertStream);
  const char* (*stream_insert_error)(InsertStream);
  void (*destroy_insert_stream)(InsertStream);  // cancels what is not done
};

}  // namespace assay::chdb
