// What the regional registries publish daily: who was delegated which addresses and AS numbers.
// Lines, fields and codes: docs/formats/rir_delegated.md.
#include <fmt/core.h>

#include <map>

#include "assay/reader.h"
#include "readers/claim_time.h"
#include "readers/line_reader.h"
#include "readers/readers.h"
#include "readers/text_keys.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

constexpr std::size_t kMaxCells = 32;

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  while (cells.size() < kMaxCells) {
    const std::size_t end = line.find('|');
    cells.push_back(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return cells;
}

bool is_registry(std::string_view word) {
  return word == "afrinic" || word == "apnic" || word == "arin" || word == "lacnic" ||
         word == "ripencc" || word == "iana" || word == "nro" || word == "ietf";
}
bool is_resource(std::string_view word) {
  return word == "ipv4" || word == "ipv6" || word == "asn";
}
bool is_version(const std::vector<std::string_view>& cells) {
  return cells.size() >= 6 && !cells[0].empty() && cells[0][0] >= '0' && cells[0][0] <= '9' &&
         is_registry(cells[1]);
}
bool is_summary(const std::vector<std::string_view>& cells) {
  return cells.size() >= 6 && cells[5] == "summary" && is_resource(cells[2]);
}

// "192.0.2.0/24", or "192.0.2.0 - 192.0.2.130" for a count that is no prefix. Empty when the range
// ends beyond the last address.
std::string ipv4_range(const IpAddress& first, std::uint64_t count) {
  const std::uint64_t end = std::uint64_t{first.v4()} + count;
  if (count == 0 || end > std::uint64_t{1} << 32) return "";
  if ((count & (count - 1)) == 0 && first.v4() % count == 0) {
    int length = 32;
    for (std::uint64_t n = count; n > 1; n >>= 1) --length;
    return fmt::format("{}/{}", first.to_string(), length);
  }
  return fmt::format("{} - {}", first.to_string(),
                     IpAddress::from_v4(static_cast<std::uint32_t>(end - 1)).to_string());
}

class DelegatedRead {
 public:
  DelegatedRead(LogClock clock, RecordSink& sink)
      : sink_(sink), keys_(sink), clock_(std::move(clock)) {}

  void take(const TextLine& line) {
    if (line.text.front() == '#') return sink_.blank_unit();
    const auto cells = cells_of(line.text);
    if (is_version(cells)) return take_version(line, cells);
    if (is_summary(cells)) return take_summary(line, cells);
    take_record(line, cells);
  }

  void finish() {
    check();
    if (unknown_ > 0) {
      sink_.note("registration.time_unknown", "no version line says of which day these are",
                 unknown_);
    }
  }

 private:
  // version|registry|serial|records|startdate|enddate|UTCoffset
  void take_version(const TextLine& line, const std::vector<std::string_view>& cells) {
    check();
    serial_ = cells[2];
    const std::string date = iso_date(cells[5]);
    day_ = date.empty() ? ClaimTime{} : clock_.read(date);
    date_ = date;
    told_records_ = parse_number<std::uint64_t>(cells[3]);
    if (date.empty()) sink_.note("rir.date_unreadable", line.text);
    sink_.used_unit();
  }

  // registry|*|type|*|count|summary
  void take_summary(const TextLine& line, const std::vector<std::string_view>& cells) {
    const auto count = parse_number<std::uint64_t>(cells[4]);
    if (!count) {
      return reject_line(sink_, line, "rir.summary.unreadable", "a summary without a count");
    }
    told_[std::string(cells[2])] = *count;
    sink_.used_unit();
  }

  // The counts that the head of the file states, against those that were seen; rejected lines count
  // as seen, since the publisher counted them.
  void check() {
    for (const auto& [type, told] : told_) {
      if (told != seen_[type]) differs(type, told, seen_[type]);
    }
    std::uint64_t all = 0;
    for (const auto& [type, seen] : seen_) all += seen;
    // Some registries count the summary lines with the records.
    if (told_records_ && *told_records_ != all && *told_records_ != all + told_.size()) {
      differs("all", *told_records_, all);
    }
    told_.clear();
    seen_.clear();
    told_records_.reset();
  }
  void differs(std::string_view type, std::uint64_t told, std::uint64_t seen) {
    sink_.note(
        "rir.count_differs",
        fmt::format("{}: the file's head counts {} records, and {} stand in it", type, told, seen));
  }

  // registry|cc|type|start|value|date|status[|opaque-id[|...]]
  void take_record(const TextLine& line, const std::vector<std::string_view>& cells) {
    static const FieldId kRir = field_id("rir"), kCountry = field_id("country_code"),
                         kPrefix = field_id("prefix"), kAsn = field_id("asn"),
                         kCreated = field_id("created"), kStatus = field_id("status_word"),
                         kHandle = field_id("object_handle"), kClass = field_id("object_class"),
                         kSerial = field_id("serial"), kFetched = field_id("fetched");
    if (cells.size() < 7 || !is_resource(cells[2])) {
      return reject_line(sink_, line, "rir.line.unreadable",
                         "no version line, no summary, and no record of seven parts");
    }
    ++seen_[std::string(cells[2])];
    RecordRow row;
    row.kind = RecordKind::registration;
    std::string range;
    const auto value = parse_number<std::uint64_t>(cells[4]);
    if (!value || *value == 0) {
      return reject_line(sink_, line, "rir.value.unreadable", "no count or prefix length");
    }
    if (cells[2] == "asn") {
      const auto first = parse_number<std::uint32_t>(cells[3]);
      if (!first || *value > std::uint64_t{UINT32_MAX} - *first + 1) {
        return reject_line(sink_, line, "rir.asn.unreadable", "no AS number");
      }
      range = *value == 1 ? fmt::format("AS{}", *first)
                          : fmt::format("AS{} - AS{}", *first, *first + (*value - 1));
    } else {
      const auto address = IpAddress::parse(cells[3]);
      if (!address || address->is_v4() != (cells[2] == "ipv4")) {
        return reject_line(sink_, line, "rir.address.unreadable", "no address of that family");
      }
      range = address->is_v4() ? ipv4_range(*address, *value)
              : *value <= 128  ? fmt::format("{}/{}", address->to_string(), *value)
                               : "";
      if (range.empty()) {
        return reject_line(sink_, line, "rir.value.unreadable",
                           "no count or prefix length of that family");
      }
      row.server = sink_.host(*address);
    }
    day_.set(row);
    unknown_ += day_.is_known ? 0 : 1;
    row.offset = line.offset;
    row.length = static_cast<std::uint32_t>(line.text.size());
    sink_.add_record(row);
    sink_.add_field(kClass, cells[2]);
    sink_.add_field(cells[2] == "asn" ? kAsn : kPrefix, range);
    sink_.add_field(kRir, cells[0]);
    sink_.add_field(kCountry, cells[1]);
    sink_.add_field(kStatus, cells[6]);
    if (const std::string date = iso_date(cells[5]); !date.empty() && cells[5] != "00000000") {
      sink_.add_field(kCreated, date);
    }
    if (cells.size() > 7) sink_.add_field(kHandle, cells[7]);
    sink_.add_field(kSerial, serial_);
    sink_.add_field(kFetched, date_);
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    sink_.used_unit();
  }

  RecordSink& sink_;
  TextKeys keys_;
  ClaimClock clock_;
  ClaimTime day_;
  std::string serial_, date_;
  std::map<std::string, std::uint64_t> told_, seen_;  // by type of resource, of which there are 3
  std::optional<std::uint64_t> told_records_;
  std::uint64_t unknown_ = 0;
};

class RirDelegated final : public Reader {
 public:
  std::string_view name() const override { return "rir_delegated"; }
  std::string_view summary() const override {
    return "delegated and delegated-extended statistics of the regional registries";
  }
  std::string_view record_kind() const override { return "registration"; }
  std::string_view unit() const override { return "line"; }

  SniffScore sniff(std::string_view head) const override {
    std::uint64_t lines = 0, known = 0;
    bool has_version = false;
    for_each_head_line(head, [&](std::string_view line) {
      if (line.front() == '#') return;
      ++lines;
      const auto cells = cells_of(line);
      has_version |= is_version(cells);
      known += is_version(cells) || is_summary(cells) ||
               (cells.size() >= 7 && is_registry(cells[0]) && is_resource(cells[2]));
    });
    if (known == 0 || known * 10 < lines * 8) return {};
    return {has_version ? 95 : 82,
            fmt::format("{} of the first {} lines are a registry's delegations", known, lines)};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    DelegatedRead read(std::move(*clock), sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& rir_delegated_reader() {
  static const RirDelegated reader;
  return reader;
}

}  // namespace assay
