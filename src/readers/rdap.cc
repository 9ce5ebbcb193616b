// Answers of RDAP servers (RFC 9083): one document, or one a line. What is kept and the codes:
// docs/formats/rdap.md.
#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

#include "assay/reader.h"
#include "readers/line_reader.h"
#include "readers/peeked_source.h"
#include "readers/rdap_object.h"
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::size_t kMaxDocument = std::size_t{16} << 20;
constexpr std::size_t kMaxDepth = 64;

bool is_one_line_object(std::string_view head) {
  const std::size_t end = head.find('\n');
  if (end == std::string_view::npos || head.find_first_not_of(" \t\r\n", end) > head.size()) {
    return false;
  }
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  return !parser.parse(head.data(), end, true).get(object);
}

class RdapRead {
 public:
  RdapRead(LogClock clock, RecordSink& sink)
      : clock_(std::move(clock)), sink_(sink), object_(clock_, sink), parser_(kMaxDocument) {}

  // `text` has SIMDJSON_PADDING bytes behind it that may be read.
  void take(std::string_view text, std::uint64_t offset) {
    sink_.unit();
    take_counted({text, offset, text.size(), true});
  }

  void take_counted(const TextLine& unit) {
    simdjson::dom::object document;
    auto error = parser_.allocate(std::max<std::size_t>(unit.text.size(), 64), kMaxDepth);
    if (!error) {
      error = parser_.parse(unit.text.data(), unit.text.size(), false).get(document);
    }
    if (error) {
      return reject_line(sink_, unit, "rdap.json.unreadable", simdjson::error_message(error));
    }
    std::uint64_t made = 0;
    for (const std::string_view list :
         {"domainSearchResults", "nameserverSearchResults", "entitySearchResults",
          "ipSearchResults", "autnumSearchResults"}) {
      simdjson::dom::array results;
      if (document.at_key(list).get(results)) continue;
      for (const simdjson::dom::element result : results) {
        simdjson::dom::object each;
        if (!result.get(each)) made += send(each, unit);
      }
      if (made == 0) return sink_.blank_unit();  // a search that found nothing
    }
    if (made == 0) made += send(document, unit);
    if (made == 0) {
      return reject_line(sink_, unit, "rdap.object.missing",
                         "neither an object of RDAP nor results of a search");
    }
    if (!unit.is_terminated) sink_.note("line.unterminated", unit.text);
    sink_.used_unit();
  }

 private:
  std::uint64_t send(simdjson::dom::object object, const TextLine& unit) {
    HeldRecord record;
    if (!object_.make(object, record)) return 0;
    record.row.offset = unit.offset;
    record.row.length = static_cast<std::uint32_t>(unit.length);
    HeldRecords::send(sink_, record);
    return 1;
  }

  ClaimClock clock_;
  RecordSink& sink_;
  RdapObject object_;
  simdjson::dom::parser parser_;
};

// The whole input as one document.
Status read_document(ByteSource& source, RdapRead& read, RecordSink& sink) {
  std::string text, block(std::size_t{1} << 16, '\0');
  std::uint64_t length = 0;
  for (;;) {
    const auto count = source.read(block.data(), block.size());
    if (!count.ok()) {
      if (count.error().code != ErrorCode::malformed) return count.error();
      sink.unit();
      sink.reject("input.damaged", 0, length, text,
                  "the input is cut or corrupt: " + count.error().message);
      return {};
    }
    if (*count == 0) break;
    length += *count;
    if (text.size() <= kMaxDocument) text.append(block, 0, *count);
  }
  if (length > kMaxDocument) {
    sink.unit();
    sink.reject("rdap.document.too_large", 0, length, text,
                fmt::format("a document of {} bytes; at most {} are read", length, kMaxDocument));
    return {};
  }
  const std::size_t first = std::min(text.find_first_not_of("\xef\xbb\xbf \t\r\n"), text.size());
  if (first == text.size()) return {};
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  read.take(std::string_view(text).substr(first), first);
  return {};
}

class Rdap final : public Reader {
 public:
  std::string_view name() const override { return "rdap"; }
  std::string_view summary() const override {
    return "answers of RDAP servers: domains, name servers, entities, networks, AS numbers";
  }
  std::string_view record_kind() const override { return "registration"; }
  std::string_view unit() const override { return "document"; }

  SniffScore sniff(std::string_view head) const override {
    const std::size_t first = head.find_first_not_of("\xef\xbb\xbf \t\r\n");
    if (first == std::string_view::npos || head[first] != '{') return {};
    const bool conforms = head.find("\"rdapConformance\"") < head.size();
    const bool has_class = head.find("\"objectClassName\"") < head.size();
    if (conforms) return {96, "JSON with rdapConformance"};
    if (has_class && head.find("\"ldhName\"") < head.size()) return {84, "JSON with ldhName"};
    if (has_class && head.find("\"vcardArray\"") < head.size()) return {83, "JSON with vcardArray"};
    return {};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    RdapRead read(std::move(*clock), sink);
    PeekedSource peeked(source);
    if (is_one_line_object(peeked.peek(kSniffBytes))) {
      LineReader lines(peeked, sink);
      for (TextLine line; lines.next(line);) read.take_counted(line);
      ASSAY_TRY(lines.status());
    } else {
      ASSAY_TRY(read_document(peeked, read, sink));
    }
    return flushed(sink);
  }
};

}  // namespace

const Reader& rdap_reader() {
  static const Rdap reader;
  return reader;
}

}  // namespace assay
