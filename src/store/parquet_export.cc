#include "store/parquet_export.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "store/filter_sql.h"
#include "store/readable_rows.h"

namespace assay {

namespace {

Error cannot_make(const std::string& path) {
  return {ErrorCode::io, fmt::format("cannot make {}: {}", path, std::strerror(errno)),
          errno == EEXIST ? "an export never overwrites a file" : ""};
}

// A rename that fails where a file is there already.
bool put_in_place(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  // A file system that knows no such rename: claim the name, then rename over our own empty file.
  const int claim = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (claim < 0) return false;
  ::close(claim);
  return ::rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

Status write_parquet(chdb::Session& session, const RowFilter& filter, const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) {
    errno = EEXIST;  // said before the work, and made sure of after it
    return cannot_make(path);
  }
  std::string temporary = path + ".XXXXXX";
  const int file = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return cannot_make(path);
  (void)::fchmod(file, 0644);
  // The engine is given the descriptor rather than the path, in which it would take {}, * and ? for
  // patterns. Rows come as they lie, part by part: sorting them behind the joins doubled the time
  // (10 CPU seconds for 5 M rows) and took 730 MiB; encoding by one thread in small row groups
  // keeps the whole process under 470.
  const Status written = session.run(fmt::format(
      "INSERT INTO FUNCTION file('/proc/self/fd/{}', 'Parquet') {} "
      "SETTINGS output_format_parquet_compression_method = 'zstd', "
      "output_format_parquet_parallel_encoding = 0, output_format_parquet_row_group_size = 131072, "
      "engine_file_truncate_on_insert = 1",
      file, readable_rows_sql(filter_sql(filter, "d."))));
  const bool is_synced = ::fsync(file) == 0;
  const bool is_closed = ::close(file) == 0;
  const bool is_complete = written.ok() && is_synced && is_closed && put_in_place(temporary, path);
  if (is_complete) return {};
  Error error = written.ok() ? cannot_make(path) : written.error();
  ::unlink(temporary.c_str());
  return error;
}

}  // namespace assay
