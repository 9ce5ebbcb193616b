// Reader: the door through which a record format enters.
//
// A reader pulls bytes from a ByteSource and hands rows, rejects and blanks to a RecordSink. It
// knows no file names, opens nothing, and never stops at malformed input: what cannot become a
// record becomes a reject, so that used + rejected + blank = units at the end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/evidence.h"
#include "assay/record.h"
#include "assay/result.h"

namespace assay {

// A forward stream of the bytes of one evidence, decompressed. Sealing (SHA-256 of the bytes as
// received) happens beneath it, in the same pass. Used by one thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads up to `capacity` bytes; 0 at the end. Errors: io; malformed when compressed data is cut
  // or corrupt (the bytes before the damage have been delivered by then).
  virtual Result<std::size_t> read(char* into, std::size_t capacity) = 0;
  // Offset of the first byte within its file: not 0 for the tail of a log that grew.
  virtual std::uint64_t first_offset() const { return 0; }
};

// How a delimited file is to be read; other readers ignore it. Column -> field, see
// docs/formats/delimited.md.
struct DelimitedMapping {
  RecordKind kind = RecordKind::dns;  // what a row tells of
  char delimiter = ',';
  bool has_header = true;
  std::uint64_t skip_lines = 0;
  std::map<std::string, std::string> columns;  // field ("time", "client", ...) -> header or number
  std::string time_format;                     // "" = RFC 3339 or epoch, else strptime-like
};

struct ReadContext {
  Clock clock;
  std::string name;  // Evidence::name: what a Maildir says of a message stands there
  std::optional<DelimitedMapping> mapping;
  std::uint32_t max_rows_per_batch = 65'536;
  // For a second read, from RecordSink::first_year_wanted() of the first one.
  std::optional<int> first_year;
  // The start of the file when the source is its tail: for formats whose first lines say how to
  // read the others.
  std::string_view head;
};

// Receives what a reader finds. One per evidence, used by one thread. add() is the hot path: rows
// go into columns here, and only a full batch leaves through deliver().
class RecordSink {
 public:
  explicit RecordSink(std::uint64_t key_seed, std::uint32_t rows_per_batch = 65'536);
  virtual ~RecordSink();
  RecordSink(const RecordSink&) = delete;
  RecordSink& operator=(const RecordSink&) = delete;

  // Keys; a name or host not met before by this sink is added to the batch's side tables.
  std::uint64_t name(std::string_view canonical);
  // For keys that a reader makes for itself: nobody who writes a log knows it.
  std::uint64_t key_seed() const { return key_seed_; }
  std::uint64_t host(const IpAddress& address);

  void add(const DnsRow& row) {
    batch_.push(row);
    ++balance_.rows;
    if (batch_.size() >= next_step_) grow_or_flush();
  }
  void add_answer(const AnswerRow& answer, std::string_view rdata);
  // A record of another kind, and its fields: those of the last one added. An empty text is no
  // field; the same field may come again (two recipients, two name servers).
  void add_record(RecordRow row);
  void add_field(FieldId field, std::string_view text);

  // The balance. A reader counts each unit where it cuts the input, and there alone; what became of
  // the unit is told apart from that, by exactly one of the next three. So a unit forgotten or told
  // twice shows, and the read is refused.
  void unit(std::uint64_t n = 1) { balance_.units += n; }
  void join_units(std::uint64_t n) { balance_.units -= n; }  // n more lines belong to one record
  void used_unit(std::uint64_t n = 1) { balance_.used += n; }
  void blank_unit(std::uint64_t n = 1) { balance_.blank += n; }
  // Counts one rejected unit and keeps the reject; `text` is cut to kMaxRejectText.
  void reject(std::string_view code, std::uint64_t offset, std::uint64_t length,
              std::string_view text, std::string_view why);
  // A named oddity that is not a refusal; kept as a count with the first text.
  void note(std::string_view code, std::string_view text, std::uint64_t n = 1);

  // Stamps without a year can be dated back from the last line only when all have been seen. A
  // reader whose guess of the first line's year was wrong says here which year is right and returns
  // an error; the caller drops what was delivered and reads once more with ReadContext::first_year.
  void want_first_year(int year) { first_year_wanted_ = year; }
  const std::optional<int>& first_year_wanted() const { return first_year_wanted_; }

  // Sends what is pending. Call once at the end of a read.
  void flush();
  // An error of the receiving side; a reader stops soon after it is set.
  const std::optional<Error>& failure() const { return failure_; }

  const Balance& balance() const { return balance_; }
  // How many rows of each kind, by its word; kinds without a row are not named.
  std::map<std::string, std::uint64_t> kinds() const;
  std::vector<Note> notes() const;
  // The first and last row's time; nullopt before any row was flushed.
  const std::optional<Interval>& span() const { return span_; }

 protected:
  virtual Status deliver(RowBatch& batch) = 0;  // may take the contents; is cleared after
  virtual Status deliver_reject(const Reject& reject) = 0;

 private:
  class KeyTable;
  void grow_or_flush();
  void widen_span(const Interval& part);
  RowBatch batch_;
  std::uint32_t rows_per_batch_;
  std::size_t next_step_;  // rows at which the batch gets its full room, or is full
  std::uint64_t key_seed_;
  std::array<std::uint64_t, kRecordKinds> records_of_{};  // by kind, but look-ups
  std::uint32_t last_number_ = 0;                         // of a record
  std::size_t last_fields_ = 0;                           // how many it has
  Balance balance_;
  std::optional<Interval> span_;
  std::optional<Error> failure_;
  std::optional<int> first_year_wanted_;
  std::map<std::string, Note, std::less<>> notes_;
  std::unique_ptr<KeyTable> keys_;
};

// 0 = not mine; 100 = certain. `why` names what was seen ("'query:' after 'client 192.0.2.1#53'").
struct SniffScore {
  int score = 0;
  std::string why;
};

class Reader {
 public:
  virtual ~Reader() = default;
  virtual std::string_view name() const = 0;         // "bind_querylog"
  virtual std::string_view summary() const = 0;      // one line
  virtual std::string_view record_kind() const = 0;  // "dns": prefix of evidence ids
  // The same of one input, for a format whose columns say what a row tells of.
  virtual std::string_view record_kind_of(std::string_view head,
                                          const std::optional<DelimitedMapping>& mapping) const;
  virtual std::string_view unit() const = 0;  // "line", "packet"
  // `head`: the first bytes (up to kSniffBytes) of the decompressed input.
  virtual SniffScore sniff(std::string_view head) const = 0;
  // Reads to the end or to the sink's failure. Errors: io of the source, the sink's failure, usage
  // (a mapping that does not fit). Truncated or corrupt input is a reject, not an error.
  virtual Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const = 0;
  // Readers that can make something of what this one passed over, going by its notes ("pcap_flow"
  // for a capture that holds more than DNS). The engine reads the same bytes with them too.
  virtual std::vector<std::string_view> companions(const std::vector<Note>& notes) const;
  // Lines stand for themselves, so that the tail of a grown file can be read alone.
  virtual bool can_read_tail() const { return false; }
  // For `assay sniff`: what this reader would do with the file, as lines of text (a mapping, say).
  virtual std::string describe_plan(std::string_view head) const;
};
inline constexpr std::size_t kSniffBytes = 65'536;

// The registry, in a fixed order.
const std::vector<const Reader*>& all_readers();
const Reader* find_reader(std::string_view name);

struct SniffChoice {
  const Reader* reader = nullptr;  // nullptr: nobody takes it
  int score = 0;
  std::string why;
};
SniffChoice choose_reader(std::string_view head);

// Parses a mapping file (TOML). Errors: usage, naming line and nearest valid word.
Result<DelimitedMapping> parse_mapping(std::string_view toml, std::string_view file_name);

}  // namespace assay
