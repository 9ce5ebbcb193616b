// read_rate FILE [ROWS_PER_BATCH]: what reading alone costs, without sealing and without a store.
// Prints rows, rejects and CPU seconds; the difference to `assay add` is what the rest costs.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "assay/reader.h"

namespace {

class FileSource final : public assay::ByteSource {
 public:
  explicit FileSource(int descriptor) : descriptor_(descriptor) {}
  assay::Result<std::size_t> read(char* into, std::size_t capacity) override {
    const ssize_t count = ::read(descriptor_, into, capacity);
    if (count < 0) return assay::Error{assay::ErrorCode::io, "read failed", ""};
    return static_cast<std::size_t>(count);
  }

 private:
  int descriptor_;
};

class NullSink final : public assay::RecordSink {
 public:
  using RecordSink::RecordSink;
  std::uint64_t names = 0;
  std::uint64_t answers = 0;

 protected:
  assay::Status deliver(assay::DnsBatch& batch) override {
    names += batch.names.size();
    answers += batch.answers.size();
    return {};
  }
  assay::Status deliver_reject(const assay::Reject&) override { return {}; }
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return fail("usage: read_rate FILE [ROWS_PER_BATCH]");
  const int descriptor = ::open(argv[1], O_RDONLY);
  if (descriptor < 0) return fail(std::string("cannot open ") + argv[1]);
  std::string head(assay::kSniffBytes, '\0');
  const ssize_t count = ::pread(descriptor, head.data(), head.size(), 0);
  head.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  const assay::SniffChoice choice = assay::choose_reader(head);
  if (choice.reader == nullptr) return fail("no reader takes this file");

  FileSource source(descriptor);
  NullSink sink(1, argc > 2 ? static_cast<std::uint32_t>(std::atoi(argv[2])) : 65'536);
  assay::ReadContext context;
  context.clock.zone = "UTC";
  const double begin = cpu_seconds();
  const assay::Status status = choice.reader->read(source, context, sink);
  const double seconds = cpu_seconds() - begin;
  if (!status.ok()) return fail(status.error().message);
  const auto& balance = sink.balance();
  std::printf(
      "%s: %llu rows, %llu names, %llu answers, %llu rejects, %.2f CPU s\n",
      std::string(choice.reader->name()).c_str(), static_cast<unsigned long long>(balance.rows),
      static_cast<unsigned long long>(sink.names), static_cast<unsigned long long>(sink.answers),
      static_cast<unsigned long long>(balance.rejected), seconds);
  return 0;
}
