// Replies of whois servers, of one or of a chain of them. Styles, fields and times:
// docs/formats/whois_text.md.
#include <fmt/core.h>

#include <algorithm>

#include "assay/reader.h"
#include "core/ascii.h"
#include "readers/head_score.h"
#include "readers/held_records.h"
#include "readers/line_reader.h"
#include "readers/readers.h"
#include "readers/text_keys.h"
#include "readers/whois_words.h"

namespace assay {

namespace {

constexpr std::size_t kMaxKey = 48;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_comment(std::string_view text) {
  return text.starts_with('%') || text.starts_with('#') || text.starts_with(">>>") ||
         text.starts_with("--") || text.starts_with(';');
}

// A line cut at its colon ("Key: Value", "key....: value", "[Key]  Value").
struct WhoisLine {
  std::string key;  // in lower case; empty when the line has none
  std::string_view value;
  std::size_t indent = 0;
};

WhoisLine split(std::string_view line) {
  WhoisLine out;
  out.indent = std::min(line.find_first_not_of(" \t"), line.size());
  std::string_view text = trimmed(line);
  // "a. [Domain Name]   BANK.EXAMPLE"
  if (text.size() > 4 && text.substr(1, 3) == ". [") text.remove_prefix(3);
  std::size_t end = text.find(':');
  if (text.starts_with('[') && text.find(']') < kMaxKey) {
    end = text.find(']');
    out.value = trimmed(text.substr(end + 1));
    out.key = lower_text(text.substr(1, end - 1));
    return out;
  }
  // "Record created on 11-Jan-2009." has no colon before its value.
  for (const std::string_view phrase :
       {"Record created on ", "Record expires on ", "Record last updated on "}) {
    if (text.starts_with(phrase)) {
      out.key = lower_text(trimmed(phrase));
      out.value = text.substr(phrase.size());
      if (out.value.ends_with('.')) out.value.remove_suffix(1);
      return out;
    }
  }
  if (end == std::string_view::npos || end == 0 || end > kMaxKey) return out;
  // "http://..." and "10:30" are no keys.
  if (text.substr(end).starts_with("://") || text.find_first_of("\"<>@") < end) return out;
  if (text[0] >= '0' && text[0] <= '9') return out;
  std::string_view key = text.substr(0, end);
  while (!key.empty() && (key.back() == '.' || key.back() == ' ' || key.back() == '\t')) {
    key.remove_suffix(1);
  }
  if (std::count(key.begin(), key.end(), ' ') > 4) return out;
  out.key = lower_text(key);
  out.value = trimmed(text.substr(end + 1));
  return out;
}

// Keys that files of settings have as well; of those with none but these a list holds each once.
bool is_common_word(std::string_view key) {
  constexpr std::string_view kWords[] = {
      "address",      "changed",    "comment",     "contact",      "country",     "created",
      "created date", "created on", "descr",       "domain",       "domain name", "email",
      "expire",       "expires",    "expires on",  "last updated", "modified",    "name",
      "name servers", "nameserver", "nameservers", "organisation", "origin",      "organization",
      "owner",        "person",     "phone",       "refer",        "registered",  "registrant",
      "registrar",    "remarks",    "role",        "route",        "source",      "state",
      "status",       "updated",    "validity"};
  return std::find(std::begin(kWords), std::end(kWords), key) != std::end(kWords);
}

class WhoisRead {
 public:
  WhoisRead(LogClock clock, RecordSink& sink)
      : sink_(sink), keys_(sink), clock_(std::move(clock)), held_(sink) {}

  void take(const TextLine& line) {
    // LineReader passes over empty lines, which part the objects, and counts them.
    const bool follows_blank = sink_.balance().blank > blanks_told_;
    take_any(line, follows_blank);
    blanks_told_ = sink_.balance().blank;
  }

  void finish() {
    end_object();
    release();
  }

 private:
  void take_any(const TextLine& line, bool follows_blank) {
    if (!line.is_terminated) sink_.note("line.unterminated", line.text);
    if (const auto server = next_server(line.text)) return begin_reply(*server);
    if (const auto time = reply_time(line.text); time && take_time(*time)) {
      // ">>> Last update ... <<<" ends a reply; other phrases may stand within an object.
      if (line.text.starts_with(">>>")) end_object();
      is_time_behind_ = is_open_ || !held_.empty();
      return sink_.used_unit();
    }
    const std::string_view text = trimmed(line.text);
    if (says_not_found(text)) return take_not_found(line);
    if (is_comment(text)) return take_comment(text);
    if (follows_blank) end_paragraph();
    is_paragraph_start_ = follows_blank || !is_open_;
    take_line(line, split(line.text));
  }

  void add_text(std::string_view field, std::string_view text) {
    if (object_.fields.size() >= kMaxFields) return sink_.note("field.too_many", field);
    object_.add(field_id(field), text);
  }
  void add(std::string_view field, std::string_view value) {
    if (value.empty()) return;
    if (is_redacted(value)) {
      ++redacted_;
      sink_.note("whois.redacted", fmt::format("{}: {}", field, value));
    }
    add_text(field, value);
  }

  bool take_time(std::string_view text) {
    const ClaimTime time = clock_.read(text);
    if (!time.is_known) return false;
    if (time.zone_is_doubtful) sink_.note("registration.zone_by_clock", text);
    if (time_.is_known) {  // what stands before is of another time
      end_object();
      release();
    }
    time_ = time;
    fetched_ = text;
    return true;
  }

  void begin_reply(std::string_view server) {
    end_object();
    release();
    server_ = server;
    sink_.used_unit();
  }

  // All objects of a reply have its time.
  void release() {
    static const FieldId kFetched = field_id("fetched"), kServer = field_id("source");
    held_.release(time_, {{kFetched, fetched_}, {kServer, server_}});
    time_ = ClaimTime{};
    fetched_.clear();
    is_time_behind_ = false;
  }

  void take_not_found(const TextLine& line) {
    end_object();
    open(line);
    object_.add(field_id("error"), trimmed(line.text));
    touch(line);
    end_object();
    sink_.used_unit();
  }

  // LACNIC and others say when in a comment of its own.
  void take_comment(std::string_view text) {
    std::string_view body = text.substr(std::min(text.find_first_not_of("%#;>- \t"), text.size()));
    if (body.find(" - IP: ") < body.size()) body = body.substr(0, body.find(" - IP: "));
    if (body.size() > 18 && body.starts_with("20") && take_time(body)) return sink_.used_unit();
    sink_.note("whois.comment", text);
    sink_.blank_unit();
  }

  // A blank line ends an object of RPSL or ARIN; one of a domain may go on behind it.
  void end_paragraph() {
    if (is_open_ && is_rpsl_) end_object();
    if (lines_under_heading_ > 0 || is_heading_keyed_) heading_.reset();
  }

  void open(const TextLine& line) {
    // An object behind the time of those before it is another reply's.
    if (is_time_behind_) {
      release();
      server_.clear();
    }
    is_open_ = true;
    is_rpsl_ = has_domain_ = false;
    object_ = HeldRecord();
    object_.row.kind = RecordKind::registration;
    object_.row.offset = line.offset;
    raw_.clear();
    object_class_.clear();
    redacted_ = 0;
  }

  void touch(const TextLine& line) {
    object_.row.length = static_cast<std::uint32_t>(line.offset + line.length - object_.row.offset);
    if (raw_.size() < kMaxFieldText) {
      raw_.append(raw_.empty() ? "" : "\n").append(line.text);
    }
  }

  void take_line(const TextLine& line, const WhoisLine& parts) {
    if (parts.key.empty()) return take_continuation(line);
    const bool is_object =
        begins_object(parts.key) && !parts.value.empty() && !is_contact_of_domain(parts);
    const bool is_second_domain = is_open_ && !is_rpsl_ && has_domain_ &&
                                  (parts.key == "domain name" || parts.key == "domain") &&
                                  !parts.value.empty();
    if (is_second_domain || (is_object && is_open_ && is_paragraph_start_)) end_object();
    const auto heading = parts.value.empty()
                             ? whois_heading(parts.key.substr(0, parts.key.find(',')))
                             : std::nullopt;
    if (parts.key == "contact" && is_contact_of_domain(parts)) {
      take_heading(line, parts, whois_heading(lower_text(parts.value)));
      is_heading_keyed_ = true;
      return;
    }
    const std::string field = whois_field(parts.key, role());
    const bool is_known = !field.empty() || heading || is_object || parts.key == "domain name";
    if (!is_open_) {
      if (!is_known) return prose(line);
      open(line);
      is_rpsl_ = is_object;
      object_class_ = parts.key;
    }
    if (parts.value.empty()) return take_heading(line, parts, heading);
    pending_.clear();
    if (heading_ && !is_heading_keyed_ && parts.indent <= heading_indent_) heading_.reset();
    const std::string word = whois_field(parts.key, role());
    if (word.empty() && !is_rpsl_ && looks_like_prose(line.text, parts)) return prose(line);
    put(word, parts);
    touch(line);
    sink_.used_unit();
  }

  // IANA tells the contacts of a domain in paragraphs of its object: "organisation: NAME",
  // "contact: technical". Elsewhere these keys begin an object and name its handle.
  bool is_contact_of_domain(const WhoisLine& parts) const {
    if (!is_open_ || is_rpsl_ || !has_domain_) return false;
    if (parts.key == "contact") return whois_heading(lower_text(parts.value)).has_value();
    return parts.key == "organisation" && !lower_text(parts.value).starts_with("org-");
  }

  // "NOTICE: The expiration date ...", "TERMS OF USE: You are not ...".
  static bool looks_like_prose(std::string_view line, const WhoisLine& parts) {
    return parts.key == "notice" || parts.key.starts_with("terms of use") ||
           parts.key.starts_with("for more information") || parts.key == "url of the icann whois" ||
           (line.size() > 100 && std::count(line.begin(), line.end(), ' ') > 12);
  }

  WhoisRole role() const { return heading_ ? *heading_ : WhoisRole::none; }

  void put(const std::string& word, const WhoisLine& parts) {
    if (word.empty()) {
      return add_text("extra", fmt::format("{}: {}", parts.key, parts.value));
    }
    if (word == "domain") set_domain(parts.value);
    if (word == "prefix") set_prefix(parts.value);
    if (word == "name_server") return add_server(parts.value);
    if (word == "object_handle" && parts.key == "organisation" && is_contact_of_domain(parts)) {
      return add("registrant_organization", parts.value);
    }
    if (word == "object_handle" && parts.key == "contact" && object_class_ != "contact") {
      return add("entity_name", parts.value);  // AFNIC, below its nic-hdl
    }
    // RPSL's status is that of an assignment ("ASSIGNED PA"), no domain's.
    add(is_rpsl_ && word == "domain_status" ? "status_word" : word, parts.value);
  }

  // "ns1.bank.example. 192.0.2.53", the address in parentheses or not.
  void add_server(std::string_view text) {
    std::string_view name = text.substr(0, text.find_first_of(" \t"));
    std::string_view rest = text.substr(name.size());
    if (name.ends_with('.')) name.remove_suffix(1);
    add("name_server", name);
    while (!rest.empty()) {
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t,()"), rest.size()));
      const std::string_view word = rest.substr(0, rest.find_first_of(" \t,()"));
      if (IpAddress::parse(word)) add("addresses", word);
      rest.remove_prefix(word.size());
    }
  }

  void set_domain(std::string_view value) {
    TextKeys::Name name;
    value = value.substr(0, value.find(' '));
    if (const auto problem = keys_.name(value, name)) {
      return sink_.note("whois.domain_unreadable", value);
    }
    object_.row.name = name.key;
    if (name.had_capitals) object_.row.flags |= kNameHadCapitals;
    has_domain_ = true;
  }

  // The first address of a range or of a prefix.
  void set_prefix(std::string_view value) {
    const std::string_view first = value.substr(0, value.find_first_of(" -/"));
    if (const auto key = keys_.host(first); key && object_.row.server == 0) {
      object_.row.server = *key;
    }
  }

  void take_heading(const TextLine& line, const WhoisLine& parts,
                    const std::optional<WhoisRole>& heading) {
    heading_ = heading;
    heading_indent_ = parts.indent;
    lines_under_heading_ = 0;
    is_heading_keyed_ = is_heading_flush_ = false;
    // A heading like "Domain name:" stands for the field whose values follow it.
    pending_ = heading ? "" : whois_field(parts.key, WhoisRole::none);
    touch(line);
    sink_.used_unit();
  }

  // A line without a key: it goes on with what stands above it.
  void take_continuation(const TextLine& line) {
    if (!is_open_) return prose(line);
    const std::string_view text = trimmed(line.text);
    const bool is_indented = line.text.starts_with(' ') || line.text.starts_with('\t');
    // Network Solutions wrote the holder's name below "Registrant:" without indenting it.
    const bool is_flush = !is_paragraph_start_ && (lines_under_heading_ == 0 || is_heading_flush_);
    if (!pending_.empty() && is_indented) {
      put(pending_, {"", text, 0});
    } else if (heading_ && (is_indented || is_flush)) {
      is_heading_flush_ |= !is_indented;
      under_heading(text);
    } else if (is_rpsl_ && is_indented) {
      add_text("extra", text);
    } else {
      return prose(line);
    }
    touch(line);
    sink_.used_unit();
  }

  // Name, street, mail address and telephone of a contact stand one below the other.
  void under_heading(std::string_view text) {
    const bool is_first = lines_under_heading_++ == 0;
    if (*heading_ == WhoisRole::name_servers) return add_server(text);
    if (*heading_ == WhoisRole::registrar) {
      if (is_first) return add("registrar", text);
    } else if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
      const std::size_t begin = text.find_last_of(" (<\t", at) + 1;
      const std::size_t end = std::min(text.find_first_of(" )>\t", at), text.size());
      const std::string field = whois_field("email", *heading_);
      if (!field.empty()) add(field, text.substr(begin, end - begin));
      if (begin == 0 || !is_first) return;
      text = trimmed(text.substr(0, begin - 1));
    }
    const std::string field = whois_field(is_first ? "name" : "address", *heading_);
    if (field.empty()) {
      add_text("extra", text);
    } else {
      add(field, text);
    }
  }

  void prose(const TextLine& line) {
    sink_.note("whois.prose", trimmed(line.text));
    sink_.blank_unit();
  }

  void end_object() {
    heading_.reset();
    pending_.clear();
    if (!is_open_) return;
    is_open_ = false;
    if (redacted_ > 0) object_.add(field_id("notice"), fmt::format("redacted: {}", redacted_));
    object_.add(field_id("object_class"), has_domain_ ? "domain" : object_class_);
    object_.add(field_id("raw"), raw_);
    held_.add(std::move(object_));
    object_ = HeldRecord();
  }

  RecordSink& sink_;
  TextKeys keys_;
  ClaimClock clock_;
  HeldRecords held_;

  ClaimTime time_;
  std::string fetched_, server_;
  bool is_time_behind_ = false;
  std::uint64_t blanks_told_ = 0;

  bool is_open_ = false, is_rpsl_ = false, has_domain_ = false, is_paragraph_start_ = false;
  HeldRecord object_;
  std::string object_class_, raw_;
  std::uint64_t redacted_ = 0;
  std::optional<WhoisRole> heading_;
  std::size_t heading_indent_ = 0, lines_under_heading_ = 0;
  bool is_heading_keyed_ = false;  // "contact: technical": holds to the end of its paragraph
  bool is_heading_flush_ = false;  // the lines below it are not indented
  std::string pending_;
};

class WhoisText final : public Reader {
 public:
  std::string_view name() const override { return "whois_text"; }
  std::string_view summary() const override {
    return "replies of whois servers: domains, networks, contacts, chains of referrals";
  }
  std::string_view record_kind() const override { return "registration"; }
  std::string_view unit() const override { return "line"; }

  // Two different fields that only registries name, one of them saying what is registered.
  SniffScore sniff(std::string_view head) const override {
    if (begins_as_page_or_code(head)) return {};
    bool has_object = false, has_reply_word = false, has_reply_comment = false;
    bool is_repeated = false;
    std::vector<std::string> fields, special;
    std::string first;
    for_each_head_line(head, [&](std::string_view line) {
      const std::string lower = lower_text(line.substr(0, 60));
      const std::string_view text = trimmed(line);
      const bool is_word = lower.find("whois") < lower.size() && is_comment(text);
      has_reply_comment |= next_server(line) || (is_word && !text.starts_with('#'));
      has_reply_word |= is_word;
      const WhoisLine parts = split(line);
      if (parts.key.empty()) return;
      const std::string field = whois_field(parts.key, WhoisRole::none);
      const bool is_object =
          parts.key == "domain name" || parts.key == "domain" || begins_object(parts.key);
      if (is_object && first.empty()) first = fmt::format("'{}: {}'", parts.key, parts.value);
      has_object |= is_object;
      if (!field.empty() && std::find(fields.begin(), fields.end(), field) == fields.end()) {
        fields.push_back(field);
      }
      if (field.empty() || is_common_word(parts.key)) return;
      if (std::find(special.begin(), special.end(), parts.key) == special.end()) {
        special.push_back(parts.key);
      } else {
        is_repeated = true;
      }
    });
    has_reply_word |= has_reply_comment;
    const bool is_reply = has_reply_comment || special.size() > 1 ||
                          (!special.empty() && (is_repeated || has_reply_word));
    if (!is_reply) return {};
    if (has_object && fields.size() >= 4) {
      return {has_reply_word ? 88 : 78,
              fmt::format("{} and {} more fields of a registry", first, fields.size() - 1)};
    }
    if (has_object && fields.size() >= 2 && has_reply_word) return {72, first};
    return {};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    WhoisRead read(std::move(*clock), sink);
    return read_lines(source, sink, read);
  }
};

}  // namespace

const Reader& whois_text_reader() {
  static const WhoisText reader;
  return reader;
}

}  // namespace assay
