// Zones: master files (RFC 1035 section 5) and what transfers and tools print of them. The layouts,
// what is kept and the codes: docs/formats/zone_file.md.
#include <fmt/core.h>

#include "assay/reader.h"
#include "core/reverse_name.h"
#include "readers/held_records.h"
#include "readers/line_reader.h"
#include "readers/readers.h"
#include "readers/text_numbers.h"
#include "readers/zone_entry.h"

namespace assay {

namespace {

constexpr std::size_t kMaxEntryLines = 4'096;
constexpr std::size_t kMaxEntryBytes = 262'144;
constexpr std::uint64_t kMaxGenerated = 65'536;                        // of one file
constexpr std::uint64_t kMaxGeneratedBytes = std::uint64_t{32} << 20;  // of their templates
constexpr std::uint16_t kSoa = 6, kPtr = 12, kA = 1, kAaaa = 28;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The text behind a word at the start of a comment (";; WHEN: "), nothing without it.
std::optional<std::string_view> behind(std::string_view line, std::string_view word) {
  line.remove_prefix(std::min(line.find_first_not_of("; \t"), line.size()));
  if (!line.starts_with(word)) return std::nullopt;
  return trimmed(line.substr(word.size()));
}

// What named-checkzone says on the same screen.
bool is_tool_line(std::string_view line) {
  return line == "OK" || (line.starts_with("zone ") && line.find("/IN: ") < line.size());
}

// named reads "$origin" as it reads "$ORIGIN".
std::string directive_of(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
  return out;
}

// "[TTL] [CLASS] TYPE" in any order of the first two, from words[at].
struct TypeWords {
  std::optional<std::uint32_t> ttl;
  std::uint16_t rclass = 1;
  std::uint16_t type = 0;
  std::size_t rdata_at = 0;  // 0: no type was found
};
TypeWords read_type(const std::vector<ZoneWord>& words, std::size_t at) {
  TypeWords out;
  bool has_class = false;
  for (; at < words.size() && !words[at].is_quoted; ++at) {
    const std::string& text = words[at].text;
    if (const auto ttl = parse_zone_ttl(text); ttl && !out.ttl) {
      out.ttl = ttl;
      continue;
    }
    const auto rclass = has_class ? std::nullopt : parse_qclass(text);
    if (rclass && text != "ANY" && (text[0] < '0' || text[0] > '9')) {
      out.rclass = *rclass;
      has_class = true;
      continue;
    }
    const auto type = parse_qtype(text);
    if (!type || (text[0] >= '0' && text[0] <= '9')) return out;
    out.type = *type;
    out.rdata_at = at + 1;
    return out;
  }
  return out;
}

class ZoneRead {
 public:
  ZoneRead(LogClock clock, RecordSink& sink) : sink_(sink), clock_(std::move(clock)), held_(sink) {}

  // A comment may tell of the transfer; all else belongs to an entry.
  void take(const TextLine& line) {
    const std::string_view text = trimmed(line.text);
    if (!is_open_ && (text.front() == ';' || is_tool_line(text))) {
      if (text.front() == ';') take_comment(text);
      return sink_.blank_unit();
    }
    if (!is_open_) {
      words_.begin();
      start_ = line.offset;
      head_.assign(line.text.substr(0, kMaxRejectText));
      lines_ = 0;
    }
    ++lines_;
    end_ = line.offset + line.length;
    is_terminated_ = line.is_terminated;
    const auto state = words_.add_line(line.text);
    is_open_ = false;
    if (state == ZoneWords::State::unclosed_quote) {
      return refuse_with_owner("zone.quote.unclosed", "a quoted text does not end in its line");
    }
    if (state == ZoneWords::State::unopened_parenthesis) {
      return refuse_with_owner("zone.parenthesis.unopened", "a ')' closes nothing");
    }
    if (state == ZoneWords::State::open) {
      is_open_ = lines_ < kMaxEntryLines && end_ - start_ < kMaxEntryBytes;
      if (!is_open_) {
        refuse_with_owner("zone.entry.too_long", "a '(' does not close within the limit");
      }
      return;
    }
    take_entry();
  }

  void finish() {
    if (is_open_) {
      is_terminated_ = true;
      refuse("zone.parenthesis.unclosed", "the input ends within an entry, behind a '('");
    }
    release();
    if (unknown_ > 0) {
      sink_.note("registration.time_unknown", "a zone file does not say when it was in force",
                 unknown_);
    }
  }

 private:
  void refuse(std::string_view code, std::string_view why) {
    if (lines_ > 1) sink_.join_units(lines_ - 1);
    reject_line(sink_, {head_, start_, end_ - start_, is_terminated_}, code, why);
  }
  // Of an entry that may have named an owner, which those behind it then lack.
  void refuse_with_owner(std::string_view code, std::string_view why) {
    if (!words_.starts_blank()) has_owner_ = false;
    refuse(code, why);
  }
  void used() {
    if (lines_ > 1) sink_.join_units(lines_ - 1);
    sink_.used_unit();
    if (!is_terminated_) sink_.note("line.unterminated", head_);
  }

  // dig, kdig and drill speak in comments. The time comes last, so records wait for it.
  void take_comment(std::string_view line) {
    if (behind(line, "<<>> ") || line.find("->>HEADER<<-") < line.size()) {
      if (!held_.empty() && behind(line, "<<>> ")) release();
      is_transfer_ = true;
    } else if (const auto when = behind(line, "WHEN:")) {
      take_time(*when);
    } else if (const auto time = behind(line, "Time 20"); time && is_transfer_) {
      take_time(fmt::format("20{}", *time));
    } else if (const auto server = behind(line, "SERVER:")) {
      server_ = *server;
    } else if (const auto size = behind(line, "XFR size:")) {
      check_size(*size);
    } else if (behind(line, "Transfer failed")) {
      sink_.note("zone.transfer_failed", line);
    }
  }

  void take_time(std::string_view text) {
    const ClaimTime time = clock_.read(text);
    if (!time.is_known) return sink_.note("zone.time_unreadable", text);
    if (time.zone_is_doubtful) sink_.note("registration.zone_by_clock", text);
    time_ = time;
    fetched_ = text;
  }

  void check_size(std::string_view text) {
    const auto told = parse_number<std::uint64_t>(text.substr(0, text.find(' ')));
    if (told && *told != since_header_) {
      sink_.note(
          "zone.transfer_size_differs",
          fmt::format("the transfer counts {} records, and {} stand here", *told, since_header_));
    }
  }

  // A new answer begins, or the input ends.
  void release() {
    static const FieldId kFetched = field_id("fetched"), kResolver = field_id("resolver");
    held_.release(time_, {{kFetched, fetched_}, {kResolver, server_}});
    time_ = ClaimTime{};
    fetched_.clear();
    server_.clear();
    since_header_ = 0;
  }

  void take_entry() {
    const auto& words = words_.words();
    if (words.empty()) return used_as_blank();
    if (!words_.starts_blank() && !words[0].is_quoted && words[0].text.starts_with('$')) {
      return take_directive(words);
    }
    std::size_t at = 0;
    if (!words_.starts_blank()) {
      if (!read_zone_name(words[0].text, origin_, owner_)) {
        return refuse_with_owner(owner_.code, owner_.why);
      }
      owner_text_ = words[0].text;
      has_owner_ = true;
      at = 1;
    }
    if (!has_owner_) {
      return refuse("zone.owner.missing", "no entry that could be read names an owner before it");
    }
    const TypeWords type = read_type(words, at);
    if (type.rdata_at == 0) return refuse("zone.type.unreadable", "no DNS type where one must be");
    if (type.rdata_at >= words.size())
      return refuse("zone.rdata.missing", "nothing after the type");
    if (!add(words, type)) return refuse(name_.code, name_.why);
    used();
  }
  void used_as_blank() {
    sink_.join_units(lines_ - 1);
    sink_.blank_unit();
  }

  // One record; false when a name in its rdata is none, which name_ then tells.
  bool add(const std::vector<ZoneWord>& words, const TypeWords& type) {
    static const FieldId kTtl = field_id("ttl"), kRdata = field_id("rdata"),
                         kOrigin = field_id("origin"), kZone = field_id("zone"),
                         kSerial = field_id("zone_serial"), kClass = field_id("class_word"),
                         kRawName = field_id("raw_name"), kPtrName = field_id("ptr_name");
    if (!canonical_rdata(type.type, words.data() + type.rdata_at, words.size() - type.rdata_at,
                         origin_, rdata_, name_)) {
      return false;
    }
    if (type.type == kSoa) take_soa();
    HeldRecord record;
    record.row.kind = RecordKind::registration;
    record.row.type = type.type;
    record.row.offset = start_;
    record.row.length = static_cast<std::uint32_t>(end_ - start_);
    if (owner_.had_capitals) record.row.flags |= kNameHadCapitals;
    if (owner_.is_complete) {
      record.row.name = sink_.name(owner_.canonical);
    } else {
      record.add(kRawName, owner_text_);
      sink_.note("zone.origin_unknown", owner_text_);
    }
    std::optional<IpAddress> address;
    if (type.type == kA || type.type == kAaaa) address = IpAddress::parse(rdata_);
    if (type.type == kPtr) {
      address = reverse_address(owner_.canonical);
      record.add(kPtrName, rdata_.ends_with('.') ? name_.canonical : rdata_);
    }
    if (address) record.row.server = sink_.host(*address);
    if (type.ttl) last_ttl_ = *type.ttl;
    const auto ttl = type.ttl ? type.ttl : default_ttl_ ? default_ttl_ : last_ttl_;
    if (ttl) record.add(kTtl, std::to_string(*ttl));
    record.add(kRdata, rdata_);
    if (type.rclass != 1) record.add(kClass, qclass_text(type.rclass));
    if (origin_.is_known) record.add(kOrigin, display_name(origin_.canonical));
    record.add(kZone, zone_);
    record.add(kSerial, serial_);
    ++since_header_;
    if (is_transfer_) {
      held_.add(std::move(record));
    } else {
      time_.set(record.row);
      HeldRecords::send(sink_, record);
      unknown_ += time_.is_known ? 0 : 1;
    }
    return true;
  }

  // "mname rname serial ...": the zone begins here.
  void take_soa() {
    if (owner_.is_complete) zone_ = std::string(display_name(owner_.canonical));
    const std::size_t rname = rdata_.find(' ');
    const std::size_t serial = rname == std::string::npos ? rname : rdata_.find(' ', rname + 1);
    serial_ = serial == std::string::npos
                  ? ""
                  : rdata_.substr(serial + 1, rdata_.find(' ', serial + 1) - serial - 1);
  }

  void take_directive(const std::vector<ZoneWord>& words) {
    const std::string word = directive_of(words[0].text);
    if (word == "$INCLUDE") {
      return refuse("zone.include.refused",
                    "another file's records belong here; add that file by itself");
    }
    if (word == "$GENERATE") return generate(words);
    if (words.size() < 2) return refuse("zone.directive.unreadable", "a directive without a value");
    if (word == "$ORIGIN") {
      ZoneName name;
      const bool is_name = read_zone_name(words[1].text, origin_, name);
      origin_ = ZoneOrigin();  // the one before holds no longer, whatever this one is
      if (!is_name) return refuse(name.code, name.why);
      if (!name.is_complete) {
        return refuse("zone.origin.relative", "a relative origin, and none before it");
      }
      origin_ = {true, name.canonical};
    } else if (word == "$TTL") {
      const auto ttl = parse_zone_ttl(words[1].text);
      if (!ttl) return refuse("zone.ttl.unreadable", "$TTL without seconds");
      default_ttl_ = ttl;
    } else if (word == "$DATE") {  // named's dump of its cache
      const std::string& text = words[1].text;
      const ClaimTime time = clock_.read(text.size() == 14 ? text + " UTC" : text);
      if (!time.is_known) return refuse("zone.date.unreadable", "$DATE without a time");
      time_ = time;
    } else {
      return refuse("zone.directive.unknown", "no directive of a master file");
    }
    used();
  }

  // $GENERATE start-stop[/step] owner [ttl] [class] type rdata
  void generate(const std::vector<ZoneWord>& words) {
    constexpr std::string_view kUnreadable = "zone.generate.unreadable";
    if (words.size() < 5) return refuse(kUnreadable, "$GENERATE lacks a part");
    const std::string_view range = words[1].text;
    const std::size_t dash = range.find('-'), slash = range.find('/');
    const auto start = parse_number<std::uint32_t>(range.substr(0, dash));
    const auto stop = dash == std::string_view::npos
                          ? std::nullopt
                          : parse_number<std::uint32_t>(
                                range.substr(dash + 1, std::min(slash, range.size()) - dash - 1));
    const auto step = slash == std::string_view::npos
                          ? std::optional<std::uint32_t>(1)
                          : parse_number<std::uint32_t>(range.substr(slash + 1));
    if (!start || !stop || !step || *step == 0 || *stop < *start) {
      return refuse(kUnreadable, "$GENERATE without a range");
    }
    const std::uint64_t count = (std::uint64_t{*stop} - *start) / *step + 1;
    const std::uint64_t bytes = count * (end_ - start_);
    if (generated_ + count > kMaxGenerated || generated_bytes_ + bytes > kMaxGeneratedBytes) {
      return refuse("zone.generate.too_many",
                    "more generated records than are made of one file; the line stands for them");
    }
    const TypeWords type = read_type(words, 3);
    if (type.rdata_at == 0 || type.rdata_at >= words.size()) {
      return refuse(kUnreadable, "$GENERATE without a type and its rdata");
    }
    // Those behind belong to the owner of the entry before, as named has it.
    const ZoneName owner = owner_;
    const std::string owner_text = owner_text_;
    bool is_whole = true;
    // Made twice, so that a template that fails at its last number leaves no records behind.
    for (const bool is_trial : {true, false}) {
      for (std::uint64_t n = *start; is_whole && n <= *stop; n += *step) {
        is_whole = generate_one(words, type, static_cast<std::int64_t>(n), is_trial);
      }
    }
    owner_ = owner;
    owner_text_ = owner_text;
    if (!is_whole) return refuse(kUnreadable, "$GENERATE makes what is no record");
    generated_ += count;
    generated_bytes_ += bytes;
    used();
  }

  bool generate_one(const std::vector<ZoneWord>& words, const TypeWords& type, std::int64_t number,
                    bool is_trial) {
    if (!expand_generate(words[2].text, number, owner_text_)) return false;
    if (!read_zone_name(owner_text_, origin_, owner_)) return false;
    made_.assign(words.begin(), words.end());
    for (std::size_t i = type.rdata_at; i < made_.size(); ++i) {
      if (!expand_generate(words[i].text, number, made_[i].text)) return false;
    }
    if (!is_trial) return add(made_, type);
    return canonical_rdata(type.type, made_.data() + type.rdata_at, made_.size() - type.rdata_at,
                           origin_, rdata_, name_);
  }

  RecordSink& sink_;
  ClaimClock clock_;
  HeldRecords held_;
  ZoneWords words_;
  std::vector<ZoneWord> made_;  // by $GENERATE
  bool is_open_ = false, is_terminated_ = true;
  std::uint64_t start_ = 0, end_ = 0, lines_ = 0;
  std::string head_;  // the entry's first line

  ZoneOrigin origin_;
  ZoneName owner_, name_;
  std::string owner_text_, rdata_;
  bool has_owner_ = false;
  std::optional<std::uint32_t> default_ttl_, last_ttl_;
  std::string zone_, serial_;
  std::uint64_t generated_ = 0, generated_bytes_ = 0, unknown_ = 0, since_header_ = 0;

  bool is_transfer_ = false;
  ClaimTime time_;
  std::string fetched_, server_;
};

struct ZoneSigns {
  std::uint64_t lines = 0, records = 0, with_class = 0, directives = 0, soa = 0, dig = 0;
};

void look_at(std::string_view line, ZoneWords& words, bool& is_open, ZoneSigns& signs) {
  const std::string_view text = trimmed(line);
  if (!is_open && text.front() == ';') {
    signs.dig += behind(text, "<<>> ") || text.find("->>HEADER<<-") < text.size();
    return;
  }
  if (!is_open) words.begin();
  const bool was_open = is_open;
  const auto state = words.add_line(line);
  is_open = state == ZoneWords::State::open;
  if (!was_open) ++signs.lines;
  if (is_tool_line(text)) --signs.lines;
  if (was_open && state == ZoneWords::State::whole) return;
  const auto& found = words.words();
  if (found.empty()) return;
  const std::string first = directive_of(found[0].text);
  if (first == "$ORIGIN" || first == "$TTL" || first == "$INCLUDE" || first == "$GENERATE") {
    ++signs.directives;
    signs.records += first == "$GENERATE";
    return;
  }
  const TypeWords type = read_type(found, words.starts_blank() ? 0 : 1);
  if (type.rdata_at == 0 || (type.rdata_at >= found.size() && !is_open)) return;
  ++signs.records;
  signs.soa += type.type == kSoa;
  for (std::size_t i = 0; i + 1 < type.rdata_at; ++i) signs.with_class += found[i].text == "IN";
}

class ZoneFile final : public Reader {
 public:
  std::string_view name() const override { return "zone_file"; }
  std::string_view summary() const override {
    return "zones: master files and what dig, named-checkzone and their like print";
  }
  std::string_view record_kind() const override { return "registration"; }
  std::string_view unit() const override { return "entry"; }

  SniffScore sniff(std::string_view head) const override {
    ZoneSigns signs;
    ZoneWords words;
    bool is_open = false;
    for_each_head_line(head, [&](std::string_view line) { look_at(line, words, is_open, signs); });
    const std::string why =
        fmt::format("{} of the first {} entries are resource records", signs.records, signs.lines);
    if (signs.dig > 0 && signs.records == signs.lines) return {92, "dig's header; " + why};
    if (signs.records * 10 < (signs.lines - signs.directives) * 8) return {};
    if (signs.records == 0) return {};  // "$TTL = 300;" of a program
    if (signs.soa > 0) return {90, "an SOA record; " + why};
    if (signs.directives > 0) return {80, "$ORIGIN or $TTL; " + why};
    if (signs.with_class > 0 && signs.with_class * 10 >= signs.records * 8) return {70, why};
    return {};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    ZoneRead read(std::move(*clock), sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& zone_file_reader() {
  static const ZoneFile reader;
  return reader;
}

}  // namespace assay
