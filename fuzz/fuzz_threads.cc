// One thread against three: the same bytes read and stored here alone, and as assay reads evidence,
// with a thread that reads ahead and another that appends to the store. Both stores must hold the
// same afterwards.
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "assay/reader.h"
#include "assay/store.h"
#include "engine/read_ahead.h"
#include "readers/memory_source.h"

namespace {

using namespace assay;

constexpr std::uint64_t kSeed = 7;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string text_of(const Reject& reject) {
  return fmt::format("reject {} {} {} {}\n", reject.code, reject.offset, reject.length,
                     reject.text);
}

class SingleThreadSink final : public RecordSink {
 public:
  explicit SingleThreadSink(RecordStore& store) : RecordSink(kSeed), store_(store) {}
  std::string rejects;

 protected:
  Status deliver(RowBatch& batch) override { return store_.append(1, number_++, batch); }
  Status deliver_reject(const Reject& reject) override {
    rejects += text_of(reject);
    return {};
  }

 private:
  RecordStore& store_;
  std::uint64_t number_ = 0;
};

std::string text_of(const RowBatch& batch, std::size_t i) {
  const DnsRow row = batch.row(i);
  return fmt::format("row {} {} {} {} {} {} {} {} {} {} {}\n", row.time_us, row.client, row.server,
                     row.qname, row.offset, row.length, row.qtype, row.flags, row.rcode, row.ttl,
                     row.delay_us);
}

std::string text_of(const StoredRecord& record) {
  const RecordRow& row = record.row;
  std::string text = fmt::format("record {} {} {} {} {} {} {} {} {} {} {}\n", row.time_us,
                                 row.until_us, row.client, row.server, row.name, row.offset,
                                 row.length, row.number, row.flags, row.count, row.bytes_sent);
  for (const auto& [field, value] : record.fields) text += fmt::format("{} {}\n", field, value);
  return text;
}

std::string contents(RecordStore& store) {
  std::string text;
  require(store.commit(1).ok());
  const auto add_rows = [&](const RowBlock& block) {
    for (std::size_t i = 0; i < block.rows->size(); ++i) text += text_of(*block.rows, i);
    return true;
  };
  const auto add_answer = [&](const StoredAnswer& stored) {
    text += fmt::format("answer {} {} {} {} {}\n", stored.answer.offset, stored.answer.owner,
                        stored.answer.type, stored.answer.ttl, stored.rdata);
    return true;
  };
  const auto add_record = [&](const StoredRecord& record) {
    text += text_of(record);
    return true;
  };
  const auto add_name = [&](std::uint64_t key, std::string_view name) {
    text += fmt::format("name {} {}\n", key, name);
    return true;
  };
  const auto add_host = [&](std::uint64_t key, const IpAddress& host) {
    text += fmt::format("host {} {}\n", key, host.to_string());
    return true;
  };
  require(store.scan({}, RowOrder::by_pair, add_rows).ok() && store.answers({}, add_answer).ok() &&
          store.records({}, add_record).ok() && store.names(add_name).ok() &&
          store.hosts(add_host).ok());
  return text;
}

std::string text_of(const Status& status, const RecordSink& sink) {
  const Balance& balance = sink.balance();
  std::string text = fmt::format("{} units {} used {} rejected {} blank {} rows {}\n",
                                 status.ok() ? "" : status.error().message, balance.units,
                                 balance.used, balance.rejected, balance.blank, balance.rows);
  for (const Note& note : sink.notes()) {
    text += fmt::format("note {} {} {}\n", note.code, note.count, note.text);
  }
  return text;
}

std::string read_in_one_thread(const Reader& reader, std::string_view bytes, std::size_t piece) {
  const auto store = make_memory_store(kSeed);
  MemorySource source(bytes, piece);
  SingleThreadSink sink(*store);
  const Status status = reader.read(source, {}, sink);
  sink.flush();
  return text_of(status, sink) + sink.rejects + contents(*store);
}

std::string read_in_three(const Reader& reader, std::string_view bytes, std::size_t piece) {
  const auto store = make_memory_store(kSeed);
  MemorySource source(bytes, piece);
  std::string rejects;
  const auto keep = [&](const Reject& reject) {
    rejects += text_of(reject);
    return Status{};
  };
  const auto sink = make_store_sink(*store, 1, keep, 16);
  Status status;
  {
    ReadAhead ahead(source, {});
    status = reader.read(ahead, {}, *sink);
  }
  require(finish_store_sink(*sink).ok());
  return text_of(status, *sink) + rejects + contents(*store);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Reader* reader = choose_reader(bytes.substr(0, kSniffBytes)).reader;
  if (reader == nullptr) return 0;
  const std::size_t blocks = 4 + data[size / 2] % 16;  // the first few are read without a thread
  const std::size_t piece = 1 + size / blocks;
  require(read_in_one_thread(*reader, bytes, piece) == read_in_three(*reader, bytes, piece));
  return 0;
}
