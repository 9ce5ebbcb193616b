#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

#include "assay/reader.h"
#include "core/short_bytes.h"

namespace assay {

namespace {

// Zeroed numbers. Large tables lie in huge pages where the system grants them: looked up at random,
// small pages cost a walk of the page tables each time, which no fetching ahead can hide.
class Slots {
 public:
  explicit Slots(std::size_t count)
      : count_(count), slots_(allocate(count * sizeof(std::uint64_t))) {
    clear();
  }
  std::size_t size() const { return count_; }
  std::uint64_t& operator[](std::size_t i) { return slots_.get()[i]; }
  const std::uint64_t& operator[](std::size_t i) const { return slots_.get()[i]; }
  void clear() { std::fill_n(slots_.get(), count_, 0); }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;
  struct Free {
    void operator()(std::uint64_t* slots) const { std::free(slots); }
  };

  static std::uint64_t* allocate(std::size_t bytes) {
    const bool is_large = bytes >= kHugePage && bytes % kHugePage == 0;
    void* memory = is_large ? std::aligned_alloc(kHugePage, bytes) : std::malloc(bytes);
    if (!memory) throw std::bad_alloc();
    if (is_large) madvise(memory, bytes, MADV_HUGEPAGE);  // a wish; nothing hangs on it
    return static_cast<std::uint64_t*>(memory);
  }

  std::size_t count_;
  std::unique_ptr<std::uint64_t, Free> slots_;
};

// A set of non-zero 64-bit keys: open addressing. When it is full it forgets and starts again, so
// that memory has a bound; the store then sees a name twice, which adds nothing.
class KeySet {
 public:
  void prefetch(std::uint64_t key) const { __builtin_prefetch(&slots_[first_slot(key)]); }

  bool is_new(std::uint64_t key) {
    if (used_ * 2 >= slots_.size()) grow();
    std::size_t slot = first_slot(key);
    while (slots_[slot] != 0) {
      if (slots_[slot] == key) return false;
      slot = (slot + 1) & (slots_.size() - 1);
    }
    slots_[slot] = key;
    ++used_;
    return true;
  }

 private:
  // Keys are hashes under the case's seed: uniform, and not for the sender of packets to choose.
  // (IPv4 keys, which are addresses, never come here.)
  std::size_t first_slot(std::uint64_t key) const { return key & (slots_.size() - 1); }

  static constexpr std::size_t kMostSlots = std::size_t{1} << 23;  // 64 MiB

  void grow() {
    if (slots_.size() >= kMostSlots) {
      slots_.clear();
      used_ = 0;
      return;
    }
    Slots old(slots_.size() * 2);
    std::swap(old, slots_);
    used_ = 0;
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (old[i] != 0) is_new(old[i]);
    }
  }

  Slots slots_{1 << 12};
  std::size_t used_ = 0;
};

constexpr std::size_t kMostAnswerBytes = std::size_t{32} << 20;
constexpr std::size_t kMostFieldBytes = std::size_t{32} << 20;
constexpr std::uint32_t kSmallBatch = 4'096;  // rows up to which the columns grow by doubling

}  // namespace

// What this sink has already handed on. A name or host waits in a short queue before it is looked
// up: with millions of names each look-up is a miss of the processor's caches (140 ns of the 500
// that a line of a query log took), and while a name waits its slot is fetched.
class RecordSink::KeyTable {
 public:
  void add_name(const NameKey& key, std::string_view canonical, NewNames& fresh) {
    WaitingName& oldest = names_waiting_[next_name_++ % names_waiting_.size()];
    resolve(oldest, fresh);
    names_.prefetch(key.check);
    oldest.key = key;
    oldest.keep(canonical);
  }
  void add_host(std::uint64_t key, const IpAddress& address, std::vector<NewHost>& fresh) {
    NewHost& oldest = hosts_waiting_[next_host_++ % hosts_waiting_.size()];
    resolve(oldest, fresh);
    hosts_.prefetch(key);
    oldest = {key, address};
  }
  // Looks up all that wait; those not met before go to the batch.
  void settle(RowBatch& batch) {
    for (std::size_t i = 0; i < names_waiting_.size(); ++i) {
      resolve(names_waiting_[next_name_++ % names_waiting_.size()], batch.names);
      resolve(hosts_waiting_[next_host_++ % hosts_waiting_.size()], batch.hosts);
    }
  }

 private:
  static constexpr std::size_t kWaiting = 16;
  struct WaitingName {
    NameKey key;  // 0: none
    std::uint32_t size = 0;
    char text[60];  // of a name that fits; no call for the few bytes of most
    std::string long_text;

    void keep(std::string_view canonical) {
      size = static_cast<std::uint32_t>(canonical.size());
      if (size <= sizeof text) {
        copy_short(text, canonical.data(), size);
      } else {
        long_text.assign(canonical);
      }
    }
    std::string_view canonical() const {
      return size <= sizeof text ? std::string_view(text, size) : std::string_view(long_text);
    }
  };

  void resolve(WaitingName& waiting, NewNames& fresh) {
    if (waiting.key.key == 0) return;
    // By the second hash: two names under one key must both reach the store, which then says so.
    if (names_.is_new(waiting.key.check)) fresh.add(waiting.key, waiting.canonical());
    waiting.key = {};
  }
  void resolve(NewHost& waiting, std::vector<NewHost>& fresh) {
    if (waiting.key != 0 && hosts_.is_new(waiting.key)) fresh.push_back(waiting);
    waiting.key = 0;
  }

  KeySet names_;
  KeySet hosts_;
  std::array<WaitingName, kWaiting> names_waiting_;
  std::array<NewHost, kWaiting> hosts_waiting_{};
  std::size_t next_name_ = 0;
  std::size_t next_host_ = 0;
};

RecordSink::RecordSink(std::uint64_t key_seed, std::uint32_t rows_per_batch)
    : rows_per_batch_(rows_per_batch),
      next_step_(std::min(kSmallBatch, rows_per_batch)),
      key_seed_(key_seed),
      keys_(std::make_unique<KeyTable>()) {}

RecordSink::~RecordSink() = default;

std::uint64_t RecordSink::name(std::string_view canonical) {
  const NameKey key = name_key(canonical, key_seed_);
  keys_->add_name(key, canonical, batch_.names);
  return key.key;
}

std::uint64_t RecordSink::host(const IpAddress& address) {
  const std::uint64_t key = host_key(address, key_seed_);
  // An IPv4 address is its own key; nothing has to spell it out.
  if (!address.is_v4()) keys_->add_host(key, address, batch_.hosts);
  return key;
}

void RecordSink::add_answer(const AnswerRow& answer, std::string_view rdata) {
  batch_.answers.push_back(answer);
  batch_.answer_rdata.append(rdata);
  batch_.answer_end.push_back(batch_.answer_rdata.size());
  // Answers fill a batch like rows, which they can outweigh a thousandfold (a zone transfer). With
  // as many answers as rows, batches of half the rows save 110 MiB.
  if (batch_.size() + batch_.answers.size() >= rows_per_batch_ ||
      batch_.answer_rdata.size() >= kMostAnswerBytes) {
    flush();
  }
}

void RecordSink::add_record(RecordRow row) {
  // Not after the fields: a batch must hold a record together with them.
  if (batch_.records.size() + batch_.fields.size() >= rows_per_batch_ ||
      batch_.field_text.size() >= kMostFieldBytes) {
    flush();
  }
  row.number = ++last_number_;
  last_fields_ = 0;
  batch_.records.push_back(row);
  if (row.kind == RecordKind::dns) return;  // the look-up is counted; this is more of the same
  ++records_of_[static_cast<std::size_t>(row.kind)];
  ++balance_.rows;
}

void RecordSink::add_field(FieldId field, std::string_view text) {
  if (text.empty()) return;
  if (++last_fields_ > kMaxFields) return note("field.too_many", field_word(field));
  if (text.size() > kMaxFieldText) {
    note("field.cut", field_word(field));
    text = text.substr(0, kMaxFieldText);
  }
  batch_.fields.push_back({last_number_, field});
  batch_.field_text.append(text);
  batch_.field_end.push_back(batch_.field_text.size());
}

void RecordSink::reject(std::string_view code, std::uint64_t offset, std::uint64_t length,
                        std::string_view text, std::string_view why) {
  ++balance_.rejected;
  Reject reject{std::string(code), offset, length, std::string(text.substr(0, kMaxRejectText)),
                std::string(why)};
  if (Status status = deliver_reject(reject); !status.ok() && !failure_) failure_ = status.error();
}

void RecordSink::note(std::string_view code, std::string_view text, std::uint64_t n) {
  auto found = notes_.find(code);
  if (found == notes_.end()) {
    text = text.substr(0, kMaxRejectText);
    found = notes_.emplace(std::string(code), Note{std::string(code), 0, std::string(text)}).first;
  }
  found->second.count += n;
}

std::vector<Note> RecordSink::notes() const {
  std::vector<Note> notes;
  for (const auto& [code, note] : notes_) notes.push_back(note);
  return notes;
}

// Growing by doubling touches every page twice, a seventh of the page faults of adding a capture;
// room that is not filled is never touched. The receiver may have taken the columns of the batch
// before.
void RecordSink::grow_or_flush() {
  if (batch_.size() >= rows_per_batch_) {
    flush();
  } else {
    batch_.reserve(rows_per_batch_);
    next_step_ = rows_per_batch_;
  }
}

void RecordSink::flush() {
  keys_->settle(batch_);
  if (!batch_.time_us.empty()) {
    const auto [first, last] = std::minmax_element(batch_.time_us.begin(), batch_.time_us.end());
    widen_span({*first, *last + 1});
  }
  for (const RecordRow& record : batch_.records) {
    // An indicator's period is no time at which anything was recorded.
    const bool has_time = record.kind != RecordKind::dns && record.kind != RecordKind::indicator &&
                          !(record.flags & kTimeUnknown);
    if (has_time) widen_span({record.time_us, record.until_us + 1});
  }
  if (batch_.time_us.empty() && batch_.records.empty() && batch_.names.empty() &&
      batch_.hosts.empty() && batch_.answers.empty()) {
    return;
  }
  if (!failure_) {
    if (Status status = deliver(batch_); !status.ok()) failure_ = status.error();
  }
  batch_.clear();
  next_step_ = std::min(kSmallBatch, rows_per_batch_);
}

void RecordSink::widen_span(const Interval& part) {
  span_ = span_ ? Interval{std::min(span_->begin_us, part.begin_us),
                           std::max(span_->end_us, part.end_us)}
                : part;
}

std::map<std::string, std::uint64_t> RecordSink::kinds() const {
  std::map<std::string, std::uint64_t> kinds;
  std::uint64_t look_ups = balance_.rows;
  for (std::size_t i = 0; i < records_of_.size(); ++i) {
    if (records_of_[i] == 0) continue;
    kinds.emplace(kind_word(static_cast<RecordKind>(i)), records_of_[i]);
    look_ups -= records_of_[i];
  }
  if (look_ups > 0) kinds.emplace(kind_word(RecordKind::dns), look_ups);
  return kinds;
}

std::string_view Reader::record_kind_of(std::string_view,
                                        const std::optional<DelimitedMapping>&) const {
  return record_kind();
}

std::string Reader::describe_plan(std::string_view) const { return ""; }

std::vector<std::string_view> Reader::companions(const std::vector<Note>&) const { return {}; }

}  // namespace assay
