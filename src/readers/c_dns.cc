// C-DNS (RFC 8618). The format and its codes: docs/formats/c_dns.md.
#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "readers/byte_window.h"
#include "readers/cdns_rows.h"
#include "readers/readers.h"

namespace assay {
namespace {

// Of a preamble or a block, in bytes. The recorders' usual 5,000 items take about 1 MiB.
constexpr std::size_t kMaxPart = std::size_t{1} << 25;
constexpr std::size_t kFirstPart = std::size_t{1} << 16;
constexpr std::string_view kFileType = "C-DNS";

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Preamble {
  std::int64_t major = -1, minor = 0;
  std::vector<CdnsParameters> parameters;
};

bool parse_preamble(Cbor& cbor, Preamble& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    if (key == 0) return cbor.number(into.major);
    if (key == 1) return cbor.number(into.minor);
    if (key != 3 || into.major != 1) return false;
    return for_each_member(cbor, [&] {
      if (into.parameters.size() >= kMaxCdnsParameters) return cbor.refuse();
      return parse_cdns_parameters(cbor, into.parameters.emplace_back()) || cbor.refuse();
    });
  });
}

// The beginning: array of three, the file type, and where the preamble begins; 0 when it is none.
std::size_t parse_start(Bytes head, bool& is_open) {
  Cbor cbor(head);
  Cbor::Items items;
  Bytes type;
  if (!cbor.enter(Cbor::array, items) || !cbor.string(Cbor::text, type)) return 0;
  is_open = items.is_open;
  return text_of(type) == kFileType && (is_open || items.left == 3) ? cbor.at() : 0;
}

// What a hint's missing bit leaves untold. By map key of the hints and bit.
struct Hint {
  std::size_t map;
  unsigned bit;
  std::string_view what;
};
constexpr Hint kHints[] = {{0, 0, "times"},
                           {0, 1, "client addresses"},
                           {0, 2, "client ports"},
                           {0, 3, "message ids"},
                           {0, 6, "delays"},
                           {0, 7, "names"},
                           {0, 11, "later questions"},
                           {0, 15, "answers"},
                           {0, 16, "authority records"},
                           {0, 17, "additional records"},
                           {1, 0, "server addresses"},
                           {1, 4, "what a pair holds"},
                           {1, 6, "flags"},
                           {1, 8, "types"},
                           {1, 16, "rcodes"},
                           {2, 0, "TTLs"},
                           {2, 1, "data of records"},
                           {3, 0, "malformed messages"}};

class CdnsRead {
 public:
  CdnsRead(ByteSource& source, RecordSink& sink, std::int64_t skew_us)
      : window_(source), sink_(sink), rows_(sink, skew_us) {}

  Status read() {
    if (read_start()) read_blocks();
    const std::uint64_t end = window_.offset();
    const std::uint64_t size = window_.drain();
    if (window_.failure()) return *window_.failure();
    if (code_.empty() && size > end) {
      code_ = "cdns.trailing_bytes";
      why_ = "bytes stand behind the end of the file's array";
    }
    if (!window_.damage().empty()) {
      code_ = "input.damaged";
      why_ = "the input is cut or corrupt from here on: " + window_.damage();
    }
    if (!code_.empty()) {
      sink_.unit();
      sink_.reject(code_, end, size - end, text_, why_);
    }
    return flushed(sink_);
  }

 private:
  // Ends the reading: what is left is refused.
  bool stop(std::string_view code, std::string why) {
    const Bytes rest = window_.need(1);
    text_ = text_of(rest.first(std::min(rest.size(), kMaxRejectText)));
    code_ = code;
    why_ = std::move(why);
    return false;
  }

  // The whole item at the position, in memory; empty when it is damaged, cut or too large.
  Bytes whole_item() {
    for (std::size_t size = kFirstPart;; size *= 2) {
      const Bytes bytes = window_.need(size);
      Cbor cbor(bytes);
      if (cbor.skip()) return bytes.first(cbor.at());
      if (cbor.state() == Cbor::State::damaged) {
        stop("cdns.cbor.unreadable", "it is no CBOR, or nested deeper than 24 levels");
        return {};
      }
      if (bytes.size() < size) {
        stop("cdns.truncated", "the input ends inside a part of the file");
        return {};
      }
      if (size >= kMaxPart) {
        stop("cdns.part.too_large", "a block of more than 32 MiB");
        return {};
      }
    }
  }

  bool read_start() {
    bool is_open = false;
    const std::size_t start = parse_start(window_.need(kFirstPart), is_open);
    if (start == 0) return stop("cdns.header.unreadable", "it does not begin as a C-DNS file");
    window_.skip(start);
    const Bytes item = whole_item();
    if (item.empty()) return false;
    Preamble preamble;
    Cbor cbor(item);
    const bool is_whole = parse_preamble(cbor, preamble);
    if (preamble.major != -1 && preamble.major != 1) {
      return stop("cdns.version.unsupported",
                  fmt::format("version {}.{}; 1.0 is read", preamble.major, preamble.minor));
    }
    if (!is_whole || preamble.parameters.empty()) {
      return stop("cdns.preamble.unreadable", "the file's preamble contradicts RFC 8618");
    }
    window_.skip(item.size());
    sink_.unit();
    sink_.blank_unit();
    parameters_ = std::move(preamble.parameters);
    for (const CdnsParameters& parameters : parameters_) note_parameters(parameters);
    return true;
  }

  void note_parameters(const CdnsParameters& parameters) {
    std::string missing;
    for (const Hint& hint : kHints) {
      if (!parameters.has_hints || (parameters.hints[hint.map] >> hint.bit & 1) != 0) continue;
      missing += (missing.empty() ? "" : ", ") + std::string(hint.what);
    }
    if (!missing.empty()) sink_.note("cdns.not_recorded", "the recorder kept no " + missing);
    if (parameters.flags & kCdnsAnonymised) {
      sink_.note("cdns.anonymised", "data were made anonymous: " + parameters.anonymisation);
    }
    if (parameters.flags & kCdnsSampled) {
      sink_.note("cdns.sampled", "not all messages were kept: " + parameters.sampling);
    }
    if (parameters.flags & kCdnsNormalised) {
      sink_.note("cdns.names_normalised", "capitals of names were not kept");
    }
    const auto& prefixes = parameters.prefixes;
    if (prefixes != decltype(parameters.prefixes){32, 128, 32, 128}) {
      sink_.note("cdns.address_prefixes",
                 fmt::format("client addresses are cut to /{} and /{}, servers' to /{} and /{}",
                             prefixes[0], prefixes[1], prefixes[2], prefixes[3]));
    }
    std::string opcodes;
    for (const std::int64_t opcode : parameters.opcodes) opcodes += fmt::format(" {}", opcode);
    sink_.note("cdns.opcodes", "messages of these opcodes were kept:" + opcodes);
    sink_.note("cdns.rr_types", fmt::format("records of {} types were kept, of others none",
                                            parameters.types.size()));
    if (!parameters.generator.empty() || !parameters.host.empty()) {
      sink_.note("cdns.recorder",
                 fmt::format("written by '{}' on '{}'", parameters.generator, parameters.host));
    }
  }

  void read_blocks() {
    const Bytes head = window_.need(16);
    Cbor cbor(head);
    Cbor::Items items;
    if (!cbor.enter(Cbor::array, items)) {
      stop(head.empty() ? "cdns.truncated" : "cdns.cbor.unreadable", "no array of blocks follows");
      return;
    }
    window_.skip(cbor.at());
    while (!sink_.failure()) {
      if (!items.is_open && items.left-- == 0) return;
      const Bytes next = window_.need(1);
      if (next.empty()) {
        stop("cdns.truncated", "the input ends before the last block");
        return;
      }
      if (items.is_open && next[0] == 0xff) return window_.skip(1);
      const Bytes item = whole_item();
      if (item.empty()) return;
      take_block(item);
      window_.skip(item.size());
    }
  }

  CdnsPlace place_of(std::size_t begin, std::size_t end) const {
    return {window_.offset() + begin, static_cast<std::uint32_t>(end - begin)};
  }

  void take_block(Bytes bytes) {
    CdnsBlock block;
    Cbor cbor(bytes);
    if (!parse_cdns_block(cbor, block) || block.parameters >= parameters_.size()) {
      sink_.unit();
      return sink_.reject("cdns.block.unreadable", window_.offset(), bytes.size(), text_of(bytes),
                          "the block contradicts RFC 8618");
    }
    const CdnsParameters& parameters = parameters_[block.parameters];
    rows_.begin_block(bytes.size());
    for_each_entry(bytes, block.items_at, [&](Cbor& entry, std::size_t begin) {
      CdnsItem item;
      const bool is_whole = parse_cdns_item(entry, item);
      if (is_whole) rows_.take_item(block, parameters, item, place_of(begin, entry.at()));
      return is_whole;
    });
    for_each_entry(bytes, block.events_at, [&](Cbor& entry, std::size_t begin) {
      CdnsEvent event;
      const bool is_whole = parse_cdns_event(entry, event);
      if (is_whole) rows_.take_event(block, parameters, event, place_of(begin, entry.at()));
      return is_whole;
    });
    for_each_entry(bytes, block.malformed_at, [&](Cbor& entry, std::size_t begin) {
      std::int64_t data = -1;
      const bool is_whole =
          for_each_pair(entry, [&](std::int64_t key) { return key == 3 && entry.number(data); });
      const auto index = data < 0 || data >= UINT32_MAX ? UINT32_MAX : data;
      if (is_whole) {
        rows_.take_malformed(block, static_cast<std::uint32_t>(index), place_of(begin, entry.at()));
      }
      return is_whole;
    });
  }

  // Cuts an array of a block into units. One that cannot be read is refused, and with it the rest.
  template <class Take>
  void for_each_entry(Bytes bytes, std::size_t array_at, Take take) {
    if (array_at == 0) return;
    Cbor cbor(bytes.subspan(array_at));
    Cbor::Items items;
    if (!cbor.enter(Cbor::array, items)) return refuse_rest(bytes, array_at);
    while (cbor.more(items)) {
      const std::size_t begin = array_at + cbor.at();
      Cbor whole = cbor;
      Cbor entry(bytes, begin);
      if (!whole.skip()) return refuse_rest(bytes, begin);
      sink_.unit();
      if (!take(entry, begin)) {
        sink_.reject("cdns.item.unreadable", window_.offset() + begin, whole.at() - cbor.at(),
                     text_of(bytes.subspan(begin, whole.at() - cbor.at())),
                     "the item contradicts RFC 8618");
      }
      cbor = whole;
    }
  }

  void refuse_rest(Bytes bytes, std::size_t begin) {
    sink_.unit();
    sink_.reject("cdns.item.unreadable", window_.offset() + begin, bytes.size() - begin,
                 text_of(bytes.subspan(begin)), "no list of items follows");
  }

  ByteWindow window_;
  RecordSink& sink_;
  CdnsRows rows_;
  std::vector<CdnsParameters> parameters_;
  std::string_view code_;
  std::string why_, text_;
};

class CDns final : public Reader {
 public:
  std::string_view name() const override { return "c_dns"; }
  std::string_view summary() const override {
    return "C-DNS (RFC 8618): captures of DNS traffic in blocks, as dnscap and compactor write";
  }
  std::string_view record_kind() const override { return "dns"; }
  std::string_view unit() const override { return "item"; }

  SniffScore sniff(std::string_view head) const override {
    bool is_open = false;
    const Bytes bytes{reinterpret_cast<const std::uint8_t*>(head.data()), head.size()};
    if (parse_start(bytes, is_open) == 0) return {};
    return {100, "a CBOR array that begins with the text 'C-DNS'"};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    return CdnsRead(source, sink, context.clock.skew_us).read();
  }
};

}  // namespace

const Reader& c_dns_reader() {
  static const CDns reader;
  return reader;
}

}  // namespace assay
