// Events of MISP as JSON: exports, feeds, answers to searches. What is kept and the codes:
// docs/formats/misp_event.md.
#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "assay/reader.h"
#include "readers/indicator_claim.h"
#include "readers/json_cutter.h"
#include "readers/readers.h"
#include "readers/whole_document.h"

namespace assay {

namespace {

constexpr std::uint64_t kMaxDocument = std::uint64_t{128} << 20;
constexpr std::size_t kMaxAttribute = std::size_t{4} << 20;
constexpr std::size_t kMaxDepth = 64;

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

struct TypeWord {
  std::string_view misp, stix;  // "any": the value tells which family
};
constexpr auto kTypes = std::to_array<TypeWord>({
    {"ip-src", "any"},
    {"ip-dst", "any"},
    {"ip-src|port", "any"},
    {"ip-dst|port", "any"},
    {"domain", "domain-name"},
    {"hostname", "domain-name"},
    {"hostname|port", "domain-name"},
    {"domain|ip", "pair"},
    {"url", "url"},
    {"email", "email-addr"},
    {"email-src", "email-addr"},
    {"email-dst", "email-addr"},
    {"email-reply-to", "email-addr"},
});

std::string text_of(object from, std::string_view key) {
  element value;
  std::string text;
  if (from.at_key(key).get(value) || value.is_null()) return text;
  append_json(value, text);
  return text;
}

bool flag_of(object from, std::string_view key) {
  const std::string text = text_of(from, key);
  return text == "true" || text == "1";
}

// What is said of a whole event, and of all in it unless they say otherwise.
struct EventWords {
  std::string by, info, date, marking;
};

std::string tlp_of(object from) {
  array tags;
  std::string out;
  if (from.at_key("Tag").get(tags)) return out;
  for (const element each : tags) {
    object tag;
    if (each.get(tag)) continue;
    const std::string name = text_of(tag, "name");
    if (name.starts_with("tlp:") || name.starts_with("TLP:")) {
      out += (out.empty() ? "TLP:" : ", TLP:") + name.substr(4);
    }
  }
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
  return out;
}

std::string organisation_of(object from) {
  for (const std::string_view key : {"Orgc", "Org"}) {
    object organisation;
    if (from.at_key(key).get(organisation)) continue;
    if (std::string name = text_of(organisation, "name"); !name.empty()) return name;
  }
  const std::string id = text_of(from, "orgc_id");
  return id.empty() ? id : "organisation " + id;
}

class MispRead {
 public:
  MispRead(LogClock clock, RecordSink& sink)
      : sink_(sink), rows_(std::move(clock), sink), parser_(kMaxAttribute) {}

  void take(const WholeDocument& document) {
    document_ = &document;
    take_list(document.text(), 0);
  }

 private:
  static constexpr int kMostLevels = 4;  // [{"response": [{"Event": {}}]}]

  // An event, or whatever wraps events and attributes.
  void take_list(std::string_view text, int level) {
    if (level > kMostLevels) return refuse(text, "misp.event.missing", "nests without an event");
    if (text.starts_with('[')) {
      const auto parts = cutter_.elements(text);
      const std::string problem = cutter_.problem();
      for (const std::string_view each : parts) take_list(each, level + 1);
      if (!problem.empty()) refuse(behind(parts, text), "misp.json.unreadable", problem);
      return;
    }
    const auto members = cutter_.members(text);
    if (const std::string problem = cutter_.problem(); !problem.empty()) {
      return refuse(text, "misp.json.unreadable", problem);
    }
    const auto of = [&](std::string_view key) {
      const auto found = std::find_if(members.begin(), members.end(),
                                      [&](const auto& each) { return each.first == key; });
      return found == members.end() ? std::string_view() : found->second;
    };
    if (const auto event = of("Event"); event.starts_with('{') && of("value").empty()) {
      return take_event(cutter_.members(event), event);
    }
    if (const auto response = of("response"); !response.empty()) {
      return take_list(response, level + 1);
    }
    if (!of("Attribute").empty() || !of("info").empty()) return take_event(members, text);
    refuse(text, "misp.event.missing", "neither an event nor attributes");
  }

  static std::string_view behind(const std::vector<std::string_view>& parts,
                                 std::string_view text) {
    if (parts.empty()) return text;
    const char* end = parts.back().data() + parts.back().size();
    return text.substr(static_cast<std::size_t>(end - text.data()));
  }
  std::uint64_t offset_of(std::string_view part) const {
    return static_cast<std::uint64_t>(part.data() - document_->bytes.data());
  }
  void refuse(std::string_view part, std::string_view code, std::string_view why) {
    sink_.unit();
    sink_.reject(code, offset_of(part), part.size(), part, why);
  }

  void take_event(const std::vector<JsonCutter::Member>& members, std::string_view text) {
    if (const std::string problem = cutter_.problem(); !problem.empty()) {
      return refuse(text, "misp.json.unreadable", problem);
    }
    EventWords words;
    for (const auto& [key, raw] : members) learn(key, raw, words);
    std::size_t lists = 0;
    for (const auto& [key, raw] : members) {
      if (key == "Attribute") {
        ++lists;
        take_attributes(raw, words);
      } else if (key == "Object") {
        ++lists;
        take_objects(raw, words);
      }
    }
    if (lists > 0) return;
    sink_.unit();  // an event without anything in it
    sink_.blank_unit();
  }

  void learn(const std::string& key, std::string_view raw, EventWords& words) {
    const bool is_wanted =
        key == "Orgc" || key == "Org" || key == "Tag" || key == "info" || key == "date";
    if (!is_wanted || raw.size() > kMaxAttribute) return;
    // As an object of its own, so that what reads attributes reads events.
    std::string alone = "{\"" + key + "\":" + std::string(raw) + "}";
    alone.reserve(alone.size() + simdjson::SIMDJSON_PADDING);
    object from;
    std::string why;
    if (!parse(alone, from, why)) return;
    if (key == "Orgc" || (key == "Org" && words.by.empty())) words.by = organisation_of(from);
    if (key == "Tag") words.marking = tlp_of(from);
    if (key == "info") words.info = text_of(from, "info");
    if (key == "date") words.date = text_of(from, "date");
  }

  void take_objects(std::string_view raw, const EventWords& words) {
    const auto objects = cutter_.elements(raw);
    const std::string problem = cutter_.problem();
    for (const std::string_view each : objects) {
      const auto members = cutter_.members(each);
      if (!cutter_.problem().empty()) {
        refuse(each, "misp.json.unreadable", cutter_.problem());
        continue;
      }
      const bool is_deleted = std::any_of(members.begin(), members.end(), [](const auto& member) {
        return member.first == "deleted" && member.second.starts_with("true");
      });
      for (const auto& [key, list] : members) {
        if (key == "Attribute") take_attributes(list, words, is_deleted);
      }
    }
    if (!problem.empty()) refuse(behind(objects, raw), "misp.json.unreadable", problem);
  }

  void take_attributes(std::string_view raw, const EventWords& words, bool are_deleted = false) {
    const auto attributes = cutter_.elements(raw);
    const std::string problem = cutter_.problem();
    for (const std::string_view each : attributes) take_attribute(each, words, are_deleted);
    if (!problem.empty()) refuse(behind(attributes, raw), "misp.json.unreadable", problem);
  }

  bool parse(std::string_view part, object& out, std::string& why) {
    while (!part.empty() && static_cast<unsigned char>(part.back()) <= ' ') part.remove_suffix(1);
    if (part.size() > kMaxAttribute) {
      why = "an attribute of more than 4 MiB";
      return false;
    }
    simdjson::error_code error = simdjson::SUCCESS;
    if (parser_.capacity() < part.size() || parser_.capacity() == 0) {
      error = parser_.allocate(std::max<std::size_t>(part.size(), 4'096), kMaxDepth);
    }
    if (!error) error = parser_.parse(part.data(), part.size(), false).get(out);
    if (error) why = simdjson::error_message(error);
    return !error;
  }

  void take_attribute(std::string_view part, const EventWords& words, bool is_deleted) {
    object from;
    std::string why;
    if (!parse(part, from, why)) return refuse(part, "misp.attribute.unreadable", why);
    const std::string type = text_of(from, "type");
    const auto known = std::find_if(kTypes.begin(), kTypes.end(),
                                    [&](const TypeWord& each) { return each.misp == type; });
    const bool is_for_detection = flag_of(from, "to_ids");
    if (known == kTypes.end()) {
      if (is_for_detection) {
        return refuse(part, "misp.type.not_understood",
                      "its type is no name, address, URL or mailbox");
      }
      sink_.unit();  // a comment, a link, a size: nothing that was asserted for detection
      return sink_.blank_unit();
    }
    const bool is_withdrawn = is_deleted || flag_of(from, "deleted");
    const std::string_view status = is_withdrawn       ? "deleted"
                                    : is_for_detection ? ""
                                                       : "not_for_detection";
    add(from, part, known->stix, status, words);
  }

  void add(object from, std::string_view part, std::string_view type, std::string_view status,
           const EventWords& words) {
    static const FieldId kBy = field_id("asserted_by"), kSource = field_id("source"),
                         kMarking = field_id("marking"), kStatus = field_id("status_word"),
                         kLabels = field_id("labels"), kDescription = field_id("description"),
                         kHandle = field_id("object_handle"), kCreated = field_id("created");
    object event;
    EventWords own = words;
    if (!from.at_key("Event").get(event)) {  // answers to searches for attributes
      if (own.by.empty()) own.by = organisation_of(event);
      if (own.info.empty()) own.info = text_of(event, "info");
      if (own.date.empty()) own.date = text_of(event, "date");
    }
    if (std::string marking = tlp_of(from); !marking.empty()) own.marking = std::move(marking);
    const std::string value = text_of(from, "value"), first = text_of(from, "first_seen"),
                      last = text_of(from, "last_seen"), category = text_of(from, "category"),
                      comment = text_of(from, "comment"), uuid = text_of(from, "uuid");
    IndicatorClaim claim;
    claim.valid_from = first.empty() ? std::string_view(own.date) : first;
    claim.valid_until = last;
    claim.fields = {{kBy, own.by},     {kSource, own.info}, {kMarking, own.marking},
                    {kStatus, status}, {kLabels, category}, {kDescription, comment},
                    {kHandle, uuid},   {kCreated, own.date}};
    const auto problem =
        type == "pair" ? add_pair(claim, value, part) : add_one(claim, value, type, part);
    if (problem) return refuse(part, fmt::format("misp.{}", problem->code), problem->why);
    sink_.unit();
    sink_.used_unit();
  }

  std::optional<IndicatorRows::Problem> add_one(IndicatorClaim& claim, std::string_view value,
                                                std::string_view type, std::string_view part) {
    std::string plain = without_defang(value);
    if (const std::size_t bar = plain.find('|'); bar != std::string::npos) {
      plain.resize(bar);
      claim.part = "a port, which is not compared";
    }
    claim.value = plain;
    claim.type = type == "any" ? indicator_type_of(plain) : type;
    if (type == "any" && !claim.type.starts_with("ip")) claim.type = "ipv4-addr";
    return rows_.add(claim, offset_of(part), part.size());
  }
  // A name and an address that it had: each was asserted, and either alone is a part.
  std::optional<IndicatorRows::Problem> add_pair(IndicatorClaim& claim, std::string_view value,
                                                 std::string_view part) {
    const std::size_t bar = value.find('|');
    claim.part = "a name together with its address";
    claim.value = value.substr(0, bar);
    claim.type = "domain-name";
    if (auto problem = rows_.add(claim, offset_of(part), part.size())) return problem;
    if (bar == std::string_view::npos) return std::nullopt;
    claim.value = value.substr(bar + 1);
    claim.type = indicator_type_of(without_defang(claim.value));
    if (rows_.add(claim, offset_of(part), part.size())) {
      sink_.note("misp.address_unreadable", value);
    }
    return std::nullopt;
  }

  RecordSink& sink_;
  IndicatorRows rows_;
  JsonCutter cutter_;
  simdjson::dom::parser parser_;
  const WholeDocument* document_ = nullptr;
};

class MispEvent final : public Reader {
 public:
  std::string_view name() const override { return "misp_event"; }
  std::string_view summary() const override {
    return "events of MISP as JSON: exports, feeds, answers to searches";
  }
  std::string_view record_kind() const override { return "indicator"; }
  std::string_view unit() const override { return "attribute"; }

  SniffScore sniff(std::string_view head) const override {
    const std::size_t first = head.find_first_not_of("\xef\xbb\xbf \t\r\n");
    if (first == std::string_view::npos || (head[first] != '{' && head[first] != '[')) return {};
    const auto has = [&](std::string_view word) { return head.find(word) < head.size(); };
    const bool has_event = has("\"Event\"");
    const int words = has("\"Orgc\"") + has("\"threat_level_id\"") + has("\"Attribute\"") +
                      has("\"to_ids\"") + has("\"analysis\"") + has("\"event_id\"");
    if (has_event && words >= 2) return {92, "JSON with MISP's Event and its members"};
    if (has("\"Attribute\"") && has("\"to_ids\"")) return {85, "JSON with MISP's attributes"};
    return {};
  }

  Status read(ByteSource& source, const ReadContext&, RecordSink& sink) const override {
    auto clock = LogClock::make(Clock(), {});  // dates and offsets are UTC or stated
    if (!clock.ok()) return clock.error();
    auto document = read_document(source, kMaxDocument, "misp.document.too_large", sink);
    if (!document.ok()) return document.error();
    if (*document) MispRead(std::move(*clock), sink).take(**document);
    return flushed(sink);
  }
};

}  // namespace

const Reader& misp_event_reader() {
  static const MispEvent reader;
  return reader;
}

}  // namespace assay
