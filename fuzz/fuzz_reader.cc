// Reads arbitrary bytes with one reader, whole and in pieces, and checks what must hold for any
// input: the balance is even, each reject lies within the input and is counted, no row lies outside
// it, and both ways give the same. The environment's ASSAY_FUZZED_READER names the reader.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "assay/reader.h"
#include "readers/memory_source.h"

namespace {

using namespace assay;

void require(bool holds) {
  if (!holds) std::abort();
}

// What was delivered, as one number for each kind of thing: how the bytes arrive, and where batches
// end, must change none of them.
struct Outcome {
  std::uint64_t rows = 1, answers = 1, records = 1, rejects = 1, count = 0;
  bool operator==(const Outcome&) const = default;
};

void mix(std::uint64_t& hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
  hash ^= hash >> 29;
}
void mix(std::uint64_t& hash, std::string_view text) {
  mix(hash, text.size());
  for (const char c : text) mix(hash, static_cast<unsigned char>(c));
}

class CheckingSink final : public RecordSink {
 public:
  CheckingSink(std::size_t size, std::uint32_t rows_per_batch)
      : RecordSink(7, rows_per_batch), size_(size) {}

  std::uint64_t rejects = 0;
  Outcome outcome;

 protected:
  Status deliver(RowBatch& batch) override {
    for (std::size_t i = 0; i < batch.size(); ++i) take(batch.row(i));
    require(batch.answers.size() == batch.answer_end.size());
    for (std::size_t i = 0; i < batch.answers.size(); ++i) {
      mix(outcome.answers, batch.answers[i].offset);
      mix(outcome.answers, batch.answers[i].owner);
      mix(outcome.answers, batch.answers[i].ttl);
    }
    for (const RecordRow& record : batch.records) {
      require(record.offset + record.length <= size_);
      require(record.until_us >= record.time_us);
      outcome.count += record.kind != RecordKind::dns;  // more of a look-up, which is counted
      for (const std::uint64_t value :
           {static_cast<std::uint64_t>(record.time_us), record.client, record.server, record.name,
            record.offset, std::uint64_t{record.number}, record.bytes_sent, record.count}) {
        mix(outcome.records, value);
      }
    }
    std::uint64_t begin = 0;
    require(batch.fields.size() == batch.field_end.size());
    for (std::size_t i = 0; i < batch.fields.size(); begin = batch.field_end[i++]) {
      require(!field_word(batch.fields[i].field).empty());
      field_hash_ += field_value(batch, i, begin);
    }
    outcome.count += batch.size();
    return {};
  }
  Status deliver_reject(const Reject& reject) override {
    require(reject.offset <= size_ && !reject.code.empty() && !reject.why.empty());
    require(reject.text.size() <= kMaxRejectText);
    ++rejects;
    mix(outcome.rejects, reject.code);
    mix(outcome.rejects, reject.offset);
    return {};
  }

 public:
  std::uint64_t field_hash() const { return field_hash_; }

 private:
  void take(const DnsRow& row) {
    require(row.offset + row.length <= size_);
    for (const std::uint64_t value :
         {static_cast<std::uint64_t>(row.time_us), row.client, row.server, row.qname, row.offset,
          std::uint64_t{row.qtype}, std::uint64_t{row.flags}, std::uint64_t{row.rcode},
          std::uint64_t{row.ttl}, std::uint64_t{row.delay_us}}) {
      mix(outcome.rows, value);
    }
  }
  static std::uint64_t field_value(const RowBatch& batch, std::size_t i, std::uint64_t begin) {
    std::uint64_t hash = batch.fields[i].number;
    mix(hash, batch.fields[i].field);
    mix(hash, std::string_view(batch.field_text).substr(begin, batch.field_end[i] - begin));
    return hash;
  }

  std::size_t size_;
  std::uint64_t field_hash_ = 0;  // a sum: the order of fields is that of their records
};

const Reader& fuzzed_reader() {
  static const Reader* reader = [] {
    const char* name = std::getenv("ASSAY_FUZZED_READER");
    const Reader* found = name == nullptr ? nullptr : find_reader(name);
    if (found == nullptr) {
      std::fprintf(stderr, "set ASSAY_FUZZED_READER to one of:\n");
      for (const Reader* each : all_readers()) {
        std::fprintf(stderr, "%s\n", std::string(each->name()).c_str());
      }
      std::exit(2);
    }
    return found;
  }();
  return *reader;
}

void read(std::string_view bytes, std::size_t piece, bool is_cut, CheckingSink& sink) {
  MemorySource source(bytes, piece);
  if (is_cut) source.end_with(Error{ErrorCode::malformed, "cut"});
  ReadContext context;
  context.clock.zone = bytes.size() % 2 == 0 ? "UTC" : "Europe/Berlin";
  context.clock.last_year = 2020;
  const Status status = fuzzed_reader().read(source, context, sink);
  require(sink.balance().is_even());
  require(sink.balance().rejected == sink.rejects);
  if (status.ok()) require(sink.balance().rows == sink.outcome.count);
}

}  // namespace

// Before anything is run: a name that is missing or unknown ends the program with the list of
// names.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  fuzzed_reader();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Reader& reader = fuzzed_reader();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const SniffScore score = reader.sniff(bytes.substr(0, kSniffBytes));
  require(score.score >= 0 && score.score <= 100);
  reader.describe_plan(bytes.substr(0, kSniffBytes));

  // How the bytes arrive hangs on them too, so that a run is decided by its input alone.
  const std::size_t piece = size == 0 ? 1 : 1 + data[size / 2] * std::size_t{7};
  const bool is_cut = size % 3 == 0;
  CheckingSink whole(size, 65'536), split(size, 16);
  read(bytes, SIZE_MAX, is_cut, whole);
  read(bytes, piece, is_cut, split);
  require(whole.outcome == split.outcome && whole.field_hash() == split.field_hash());
  return 0;
}
