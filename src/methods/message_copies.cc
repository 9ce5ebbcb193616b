// message_copies: which messages at rest are copies of one another, wholly or nearly, and which
// share a Message-ID and not their text.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/digest.h"
#include "core/text_sketch.h"
#include "methods/registry.h"
#include "methods/support/measure.h"
#include "methods/support/near_texts.h"
#include "methods/support/other_findings.h"

namespace assay::methods {
namespace {

constexpr std::size_t kListed = 20;

// Messages of one text.
struct Text {
  std::string sketch;
  OtherIndices rows;
};

struct Messages {
  OtherIndices rows;
  std::map<std::string_view, OtherIndices> by_id;
  std::map<std::string_view, Text> by_text;
  double without_id = 0, without_text = 0, without_sketch = 0;
};

std::string_view bare_id(std::string_view id) {
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  return id;
}

const FieldId& text_field() {
  static const FieldId kText = field_id("text_sha256");
  return kText;
}

Messages messages_of(const MethodContext& context) {
  static const FieldId kId = field_id("message_id"), kSketch = field_id("text_sketch");
  Messages all;
  if (context.others == nullptr) return all;
  const auto& rows = context.others->rows;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i].row.kind != RecordKind::message) continue;
    all.rows.push_back(i);
    const std::string_view id = bare_id(rows[i].field(kId)), text = rows[i].field(text_field());
    if (!id.empty()) all.by_id[id].push_back(i);
    all.without_id += id.empty();
    all.without_text += text.empty();
    if (text.empty()) continue;
    Text& own = all.by_text[text];
    own.rows.push_back(i);
    if (own.sketch.empty()) own.sketch = sketch_bytes(rows[i].field(kSketch)).value_or("");
    all.without_sketch += own.sketch.empty();
  }
  return all;
}

std::string place_of(const MethodContext& context, std::uint32_t index) {
  const OtherRow& row = context.others->rows[index];
  const Evidence* evidence = evidence_numbered(context, row.evidence);
  return fmt::format("{}:{}", evidence ? evidence->id : std::to_string(row.evidence),
                     row.row.offset);
}

// --- one Message-ID ---

void count_ids(const MethodContext& context, const Messages& all, Finding& finding) {
  double again = 0, other = 0;
  Table table{"message_ids_with_several_texts", {"messages", "texts"}, {}, {}};
  for (const auto& [id, rows] : all.by_id) {
    std::map<std::string_view, std::uint32_t> texts;
    double told = 0;
    for (const std::uint32_t i : rows) {
      const std::string_view text = context.others->rows[i].field(text_field());
      told += !text.empty();
      if (!text.empty()) texts.emplace(text, i);
    }
    again += told - static_cast<double>(texts.size());
    if (texts.size() < 2) continue;
    other += 1;
    if (table.row_labels.size() == kListed) continue;
    std::string places;
    for (const auto& [text, i] : texts) places += " " + place_of(context, i);
    const std::string hash = edrm_mih(id);
    table.row_labels.push_back(fmt::format(
        "{}:{}", hash.empty() ? "MIH not available" : "MIH " + hash, quoted(places, 200)));
    table.rows.push_back({static_cast<double>(rows.size()), static_cast<double>(texts.size())});
  }
  add(finding, "message_ids", static_cast<double>(all.by_id.size()), "ids");
  add(finding, "stored_again", again, "messages");
  add(finding, "message_ids_with_several_texts", other, "ids");
  if (!table.rows.empty()) finding.tables.push_back(std::move(table));
}

// --- one text, or nearly one ---

struct IdsOfText {
  std::set<std::string_view> ids;
  double with = 0, without = 0;  // messages that have one, and that have none
};

IdsOfText ids_of(const MethodContext& context, const OtherIndices& rows) {
  static const FieldId kId = field_id("message_id");
  IdsOfText found;
  for (const std::uint32_t i : rows) {
    const std::string_view id = bare_id(context.others->rows[i].field(kId));
    if (!id.empty()) found.ids.insert(id);
    ++(id.empty() ? found.without : found.with);
  }
  return found;
}

void count_texts(const MethodContext& context, const Messages& all, Finding& finding) {
  double shared = 0, messages = 0, largest = 0, copies_without_id = 0;
  for (const auto& [hash, text] : all.by_text) {
    const IdsOfText of = ids_of(context, text.rows);
    // One of them may be the text's first.
    copies_without_id += of.with > 0 ? of.without : std::max(of.without - 1, 0.0);
    if (of.ids.size() < 2) continue;
    shared += 1;
    messages += of.with;
    largest = std::max(largest, of.with);
  }
  add(finding, "copies_without_id", copies_without_id, "messages");
  add(finding, "texts", static_cast<double>(all.by_text.size()), "texts");
  add(finding, "texts_of_several_ids", shared, "texts");
  add(finding, "messages_that_share_a_text", messages, "messages");
  add(finding, "largest_shared_text", largest, "messages");
}

void count_near(const MethodContext& context, const Messages& all, Finding& finding) {
  std::vector<std::string> sketches;
  std::vector<std::uint32_t> first_rows;
  for (const auto& [hash, text] : all.by_text) {
    sketches.push_back(text.sketch);
    first_rows.push_back(text.rows.front());
  }
  const NearPairs near = near_texts(sketches);
  Table table{"near_copies", {"jaccard", "low", "high"}, {}, {}};
  std::set<std::uint32_t> texts;
  for (const NearPair& pair : near.pairs) {
    texts.insert({pair.first, pair.second});
    if (table.row_labels.size() == kListed) continue;
    table.row_labels.push_back(fmt::format("{} and {}", place_of(context, first_rows[pair.first]),
                                           place_of(context, first_rows[pair.second])));
    table.rows.push_back({pair.jaccard, pair.range.first, pair.range.second});
  }
  add(finding, "near_copy_pairs", static_cast<double>(near.pairs.size()), "pairs of texts");
  add(finding, "texts_with_a_near_copy", static_cast<double>(texts.size()), "texts");
  if (!table.rows.empty()) finding.tables.push_back(std::move(table));
  if (near.is_cut) {
    finding.limitations.emplace_back(
        "So many texts are alike that each was compared with some of them only: there are more "
        "pairs than the number given.");
  }
}

// --- the finding ---

void say(const MethodContext& context, const Messages& all, Finding& finding) {
  const auto count = [&](std::string_view name, std::string_view word) {
    return plural(finding.value_or(name, 0), word);
  };
  const auto copies = [&](std::string_view name) {
    const double many = finding.value_or(name, 0);
    return fmt::format("{} {}", count_text(many), many == 1 ? "copy" : "copies");
  };
  finding.statement = fmt::format(
      "Of {}, {} stored again with its Message-ID and its text; {} without a Message-ID; "
      "{} with several texts (an edit, or "
      "a footer that a list or a gateway added); {} sent under several Message-IDs ({}: a mailing, "
      "a form, a forwarded text); {} with a near copy.",
      count("messages", "message"), copies("stored_again"), copies("copies_without_id"),
      count("message_ids_with_several_texts", "Message-ID"), count("texts_of_several_ids", "text"),
      count("messages_that_share_a_text", "message"), count("texts_with_a_near_copy", "text"));
  if (all.without_text > 0) {
    finding.limitations.push_back(
        fmt::format("{} without a text that was hashed: nothing is said of it.",
                    plural(all.without_text, "message")));
  }
  if (all.without_sketch > 0) {
    finding.limitations.push_back(fmt::format(
        "{} too short for near copies ({} phrases of {} words are wanted); whole copies count.",
        plural(all.without_sketch, "message"), kFewestPhrases, kPhraseWords));
  }
  if (const auto left = left_out_of(context, {RecordKind::message})) {
    finding.limitations.push_back(
        fmt::format("{} lie beyond the limit of what one question holds and were not compared.",
                    plural(static_cast<double>(left), "message")));
  }
  finding.limitations.emplace_back(
      "Texts are compared, not attachments and not headers; quoted lines and signatures do not "
      "count for near copies. A Message-ID is the sender's to write. That two messages are copies "
      "says nothing of who copied, or which came first.");
}

Finding measure(const MethodContext& context, const Messages& all) {
  Finding finding = make_other_finding(message_copies_method(), context, "");
  finding.dedup_rule = "raw rows";
  const auto messages = static_cast<double>(all.rows.size());
  finding.denominator = fmt::format("of {} of the question", plural(messages, "message"));
  finding.selection = seal_others(context, all.rows, "messages at rest");
  if (all.rows.empty()) {
    finding.outcome = Outcome::not_applicable;
    finding.statement =
        "No message at rest belongs to this question: a mailbox of one of the parties is needed to "
        "tell copies, mailings and edited texts apart.";
    return finding;
  }
  finding.parameters["near_copy"] = fmt::format("Jaccard index from {:g} on", kNearCopy);
  finding.parameters["phrase"] = fmt::format("{} words", kPhraseWords);
  add(finding, "messages", messages, "messages");
  add(finding, "without_message_id", all.without_id, "messages");
  count_ids(context, all, finding);
  count_texts(context, all, finding);
  count_near(context, all, finding);
  say(context, all, finding);
  const bool is_found =
      finding.value_or("stored_again", 0) + finding.value_or("copies_without_id", 0) +
          finding.value_or("message_ids_with_several_texts", 0) +
          finding.value_or("texts_of_several_ids", 0) + finding.value_or("near_copy_pairs", 0) >
      0;
  finding.outcome = is_found              ? Outcome::found
                    : all.rows.size() < 2 ? Outcome::not_enough
                                          : Outcome::nothing_found;
  return finding;
}

class MessageCopies : public Method {
 public:
  std::string_view name() const override { return "message_copies"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "messages that are copies of one another, wholly or nearly; one Message-ID, two texts";
  }
  // Messages at rest are of no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    return {measure(context, messages_of(context))};
  }
};

}  // namespace

const Method& message_copies_method() {
  static const MessageCopies kMethod;
  return kMethod;
}

}  // namespace assay::methods
