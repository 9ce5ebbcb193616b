// STIX 2.0 and 2.1: bundles, envelopes of TAXII and lone objects, of which indicators become
// records. What is kept and the codes: docs/formats/stix_bundle.md.
#include <fmt/core.h>
#include <simdjson.h>

#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/reader.h"
#include "readers/indicator_claim.h"
#include "readers/json_cutter.h"
#include "readers/readers.h"
#include "readers/stix_pattern.h"
#include "readers/whole_document.h"

namespace assay {

namespace {

constexpr std::uint64_t kMaxDocument = std::uint64_t{128} << 20;
constexpr std::size_t kMaxObject = std::size_t{4} << 20;
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMostNamed = 200'000;  // identities, markings and versions

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// The markings that everybody refers to without bringing them along: TLP 1.0 (STIX 2.1, 7.2.1.4)
// and TLP 2.0.
constexpr auto kTlp = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", "TLP:WHITE"},
    {"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "TLP:GREEN"},
    {"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "TLP:AMBER"},
    {"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "TLP:RED"},
    {"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR"},
    {"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN"},
    {"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER"},
    {"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT"},
    {"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED"},
});

std::string_view text_of(object from, std::string_view key) {
  std::string_view text;
  return from.at_key(key).get(text) ? std::string_view() : text;
}

std::string joined_list(object from, std::string_view key) {
  array items;
  std::string out;
  if (from.at_key(key).get(items)) return out;
  for (const element item : items) {
    const std::string_view text = json_text(item);
    if (!text.empty()) out += (out.empty() ? "" : ", ") + std::string(text);
  }
  return out;
}

class StixRead {
 public:
  StixRead(LogClock clock, RecordSink& sink)
      : sink_(sink), rows_(std::move(clock), sink), parser_(kMaxObject) {}

  void take(const WholeDocument& document) {
    document_ = &document;
    const std::string_view text = document.text();
    std::vector<std::string_view> objects;
    std::string problem;
    if (text.starts_with('[')) {
      objects = cutter_.elements(text);
      problem = cutter_.problem();
    } else {
      objects = objects_of(text, problem);
    }
    for (const std::string_view each : objects) learn(each);
    for (const std::string_view each : objects) take_object(each);
    if (!problem.empty()) reject(behind(objects, text), "stix.json.unreadable", problem);
  }

 private:
  // Of a bundle or an envelope; a lone object is its own list.
  std::vector<std::string_view> objects_of(std::string_view text, std::string& problem) {
    const auto members = cutter_.members(text);
    problem = cutter_.problem();
    for (const auto& [key, raw] : members) {
      if (key != "objects" || !raw.starts_with('[')) continue;
      auto objects = cutter_.elements(raw);
      if (problem.empty()) problem = cutter_.problem();
      return objects;
    }
    if (!problem.empty()) return {};
    return {text};
  }
  // What was not cut into objects.
  static std::string_view behind(const std::vector<std::string_view>& objects,
                                 std::string_view text) {
    if (objects.empty()) return text;
    const char* end = objects.back().data() + objects.back().size();
    return text.substr(static_cast<std::size_t>(end - text.data()));
  }

  std::uint64_t offset_of(std::string_view part) const {
    return static_cast<std::uint64_t>(part.data() - document_->bytes.data());
  }
  void reject(std::string_view part, std::string_view code, std::string_view why) {
    sink_.unit();
    sink_.reject(code, offset_of(part), part.size(), part, why);
  }

  bool parse(std::string_view part, object& out, std::string& why) {
    while (!part.empty() && (part.back() == ' ' || part.back() == '\n' || part.back() == '\r' ||
                             part.back() == '\t')) {
      part.remove_suffix(1);
    }
    if (part.size() > kMaxObject) {
      why = "an object of more than 4 MiB";
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

  // Identities and markings stand anywhere; of an indicator's versions the latest counts.
  void learn(std::string_view part) {
    object from;
    std::string why;
    if (!parse(part, from, why)) return;
    const std::string_view type = text_of(from, "type"), id = text_of(from, "id");
    if (id.empty() || names_.size() + versions_.size() >= kMostNamed) return;
    if (type == "identity") {
      names_[std::string(id)] = text_of(from, "name");
    } else if (type == "marking-definition") {
      names_[std::string(id)] = marking_of(from);
    } else if (type == "indicator") {
      std::string& latest = versions_[std::string(id)];
      const std::string_view modified = text_of(from, "modified");
      if (modified > latest) latest = modified;
    }
  }
  static std::string marking_of(object from) {
    if (const auto name = text_of(from, "name"); !name.empty()) return std::string(name);
    object definition;
    if (from.at_key("definition").get(definition)) return "";
    if (const auto tlp = text_of(definition, "tlp"); !tlp.empty()) {
      return "TLP:" + std::string(tlp);
    }
    return std::string(text_of(definition, "statement"));
  }

  void take_object(std::string_view part) {
    object from;
    std::string why;
    if (!parse(part, from, why)) return reject(part, "stix.object.unreadable", why);
    if (text_of(from, "type") != "indicator") {
      sink_.unit();
      return sink_.blank_unit();
    }
    const auto latest = versions_.find(std::string(text_of(from, "id")));
    if (latest != versions_.end() && text_of(from, "modified") < latest->second) {
      sink_.note("stix.version_superseded", text_of(from, "id"));
      sink_.unit();
      return sink_.blank_unit();
    }
    take_indicator(from, part);
  }

  void take_indicator(object from, std::string_view part) {
    const std::string_view pattern_type = text_of(from, "pattern_type");
    if (!pattern_type.empty() && pattern_type != "stix") {
      return reject(part, "stix.pattern_type.not_understood",
                    "its pattern is in another language than STIX's");
    }
    const auto pattern = read_stix_pattern(text_of(from, "pattern"));
    if (!pattern) return reject(part, "stix.pattern.unreadable", "its pattern is none");
    if (pattern->values.empty()) {
      return reject(part, "stix.pattern.not_understood",
                    "its pattern compares no name, address, URL or mailbox for equality");
    }
    if (pattern->not_understood > 0) {
      sink_.note("stix.pattern.part_not_understood", text_of(from, "pattern"),
                 pattern->not_understood);
    }
    if (pattern->is_cut) sink_.note("stix.pattern.values_left_out", text_of(from, "pattern"));
    make_records(from, part, *pattern);
  }

  void make_records(object from, std::string_view part, const PatternReading& pattern) {
    IndicatorClaim claim;
    claim.valid_from = text_of(from, "valid_from");
    claim.valid_until = text_of(from, "valid_until");
    claim.is_until_exclusive = true;
    const Fields fields = fields_of(from, pattern);
    for (const auto& [field, text] : fields) claim.fields.emplace_back(field, text);
    std::size_t made = 0;
    std::optional<IndicatorRows::Problem> problem;
    for (const PatternValue& value : pattern.values) {
      claim.type = value.type;
      claim.value = value.value;
      claim.part = value.is_joined ? "one of several conditions" : "";
      const auto refused = rows_.add(claim, offset_of(part), part.size());
      if (!refused) {
        ++made;
        continue;
      }
      sink_.note("stix.value_unreadable", value.value);
      problem = refused;
    }
    if (made == 0) return reject(part, fmt::format("stix.{}", problem->code), problem->why);
    sink_.unit();
    sink_.used_unit();
  }

  using Fields = std::vector<std::pair<FieldId, std::string>>;

  Fields fields_of(object from, const PatternReading& pattern) const {
    static const FieldId kBy = field_id("asserted_by"), kConfidence = field_id("confidence"),
                         kMarking = field_id("marking"), kStatus = field_id("status_word"),
                         kLabels = field_id("labels"), kDescription = field_id("description"),
                         kHandle = field_id("object_handle"), kPattern = field_id("pattern"),
                         kCreated = field_id("created"), kUpdated = field_id("updated");
    Fields fields;
    const auto add = [&](FieldId field, std::string text) {
      if (!text.empty()) fields.emplace_back(field, std::move(text));
    };
    add(kBy, named(text_of(from, "created_by_ref")));
    element value;
    bool is_revoked = false;
    if (!from.at_key("revoked").get(is_revoked) && is_revoked) add(kStatus, "revoked");
    if (!from.at_key("confidence").get(value)) {
      std::string text;
      append_json(value, text);
      add(kConfidence, text);
    }
    array markings;
    if (!from.at_key("object_marking_refs").get(markings)) {
      for (const element each : markings) add(kMarking, named(json_text(each)));
    }
    add(kLabels, joined_list(from, "indicator_types"));
    add(kLabels, joined_list(from, "labels"));
    add(kDescription, std::string(text_of(from, "name")));
    add(kDescription, std::string(text_of(from, "description")));
    add(kHandle, std::string(text_of(from, "id")));
    add(kCreated, std::string(text_of(from, "created")));
    add(kUpdated, std::string(text_of(from, "modified")));
    if (pattern.values.size() + pattern.not_understood > 1) {
      add(kPattern, std::string(text_of(from, "pattern")));
    }
    return fields;
  }
  // What an identity or marking is called; its id when nobody says.
  std::string named(std::string_view id) const {
    const auto known = names_.find(std::string(id));
    if (known != names_.end() && !known->second.empty()) return known->second;
    for (const auto& [tlp, name] : kTlp) {
      if (tlp == id) return std::string(name);
    }
    return std::string(id);
  }

  RecordSink& sink_;
  IndicatorRows rows_;
  JsonCutter cutter_;
  simdjson::dom::parser parser_;
  const WholeDocument* document_ = nullptr;
  std::unordered_map<std::string, std::string> names_, versions_;
};

bool has_type(std::string_view head, std::string_view type) {
  for (const std::string_view form : {"\"type\":\"{}\"", "\"type\": \"{}\"", "\"type\" : \"{}\""}) {
    std::string wanted(form);
    wanted.replace(wanted.find("{}"), 2, type);
    if (head.find(wanted) != std::string_view::npos) return true;
  }
  return false;
}

class StixBundle final : public Reader {
 public:
  std::string_view name() const override { return "stix_bundle"; }
  std::string_view summary() const override {
    return "indicators of STIX 2.0 and 2.1: bundles, TAXII envelopes, lone objects";
  }
  std::string_view record_kind() const override { return "indicator"; }
  std::string_view unit() const override { return "object"; }

  SniffScore sniff(std::string_view head) const override {
    const std::size_t first = head.find_first_not_of("\xef\xbb\xbf \t\r\n");
    if (first == std::string_view::npos || (head[first] != '{' && head[first] != '[')) return {};
    const bool has_ids = head.find("\"bundle--") < head.size();
    if (has_type(head, "bundle") && has_ids) return {96, "JSON of type bundle with an id of one"};
    const bool is_indicator = has_type(head, "indicator") && head.find("\"pattern\"") < head.size();
    if (is_indicator && head.find("\"indicator--") < head.size()) {
      return {94, "JSON of type indicator with a pattern"};
    }
    if (head.find("\"spec_version\"") < head.size() && head.find("\"objects\"") < head.size()) {
      return {80, "JSON with spec_version and objects"};
    }
    return {};
  }

  Status read(ByteSource& source, const ReadContext&, RecordSink& sink) const override {
    auto clock = LogClock::make(Clock(), {});  // STIX writes UTC alone (part 2.14)
    if (!clock.ok()) return clock.error();
    auto document = read_document(source, kMaxDocument, "stix.document.too_large", sink);
    if (!document.ok()) return document.error();
    if (*document) StixRead(std::move(*clock), sink).take(**document);
    return flushed(sink);
  }
};

}  // namespace

const Reader& stix_bundle_reader() {
  static const StixBundle reader;
  return reader;
}

}  // namespace assay
