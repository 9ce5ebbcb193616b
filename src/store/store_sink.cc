// The sink between a reader and the store: batches cross a bounded queue to a second thread, so
// that parsing and inserting overlap and memory stays at a few batches.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "assay/reader.h"
#include "assay/store.h"

namespace assay {
namespace {

// One batch being filled, one being appended, one waiting: a deeper queue only holds memory, since
// the slower side sets the pace.
constexpr std::size_t kMaxWaitingBatches = 1;

class StoreSink final : public RecordSink {
 public:
  StoreSink(RecordStore& store, std::uint32_t evidence, RejectWriter rejects,
            std::uint32_t rows_per_batch)
      : RecordSink(store.key_seed(), rows_per_batch),
        store_(store),
        evidence_(evidence),
        rejects_(std::move(rejects)) {}

  // An unfinished sink (the read was interrupted) leaves what waits; begin() drops the rest.
  ~StoreSink() override {
    {
      const std::lock_guard lock(mutex_);
      waiting_.clear();
      is_closed_ = true;
    }
    changed_.notify_all();
    if (appender_.joinable()) appender_.join();
  }

  Status finish() {
    flush();
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
    }
    changed_.notify_all();
    if (appender_.joinable()) {
      appender_.join();
    } else {
      append_all();
    }
    if (failure()) return *failure();
    return append_status_;
  }

 protected:
  Status deliver(RowBatch& batch) override {
    // The first batch waits for a second: a thread for one alone costs more than its rows.
    if (has_batch_ && !appender_.joinable()) appender_ = std::thread([this] { append_all(); });
    has_batch_ = true;
    std::unique_lock lock(mutex_);
    changed_.wait(lock,
                  [this] { return waiting_.size() < kMaxWaitingBatches || !append_status_.ok(); });
    ASSAY_TRY(append_status_);
    waiting_.push_back(std::move(batch));
    batch = RowBatch{};
    if (!spare_.empty()) {
      batch = std::move(spare_.back());
      spare_.pop_back();
    }
    lock.unlock();
    changed_.notify_all();
    return {};
  }

  Status deliver_reject(const Reject& reject) override {
    return rejects_ ? rejects_(reject) : Status{};
  }

 private:
  void append_all() {
    for (std::uint64_t number = 0;; ++number) {
      RowBatch batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !waiting_.empty() || is_closed_; });
        if (waiting_.empty()) return;
        batch = std::move(waiting_.front());
        waiting_.pop_front();
      }
      changed_.notify_all();
      Status status = store_.append(evidence_, number, batch);
      batch.clear();
      const std::lock_guard lock(mutex_);
      spare_.push_back(std::move(batch));
      if (!status.ok()) {
        append_status_ = std::move(status);
        waiting_.clear();
        changed_.notify_all();
        return;
      }
    }
  }

  RecordStore& store_;
  const std::uint32_t evidence_;
  const RejectWriter rejects_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<RowBatch> waiting_;
  std::vector<RowBatch> spare_;  // emptied, with their capacity
  bool is_closed_ = false;
  bool has_batch_ = false;
  Status append_status_;
  std::thread appender_;  // last: it uses the members above
};

}  // namespace

std::unique_ptr<RecordSink> make_store_sink(RecordStore& store, std::uint32_t evidence,
                                            RejectWriter rejects, std::uint32_t rows_per_batch) {
  return std::make_unique<StoreSink>(store, evidence, std::move(rejects), rows_per_batch);
}

Status finish_store_sink(RecordSink& sink) { return static_cast<StoreSink&>(sink).finish(); }

}  // namespace assay
