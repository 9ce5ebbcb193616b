#include "methods/support/bulk_signs.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "methods/support/mail_words.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::size_t kListed = 40;

struct Words {
  FieldId id = field_id("message_id"), text = field_id("text_sha256"), raw = field_id("raw"),
          from = field_id("header_from"), list = field_id("list_id"),
          unsubscribe = field_id("list_unsubscribe"), feedback = field_id("feedback_id");
  std::array<FieldId, 4> to{field_id("header_to"), field_id("header_cc"), field_id("header_bcc"),
                            field_id("delivered_to")};
};

// clerk@bank.example of "Clerk <Clerk@bank.example>".
std::string mailbox_of(std::string_view text) {
  if (const auto open = text.rfind('<'); open != text.npos) {
    text = text.substr(open + 1, text.find('>', open) - open - 1);
  }
  return lower_text(text);
}

// "bulk" of "Precedence: bulk", in lower case; "" when the field is another.
std::string value_of(std::string_view field, std::string_view name) {
  const auto colon = field.find(':');
  if (colon == field.npos || lower_text(field.substr(0, colon)) != name) return "";
  std::string_view value = field.substr(colon + 1);
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
  return lower_text(value);
}

struct OfText {
  std::set<std::string_view> ids;
  std::set<std::string> recipients;
};
struct OfSender {
  std::map<std::string_view, OfText> texts;
  std::set<std::string> recipients;
};

void take_fields(const OtherRow& row, const Words& words, BulkSigns& signs) {
  bool is_list = false, is_unsubscribe = false, is_https = false, is_post = false, is_many = false,
       is_feedback = false;
  for (const auto& [field, text] : row.fields) {
    is_list |= field == words.list;
    is_feedback |= field == words.feedback;
    if (field == words.unsubscribe) {
      is_unsubscribe = true;
      is_https |= lower_text(text).find("<https:") != std::string::npos;
    }
    if (field != words.raw) continue;
    const std::string precedence = value_of(text, "precedence");
    is_many |= precedence == "bulk" || precedence == "junk" || precedence == "list";
    is_post |= value_of(text, "list-unsubscribe-post") == "list-unsubscribe=one-click";
  }
  signs.list_id += is_list;
  signs.list_unsubscribe += is_unsubscribe;
  signs.one_click += is_https && is_post;
  signs.precedence += is_many;
  signs.feedback_id += is_feedback;
  signs.with_any += is_list || is_unsubscribe || is_post || is_many || is_feedback;
}

using NamedSigns = std::pair<std::string, BulkSigns>;

Table table_of(std::vector<NamedSigns> order) {
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.with_any, a.second.most_of_a_text) >
           std::pair(b.second.with_any, b.second.most_of_a_text);
  });
  Table table{"bulk_senders",
              {"messages", "list_id", "list_unsubscribe", "one_click", "precedence", "feedback_id",
               "recipients", "most_of_a_text", "recipients_of_that_text"},
              {},
              {}};
  for (const auto& [sender, s] : order) {
    if (table.rows.size() == kListed) break;
    table.row_labels.push_back(quoted(sender));
    table.rows.push_back({s.messages, s.list_id, s.list_unsubscribe, s.one_click, s.precedence,
                          s.feedback_id, static_cast<double>(s.recipients),
                          static_cast<double>(s.most_of_a_text),
                          static_cast<double>(s.most_recipients_of_a_text)});
  }
  return table;
}

// Of each party of the question, what its senders' messages bear. By the domain in From, which the
// sender writes.
Table table_of_parties(const MethodContext& context, const BulkSenders& senders) {
  Table table{"bulk_of_parties", {"messages", "with_a_sign"}, {}, {}};
  for (const int party : question_parties(context)) {
    const Party& holder = context.case_file->parties[static_cast<std::size_t>(party)];
    double messages = 0, signs = 0;
    for (const auto& [sender, each] : senders.by_sender) {
      const std::string domain = mail_domain(sender);
      if (domain.empty() || !holder.holds_name(domain)) continue;
      const bool is_by_text = each.with_any == 0 && each.is_bulk();
      messages += each.messages;
      signs += is_by_text ? static_cast<double>(each.most_of_a_text) : each.with_any;
    }
    if (messages == 0) continue;
    table.row_labels.push_back(holder.name);
    table.rows.push_back({messages, signs});
  }
  return table;
}

}  // namespace

BulkSenders bulk_senders(const MethodContext& context) {
  static const Words kWords;
  BulkSenders senders;
  if (context.others == nullptr) return senders;
  std::map<std::string, OfSender> of;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  const auto& rows = context.others->rows;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const OtherRow& row = rows[i];
    if (row.row.kind != RecordKind::message) continue;
    const std::string sender = mailbox_of(row.field(kWords.from));
    if (sender.empty()) {
      senders.without_sender += 1;
      continue;
    }
    senders.rows.push_back(i);
    if (senders.by_sender.size() == kMostBulkSenders && !senders.by_sender.contains(sender)) {
      senders.is_cut = true;
      continue;
    }
    BulkSigns& signs = senders.by_sender[sender];
    OfSender& own = of[sender];
    const std::string_view id = row.field(kWords.id), text = row.field(kWords.text);
    OfText& of_text = own.texts[text];
    for (const auto& [field, value] : row.fields) {
      if (std::find(kWords.to.begin(), kWords.to.end(), field) == kWords.to.end()) continue;
      const std::string recipient = mailbox_of(value);
      own.recipients.insert(recipient);
      if (!text.empty()) of_text.recipients.insert(recipient);
    }
    if (!id.empty() && !seen.emplace(id, text).second) continue;
    signs.messages += 1;
    if (!id.empty() && !text.empty()) of_text.ids.insert(id);
    take_fields(row, kWords, signs);
  }
  for (auto& [sender, signs] : senders.by_sender) {
    const OfSender& own = of[sender];
    signs.recipients = own.recipients.size();
    for (const auto& [text, of_text] : own.texts) {
      if (of_text.ids.size() <= signs.most_of_a_text) continue;
      signs.most_of_a_text = of_text.ids.size();
      signs.most_recipients_of_a_text = of_text.recipients.size();
    }
  }
  return senders;
}

Finding bulk_finding(const Method& method, const MethodContext& context,
                     const BulkSenders& senders) {
  Finding finding = make_other_finding(method, context, "", "messages");
  finding.dedup_rule = "a message with its Message-ID and text once, however often it is stored";
  finding.selection = seal_others(context, senders.rows, "messages at rest with a From");
  finding.parameters["one_text_to_many"] =
      fmt::format("{} Message-IDs and mailboxes", kFewestOfOneText);
  BulkSigns all;
  double bulk = 0, of_text = 0;
  std::vector<NamedSigns> order;
  for (const auto& [sender, signs] : senders.by_sender) {
    all.messages += signs.messages;
    all.list_id += signs.list_id;
    all.list_unsubscribe += signs.list_unsubscribe;
    all.one_click += signs.one_click;
    all.precedence += signs.precedence;
    all.feedback_id += signs.feedback_id;
    all.with_any += signs.with_any;
    if (!signs.is_bulk()) continue;
    bulk += 1;
    of_text += signs.with_any == 0;
    order.emplace_back(sender, signs);
  }
  finding.tables.push_back(table_of(std::move(order)));
  finding.tables.push_back(table_of_parties(context, senders));
  finding.denominator =
      fmt::format("of {} by {}", plural(all.messages, "message"),
                  plural(static_cast<double>(senders.by_sender.size()), "sender"));
  add(finding, "messages", all.messages, "messages");
  add(finding, "senders", static_cast<double>(senders.by_sender.size()), "senders");
  add(finding, "bulk_senders", bulk, "senders");
  add(finding, "bulk_senders_by_text_alone", of_text, "senders");
  add(finding, "messages_with_a_sign", all.with_any, "messages");
  add(finding, "list_id", all.list_id, "messages");
  add(finding, "list_unsubscribe", all.list_unsubscribe, "messages");
  add(finding, "one_click", all.one_click, "messages");
  add(finding, "precedence", all.precedence, "messages");
  add(finding, "feedback_id", all.feedback_id, "messages");
  finding.statement = fmt::format(
      "Of {} by {}, {} a sign that it went to many (a list's name, a way to unsubscribe, "
      "Precedence, Feedback-ID); {} such mail, {} of them by one text to {} mailboxes or more "
      "alone.",
      plural(all.messages, "message"),
      plural(static_cast<double>(senders.by_sender.size()), "sender"),
      all.with_any == 1 ? "1 bears" : count_text(all.with_any) + " bear",
      bulk == 1 ? "1 sender sent" : count_text(bulk) + " senders sent", count_text(of_text),
      kFewestOfOneText);
  finding.outcome = bulk > 0            ? Outcome::found
                    : all.messages == 0 ? Outcome::not_enough
                                        : Outcome::nothing_found;
  finding.limitations.emplace_back(
      "These fields are the sender's to write or to leave out, and a discussion list has them as a "
      "mailing does: somebody may have written by hand to it.");
  finding.limitations.emplace_back(
      "A mailbox holds what came to it: to how many others a mailing went, only the sender's log "
      "or "
      "many mailboxes tell.");
  if (senders.is_cut) {
    finding.limitations.push_back(fmt::format("Senders beyond the first {} were not counted.",
                                              count_text(static_cast<double>(kMostBulkSenders))));
  }
  return finding;
}

}  // namespace assay::methods
