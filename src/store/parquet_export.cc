#include "store/parquet_export.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "store/filter_sql.h"
#include "store/readable_rows.h"

namespace assay {

Status write_parquet(chdb::Session& session, const RowFilter& filter, const std::string& path) {
  const std::string temporary = path + ".tmp";
  const int file = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    return Error{ErrorCode::io, fmt::format("cannot write {}: {}", path, std::strerror(errno)), ""};
  }
  // The engine is given the descriptor rather than the path, in which it would take {}, * and ? for
  // patterns.
  const Status written =
      session.run(fmt::format("INSERT INTO FUNCTION file('/proc/self/fd/{}', 'Parquet') {} "
                              "ORDER BY d.client, d.qname, d.time_us, d.evidence, d.offset "
                              "SETTINGS output_format_parquet_compression_method = 'zstd', "
                              "engine_file_truncate_on_insert = 1",
                              file, readable_rows_sql(filter_sql(filter, "d."))));
  const bool is_synced = ::fsync(file) == 0;
  const bool is_closed = ::close(file) == 0;
  const bool is_complete =
      written.ok() && is_synced && is_closed && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (is_complete) return {};
  Error error =
      written.ok()
          ? Error{ErrorCode::io, fmt::format("cannot write {}: {}", path, std::strerror(errno)), ""}
          : written.error();
  ::unlink(temporary.c_str());
  return error;
}

}  // namespace assay
