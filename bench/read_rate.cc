// read_rate FILE [ROWS_PER_BATCH [STORE [ENGINE]]]: what reading alone costs, without sealing and
// without a store; or, with a new folder STORE, sealing, reading and storing, then the grouped
// count without its output. ENGINE: segments (when not told) or embedded. Prints rows, rejects, CPU
// seconds and peak memory; the difference to `assay` is what the rest costs.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "assay/reader.h"
#include "assay/store.h"
#include "core/digest.h"

namespace {

class FileSource final : public assay::ByteSource {
 public:
  FileSource(int descriptor, bool is_sealed) : descriptor_(descriptor), is_sealed_(is_sealed) {}
  assay::Result<std::size_t> read(char* into, std::size_t capacity) override {
    const ssize_t count = ::read(descriptor_, into, capacity);
    if (count < 0) return assay::Error{assay::ErrorCode::io, "read failed", ""};
    bytes_ += static_cast<std::size_t>(count);
    if (is_sealed_) digest_.update({into, static_cast<std::size_t>(count)});
    return static_cast<std::size_t>(count);
  }
  double megabytes() const { return static_cast<double>(bytes_) / 1e6; }

 private:
  int descriptor_;
  bool is_sealed_;
  std::size_t bytes_ = 0;
  assay::Sha256 digest_;
};

class NullSink final : public assay::RecordSink {
 public:
  using RecordSink::RecordSink;

 protected:
  assay::Status deliver(assay::RowBatch&) override { return {}; }
  assay::Status deliver_reject(const assay::Reject&) override { return {}; }
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

long peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

int fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  return 3;
}

int report(const assay::Reader& reader, const assay::RecordSink& sink, const FileSource& source,
           double seconds) {
  const assay::Balance& balance = sink.balance();
  std::printf("%s: %llu rows, %llu rejects, %.2f CPU s, peak %ld MiB, %.0f MB/s, %.2f M units/s\n",
              std::string(reader.name()).c_str(), static_cast<unsigned long long>(balance.rows),
              static_cast<unsigned long long>(balance.rejected), seconds, peak_mib(),
              source.megabytes() / seconds, 1e-6 * static_cast<double>(balance.units) / seconds);
  return 0;
}

int read_only(const assay::Reader& reader, FileSource& source, std::uint32_t rows_per_batch) {
  NullSink sink(1, rows_per_batch);
  const double begin = cpu_seconds();
  const assay::Status status = reader.read(source, {}, sink);
  if (!status.ok()) return fail(status.error().message);
  return report(reader, sink, source, cpu_seconds() - begin);
}

int count_groups(assay::RecordStore& store) {
  using assay::GroupKey;
  std::uint64_t groups = 0;
  const double begin = cpu_seconds();
  const assay::Status status =
      store.count({}, {GroupKey::client, GroupKey::qname, GroupKey::qtype, GroupKey::hour},
                  [&groups](const assay::GroupCount&) { return ++groups > 0; });
  if (!status.ok()) return fail(status.error().message);
  std::printf("%llu groups, %.2f CPU s, peak %ld MiB\n", static_cast<unsigned long long>(groups),
              cpu_seconds() - begin, peak_mib());
  return 0;
}

int read_and_store(const assay::Reader& reader, FileSource& source, std::uint32_t rows_per_batch,
                   const std::string& directory, const std::string& engine) {
  const double begin = cpu_seconds();
  assay::StoreOptions options;
  options.directory = directory;
  options.key_seed = 1;
  auto store = engine == "embedded" ? assay::open_embedded_store(options)
                                    : assay::open_segment_store(options);
  if (!store.ok()) return fail(store.error().message);
  assay::Status status = (*store)->begin(1);
  if (!status.ok()) return fail(status.error().message);
  const auto sink = assay::make_store_sink(**store, 1, {}, rows_per_batch);
  status = reader.read(source, {}, *sink);
  if (!status.ok()) return fail(status.error().message);
  status = assay::finish_store_sink(*sink);
  if (!status.ok()) return fail(status.error().message);
  status = (*store)->commit(1);
  if (!status.ok()) return fail(status.error().message);
  report(reader, *sink, source, cpu_seconds() - begin);
  return count_groups(**store);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return fail("usage: read_rate FILE [ROWS_PER_BATCH [STORE [ENGINE]]]");
  const int descriptor = ::open(argv[1], O_RDONLY);
  if (descriptor < 0) return fail(std::string("cannot open ") + argv[1]);
  std::string head(assay::kSniffBytes, '\0');
  const ssize_t count = ::pread(descriptor, head.data(), head.size(), 0);
  head.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  const assay::SniffChoice choice = assay::choose_reader(head);
  if (choice.reader == nullptr) return fail("no reader takes this file");
  FileSource source(descriptor, argc > 3);
  const auto rows = argc > 2 ? static_cast<std::uint32_t>(std::atoi(argv[2])) : 262'144;
  return argc > 3 ? read_and_store(*choice.reader, source, rows, argv[3],
                                   argc > 4 ? argv[4] : "segments")
                  : read_only(*choice.reader, source, rows);
}
