// message_threads: which message answers which, how soon, across which parties, and which messages
// of a thread are not there.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "methods/registry.h"
#include "methods/support/direct_ends.h"
#include "methods/support/mail_threads.h"
#include "methods/support/measure.h"
#include "methods/support/other_findings.h"

namespace assay::methods {
namespace {

constexpr std::size_t kListed = 40;

struct Reply {
  std::uint32_t node = 0;
  bool is_cross = false;  // of one party of the question to the other
  std::optional<double> seconds;
};

struct Thread {
  std::set<std::uint32_t> messages, missing;  // nodes
  std::set<int> authors;                      // parties of the question
  double cross_replies = 0;
};

struct Survey {
  double replies = 0, automatic = 0, cross = 0, to_missing = 0, missing_with_transfer = 0;
  double only_elsewhere = 0, before = 0, by_others_word = 0, two_minded = 0, subject_alone = 0;
  double longest = 0;
  std::vector<Reply> known;  // whose parent is at rest as well
  std::map<std::uint32_t, Thread> threads;
};

class Surveyor {
 public:
  Surveyor(const MethodContext& context, const MailThreads& threads)
      : context_(context), rows_(context.others->rows), nodes_(threads.nodes), threads_(threads) {
    for (const int party : question_parties(context)) parties_.insert(party);
  }

  Survey look() {
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) take(i);
    for (const Reply& each : survey_.known) {
      if (!each.is_cross) continue;
      double turns = 2;
      for (std::uint32_t at = nodes_[each.node].parent; is_cross_.contains(at);
           at = nodes_[at].parent) {
        turns += 1;
      }
      survey_.longest = std::max(survey_.longest, turns);
    }
    return std::move(survey_);
  }

 private:
  void take(std::uint32_t index) {
    const ThreadNode& node = nodes_[index];
    Thread& thread = survey_.threads[threads_.root_of(index)];
    (node.rows.empty() ? thread.missing : thread.messages).insert(index);
    if (node.rows.empty()) return;
    survey_.two_minded += node.names_several;
    const int author = author_of(node);
    if (!node.is_automatic && author >= 0) thread.authors.insert(author);
    if (node.parent == kNoNode) {
      survey_.subject_alone += says_reply(rows_[node.rows.front()]);
      return;
    }
    if (!node.is_own_word) {
      survey_.by_others_word += 1;
      return;
    }
    survey_.replies += 1;
    survey_.automatic += node.is_automatic;
    const ThreadNode& parent = nodes_[node.parent];
    if (parent.rows.empty()) {
      survey_.to_missing += 1;
      survey_.missing_with_transfer += parent.is_transferred;
      return;
    }
    take_known(index, thread);
  }

  void take_known(std::uint32_t index, Thread& thread) {
    const ThreadNode& node = nodes_[index];
    const ThreadNode& parent = nodes_[node.parent];
    Reply reply{index, is_cross(node, parent), {}};
    survey_.only_elsewhere += !is_beside(node, parent);
    const OtherRow& later = rows_[node.rows.front()];
    const OtherRow& earlier = rows_[parent.rows.front()];
    if (has_own_date(later) && has_own_date(earlier)) {
      const double seconds =
          static_cast<double>(later.row.time_us - earlier.row.time_us) / kMicrosPerSecond;
      survey_.before += seconds < 0;
      if (seconds >= 0 && !node.is_automatic) reply.seconds = seconds;
    }
    if (reply.is_cross) {
      survey_.cross += 1;
      thread.cross_replies += 1;
      is_cross_.insert(index);
    }
    survey_.known.push_back(reply);
  }

  // The party of the question that From names; -1: none, several or another.
  int author_of(const ThreadNode& node) const {
    const DirectEnds ends = ends_of_first(node);
    if (ends.from.size() != 1 || !parties_.contains(ends.from.front().party)) return -1;
    return ends.from.front().party;
  }

  // By another party than the message that it answers, which was addressed to that party.
  bool is_cross(const ThreadNode& node, const ThreadNode& parent) const {
    if (node.is_automatic || parent.is_automatic) return false;
    const int replier = author_of(node), asker = author_of(parent);
    if (replier < 0 || asker < 0 || replier == asker) return false;
    const DirectEnds ends = ends_of_first(parent);
    return std::any_of(ends.to.begin(), ends.to.end(),
                       [&](const DirectEnds::End& end) { return end.party == replier; });
  }

  DirectEnds ends_of_first(const ThreadNode& node) const {
    const OtherRow& row = rows_[node.rows.front()];
    return ends_of(row, evidence_numbered(context_, row.evidence), *context_.case_file);
  }

  // One evidence holds both.
  bool is_beside(const ThreadNode& a, const ThreadNode& b) const {
    return std::any_of(a.rows.begin(), a.rows.end(), [&](std::uint32_t one) {
      return std::any_of(b.rows.begin(), b.rows.end(), [&](std::uint32_t other) {
        return rows_[one].evidence == rows_[other].evidence;
      });
    });
  }

  static bool has_own_date(const OtherRow& row) {
    static const FieldId kSource = field_id("time_source");
    return row.is_dated() && row.field(kSource).empty();
  }

  static bool says_reply(const OtherRow& row) {
    static const FieldId kSubject = field_id("subject");
    const std::string_view text = row.field(kSubject).substr(0, 3);
    return text.size() == 3 && (text[0] | 0x20) == 'r' && (text[1] | 0x20) == 'e' && text[2] == ':';
  }

  const MethodContext& context_;
  const std::vector<OtherRow>& rows_;
  const std::vector<ThreadNode>& nodes_;
  const MailThreads& threads_;
  std::set<int> parties_;
  std::set<std::uint32_t> is_cross_;
  Survey survey_;
};

std::string place_of(const MethodContext& context, std::uint32_t index) {
  const OtherRow& row = context.others->rows[index];
  const Evidence* evidence = evidence_numbered(context, row.evidence);
  return fmt::format("{}:{}", evidence ? evidence->id : std::to_string(row.evidence),
                     row.row.offset);
}

void add_delays(const Survey& survey, Finding& finding) {
  std::vector<double> all, cross;
  for (const Reply& each : survey.known) {
    if (!each.seconds) continue;
    all.push_back(*each.seconds);
    if (each.is_cross) cross.push_back(*each.seconds);
  }
  for (auto* delays : {&all, &cross}) {
    if (delays->empty()) continue;
    std::sort(delays->begin(), delays->end());
    const std::string name = delays == &all ? "reply_delay" : "cross_reply_delay";
    add(finding, name + "_seconds_median", quantile_of_sorted(*delays, 0.5), "s");
    add(finding, name + "_seconds_least", delays->front(), "s");
    add(finding, name + "_seconds_most", delays->back(), "s");
  }
}

void add_threads(const MailThreads& threads, const Survey& survey, Finding& finding) {
  double many = 0, both = 0, gaps = 0;
  Table table{"threads", {"messages", "missing", "cross_replies"}, {}, {}};
  std::vector<const Thread*> order;
  for (const auto& [root, thread] : survey.threads) {
    if (thread.messages.size() + thread.missing.size() < 2 || thread.messages.empty()) continue;
    many += thread.messages.size() > 1;
    both += thread.authors.size() > 1;
    gaps += !thread.missing.empty();
    order.push_back(&thread);
  }
  std::stable_sort(order.begin(), order.end(), [](const Thread* a, const Thread* b) {
    return std::pair(a->cross_replies, a->messages.size()) >
           std::pair(b->cross_replies, b->messages.size());
  });
  for (const Thread* each : order) {
    if (table.rows.size() == kListed) break;
    table.row_labels.push_back(quoted(threads.nodes[*each->messages.begin()].id));
    table.rows.push_back({static_cast<double>(each->messages.size()),
                          static_cast<double>(each->missing.size()), each->cross_replies});
  }
  add(finding, "threads", many, "threads");
  add(finding, "threads_of_both_parties", both, "threads");
  add(finding, "threads_with_a_missing_message", gaps, "threads");
  finding.tables.push_back(std::move(table));
}

void add_replies(const MethodContext& context, const MailThreads& threads, const Survey& survey,
                 Finding& finding) {
  Table table{"replies_between_parties", {"seconds"}, {}, {}};
  for (const Reply& each : survey.known) {
    if (!each.is_cross || table.rows.size() == kListed) continue;
    const ThreadNode& node = threads.nodes[each.node];
    table.row_labels.push_back(
        fmt::format("{} answers {}", place_of(context, node.rows.front()),
                    place_of(context, threads.nodes[node.parent].rows.front())));
    table.rows.push_back({each.seconds.value_or(-1)});
  }
  if (!table.rows.empty()) finding.tables.push_back(std::move(table));
}

void say_limits(const MethodContext& context, const MailThreads& threads, const Survey& survey,
                Finding& finding) {
  finding.limitations.emplace_back(
      "Message-ID, References, In-Reply-To, From and Date are the author's to write. That both "
      "wrote is shown by two mailboxes which nobody could edit alone, by a signature "
      "(mail_authentication) or by the servers' logs.");
  if (survey.to_missing > 0) {
    finding.limitations.emplace_back(
        "A message that is named and not there may have been deleted, may lie outside the window "
        "or in a mailbox that the case does not hold, or may be between others: only messages that "
        "touch a party are read for a question.");
  }
  if (survey.subject_alone > 0) {
    finding.limitations.push_back(
        fmt::format("{} with \"Re:\" and no id of what it answers: a subject alone joins nothing.",
                    plural(survey.subject_alone, "message")));
  }
  const auto left = left_out_of(context, {RecordKind::message});
  if (left > 0 || threads.is_cut) {
    finding.limitations.push_back(fmt::format(
        "{} of messages lie beyond a limit: replies and messages of threads are missing by it.",
        left > 0 ? plural(static_cast<double>(left), "record") : std::string("Some links")));
  }
}

void say(const MailThreads& threads, const Survey& survey, Finding& finding) {
  const Quantity* median = finding.quantity("cross_reply_delay_seconds_median");
  finding.statement = fmt::format(
      "Of {}, {} another by its Message-ID; {} of one party to a message of the other that was "
      "addressed to it, in {}{}; the longest exchange has {}. {} a message that is not there{}; "
      "{} to a message that lies in another evidence only.",
      plural(threads.messages, "message"),
      survey.replies == 1 ? "1 names" : count_text(survey.replies) + " name",
      plural(survey.cross, "answer"),
      plural(finding.value_or("threads_of_both_parties", 0), "thread of both"),
      median == nullptr ? ""
                        : fmt::format(", half of them within {}", duration_text(median->value)),
      plural(survey.longest, "turn"),
      survey.to_missing == 1 ? "1 answers" : count_text(survey.to_missing) + " answer",
      survey.missing_with_transfer == 0 ? ""
                                        : fmt::format(" ({} of which a log tells a transfer)",
                                                      count_text(survey.missing_with_transfer)),
      plural(survey.only_elsewhere, "answer"));
}

Finding measure(const MethodContext& context) {
  Finding finding = make_other_finding(message_threads_method(), context, "");
  finding.dedup_rule = "a Message-ID is one message, however often it is stored";
  const MailThreads threads = threads_of(context);
  OtherIndices rows;
  for (const ThreadNode& node : threads.nodes) {
    rows.insert(rows.end(), node.rows.begin(), node.rows.end());
  }
  std::sort(rows.begin(), rows.end());
  finding.denominator = fmt::format("of {} of the question", plural(threads.messages, "message"));
  finding.selection = seal_others(context, rows, "messages at rest");
  if (threads.messages == 0) {
    finding.outcome = Outcome::not_applicable;
    finding.statement =
        "No message at rest belongs to this question: a mailbox of one of the parties is needed to "
        "tell what answers what.";
    return finding;
  }
  const Survey survey = Surveyor(context, threads).look();
  add(finding, "messages", threads.messages, "messages");
  add(finding, "without_message_id", threads.without_id, "messages");
  add(finding, "replies", survey.replies, "messages");
  add(finding, "automatic_replies", survey.automatic, "messages");
  add(finding, "cross_replies", survey.cross, "messages");
  add(finding, "longest_exchange", survey.longest, "messages");
  add(finding, "replies_to_missing", survey.to_missing, "messages");
  add(finding, "missing_with_a_transfer", survey.missing_with_transfer, "messages");
  add(finding, "parent_only_elsewhere", survey.only_elsewhere, "messages");
  add(finding, "dated_before_what_it_answers", survey.before, "messages");
  add(finding, "linked_by_others_alone", survey.by_others_word, "messages");
  add(finding, "names_several_parents", survey.two_minded, "messages");
  add(finding, "reply_by_subject_alone", survey.subject_alone, "messages");
  add(finding, "loops", threads.loops, "links");
  add_threads(threads, survey, finding);
  add_delays(survey, finding);
  add_replies(context, threads, survey, finding);
  say(threads, survey, finding);
  say_limits(context, threads, survey, finding);
  finding.outcome = survey.cross > 0       ? Outcome::found
                    : threads.messages < 2 ? Outcome::not_enough
                                           : Outcome::nothing_found;
  return finding;
}

class MessageThreads : public Method {
 public:
  std::string_view name() const override { return "message_threads"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "which message answers which, how soon and across which parties, and what is missing";
  }
  // Messages at rest are of no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    return {measure(context)};
  }
};

}  // namespace

const Method& message_threads_method() {
  static const MessageThreads kMethod;
  return kMethod;
}

}  // namespace assay::methods
