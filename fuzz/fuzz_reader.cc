// Reads arbitrary bytes with one reader and checks what must hold for any input: the balance is
// even, each reject lies within the input and is counted, no row lies outside it.
#include <algorithm>
#include <cstdlib>

#include "assay/reader.h"

namespace {

using namespace assay;

void require(bool holds) {
  if (!holds) std::abort();
}

class BytesSource final : public ByteSource {
 public:
  BytesSource(std::string_view bytes, std::size_t piece, bool is_cut)
      : rest_(bytes), piece_(piece), is_cut_(is_cut) {}

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    const std::size_t count = std::min({capacity, piece_, rest_.size()});
    if (count == 0 && is_cut_) return Error{ErrorCode::malformed, "cut"};
    rest_.copy(into, count);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t piece_;
  bool is_cut_;
};

class CheckingSink final : public RecordSink {
 public:
  explicit CheckingSink(std::size_t size) : RecordSink(7, 16), size_(size) {}

  std::uint64_t rows = 0;
  std::uint64_t rejects = 0;

 protected:
  Status deliver(RowBatch& batch) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      require(batch.offset[i] + batch.length[i] <= size_);
    }
    require(batch.answers.size() == batch.answer_end.size());
    for (const RecordRow& record : batch.records) {
      require(record.offset + record.length <= size_);
      require(record.until_us >= record.time_us);
    }
    for (const FieldRow& field : batch.fields) require(!field_word(field.field).empty());
    require(batch.fields.size() == batch.field_end.size());
    rows += batch.size() + batch.records.size();
    return {};
  }
  Status deliver_reject(const Reject& reject) override {
    require(reject.offset <= size_ && !reject.code.empty() && !reject.why.empty());
    require(reject.text.size() <= kMaxRejectText);
    ++rejects;
    return {};
  }

 private:
  std::size_t size_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Reader* reader = find_reader(ASSAY_FUZZED_READER);
  require(reader != nullptr);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  const SniffScore score = reader->sniff(bytes.substr(0, kSniffBytes));
  require(score.score >= 0 && score.score <= 100);
  reader->describe_plan(bytes.substr(0, kSniffBytes));

  // How the bytes arrive hangs on them too, so that a run is decided by its input alone.
  const std::size_t piece = size == 0 ? 1 : 1 + data[size / 2] * std::size_t{7};
  BytesSource source(bytes, piece, size % 3 == 0);
  CheckingSink sink(size);
  ReadContext context;
  context.clock.zone = size % 2 == 0 ? "UTC" : "Europe/Berlin";
  context.clock.last_year = 2020;
  const Status status = reader->read(source, context, sink);
  require(sink.balance().is_even());
  require(sink.balance().rejected == sink.rejects);
  if (status.ok()) require(sink.balance().rows == sink.rows);
  return 0;
}
