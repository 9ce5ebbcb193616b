// assay mail review
#include <fmt/format.h>

#include "assay/mail.h"
#include "command.h"
#include "outcomes.h"
#include "text.h"

namespace assay::cli {
namespace {

struct MailOptions {
  std::string action, directory, from, to;
  MailReviewRequest request;
  std::vector<std::string> classes;
  bool no_markings = false;
};

Result<std::vector<ReviewClass>> classes_of(const std::vector<std::string>& words) {
  std::vector<ReviewClass> classes;
  for (const std::string& word : words) {
    const auto found = parse_review_class(word);
    if (!found) {
      std::vector<std::string> known;
      for (std::size_t i = 0; i < kReviewClasses; ++i) {
        known.emplace_back(to_string(static_cast<ReviewClass>(i)));
      }
      const auto nearest = nearest_word(word, known);
      return Error{ErrorCode::usage, fmt::format("there is no class '{}'", word),
                   nearest ? fmt::format("did you mean '{}'?", *nearest)
                           : fmt::format("the classes are: {}", fmt::join(known, ", "))};
    }
    classes.push_back(*found);
  }
  return classes;
}

// A bare end date means through the end of that day.
Result<std::optional<Interval>> window_of(const std::string& from, const std::string& to) {
  if (from.empty() && to.empty()) return std::optional<Interval>();
  auto window =
      parse_interval((from.empty() ? "0001-01-01" : from) + "/" + (to.empty() ? "9999-12-31" : to));
  if (!window.ok()) return window.error();
  return std::optional<Interval>(*window);
}

Json share(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json message_json(const ReviewedMessage& message) {
  Json markings = Json::array();
  for (const MarkingPlace& place : message.markings) {
    markings.push_back({{"marking", safe(place.marking)},
                        {"kind", safe(place.kind)},
                        {"where", safe(place.where)},
                        {"position", place.position},
                        {"excerpt", safe(place.excerpt)},
                        {"count", place.count}});
  }
  Json remarks = Json::array();
  for (const std::string& each : message.remarks) remarks.push_back(each);
  return {{"message", message.locus},
          {"class", to_string(message.review_class)},
          {"rule", message.rule},
          {"twin", message.twin},
          {"jaccard", share(message.jaccard)},
          {"jaccard_is_exact", message.is_jaccard_exact},
          {"contained", share(message.contained)},
          {"holds", message.holds},
          {"group", message.group},
          {"thread", message.thread},
          {"sha256", message.sha256},
          {"message_id", safe(message.message_id)},
          {"date", message.date},
          {"from", safe(message.from)},
          {"to", safe(message.to)},
          {"subject", safe(message.subject)},
          {"bytes", message.length},
          {"markings", markings},
          {"remarks", remarks}};
}

Json set_json(const ReviewSet& set) {
  return {{"evidence", set.evidences}, {"messages", set.messages}, {"unreadable", set.unreadable}};
}

Json review_json(const MailReview& review) {
  Json counts = Json::object(), markings = Json::array(), messages = Json::array();
  for (std::size_t i = 0; i < kReviewClasses; ++i) {
    counts[std::string(to_string(static_cast<ReviewClass>(i)))] = review.counts[i];
  }
  for (const MarkingCount& each : review.markings) {
    markings.push_back(
        {{"marking", safe(each.marking)}, {"kind", safe(each.kind)}, {"messages", each.messages}});
  }
  for (const ReviewedMessage& each : review.messages) messages.push_back(message_json(each));
  Json document = {{"case_hash", review.case_hash},
                   {"known", set_json(review.known)},
                   {"new", set_json(review.fresh)},
                   {"counts", counts},
                   {"holding_known", review.holding_known},
                   {"marked", review.marked},
                   {"markings", markings},
                   {"markings_sha256", review.markings_sha256}};
  document["threads"] = {{"threads", review.threads.threads},
                         {"joined", review.threads.joined},
                         {"filled", review.threads.filled},
                         {"still_gone", review.threads.still_gone}};
  document["selected"] = review.selected;
  document["messages"] = messages;
  document["limitations"] = review.limitations;
  document["files"] = review.files;
  return document;
}

constexpr std::string_view kMeanings[] = {
    "the same message is known",
    "a known Message-ID with OTHER content: lay both side by side",
    "text and attachments of a known message, sent as another one",
    "text of a known message, other attachments",
    "most phrases of a known text",
    "its text lies within a known message (quoted, cut)",
    "the same message as an earlier new one",
    "nothing to compare by",
    "none of these"};
static_assert(std::size(kMeanings) == kReviewClasses);

std::string counts_text(const MailReview& review) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < kReviewClasses; ++i) {
    rows.push_back({number(review.counts[i]), std::string(to_string(static_cast<ReviewClass>(i))),
                    std::string(kMeanings[i])});
  }
  return columns(rows);
}

std::string shortened(const std::string& text, std::size_t most) {
  std::string cut = safe(text);
  if (cut.size() <= most) return cut;
  cut.resize(most);
  while (!cut.empty() && (cut.back() & 0xc0) == 0x80) cut.pop_back();
  if (!cut.empty() && (cut.back() & 0x80) != 0) cut.pop_back();
  return cut + "...";
}

std::string evidence_of(const ReviewedMessage& message) {
  if (message.twin.empty()) return message.holds.empty() ? "" : "holds " + message.holds;
  std::string text = message.twin;
  if (message.jaccard) {
    text += fmt::format(" J {:.2f}{}", *message.jaccard, message.is_jaccard_exact ? "" : "~");
  }
  if (message.contained) text += fmt::format(" {:.0f} % within", 100 * *message.contained);
  return text;
}

std::string messages_text(const MailReview& review, std::size_t most) {
  std::vector<std::vector<std::string>> rows = {
      {"MESSAGE", "CLASS", "BESIDE", "DATE", "FROM", "SUBJECT"}};
  std::string places;
  for (const ReviewedMessage& each : review.messages) {
    if (rows.size() > most) break;
    rows.push_back({each.locus, std::string(to_string(each.review_class)), evidence_of(each),
                    each.date, shortened(each.from, 32), shortened(each.subject, 48)});
    for (const MarkingPlace& place : each.markings) {
      places += fmt::format("  {}  {}: {} in {} ({}): {}\n", each.locus, safe(place.kind),
                            safe(place.marking), safe(place.where), place.position,
                            shortened(place.excerpt, 100));
    }
  }
  std::string text = columns(rows);
  if (!places.empty()) text += "\nmarkings of these, for a person to decide about:\n" + places;
  return text;
}

void print_review(Session& session, const MailReview& review) {
  constexpr std::size_t kMostRows = 40;
  session.print(fmt::format("{} known, {} newly found messages ({} and {} units unreadable)\n\n",
                            number(review.known.messages), number(review.fresh.messages),
                            number(review.known.unreadable), number(review.fresh.unreadable)));
  session.print(counts_text(review));
  if (review.holding_known > 0) {
    session.print(fmt::format("\n{} of them hold the text of a known message.\n",
                              number(review.holding_known)));
  }
  if (review.threads.threads > 0) {
    session.print(fmt::format(
        "\n{} threads; {} have both known messages and ones that were not; {} messages that known "
        "ones name were found; {} that some message names are still missing.\n",
        number(review.threads.threads), number(review.threads.joined),
        number(review.threads.filled), number(review.threads.still_gone)));
  }
  if (review.marked > 0) {
    session.print(
        fmt::format("\n{} new messages bear a marking of the list:\n", number(review.marked)));
    std::vector<std::vector<std::string>> rows;
    for (const MarkingCount& each : review.markings) {
      rows.push_back({"  " + number(each.messages), safe(each.kind), safe(each.marking)});
    }
    session.print(columns(rows));
  }
  session.print(fmt::format("\n{} selected{}\n", number(review.selected),
                            review.messages.size() > kMostRows
                                ? fmt::format("; the first {} of them:", kMostRows)
                                : ":"));
  if (!review.messages.empty()) session.print(messages_text(review, kMostRows));
  for (const std::string& each : review.limitations) session.say("note: " + safe(each));
  for (const std::string& each : review.files) session.say("written: " + safe(each));
}

void declare_selection(CLI::App& app, MailOptions& options) {
  MailReviewRequest& request = options.request;
  app.add_option("--class", options.classes, "only these: new, id_reused, part_copy, ...")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--words", request.words,
                 "only messages with all of these, in subject, addresses, files' names, text")
      ->allow_extra_args(false);
  app.add_flag("--marked", request.only_marked, "only messages with a marking");
  app.add_option("--party", request.parties, "only messages from or to one of these")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--from", options.from, "only messages dated from here on: 2016-05-04");
  app.add_option("--to", options.to, "only messages dated until here");
  app.add_option("--list", request.listed, "at most so many messages in --json (200)")
      ->check(CLI::Range(0, 100'000));
}

}  // namespace

Job declare_mail(CLI::App& app) {
  auto options = std::make_shared<MailOptions>();
  MailReviewRequest& request = options->request;
  app.add_option("ACTION", options->action, "review")->required()->check(CLI::IsMember({"review"}));
  case_argument(app, options->directory);
  app.add_option("--known", request.known,
                 "what was known: message-1,message-3..message-5, file-2, rest, from:WHO, "
                 "name:TEXT, note:TEXT, added-before:DATE");
  app.add_option("--new", request.fresh, "what was newly found, in the same words, or all")
      ->required();
  app.add_option("--markings", request.markings_path, "a list of markings instead of the shipped");
  app.add_flag("--no-markings", options->no_markings, "do not look for markings");
  declare_selection(app, *options);
  app.add_option("--out", request.output, "a new folder for review.csv and new.mbox");
  return [options](Session& session) -> Result<int> {
    MailReviewRequest& wanted = options->request;
    auto classes = classes_of(options->classes);
    if (!classes.ok()) return classes.error();
    wanted.classes = std::move(*classes);
    auto window = window_of(options->from, options->to);
    if (!window.ok()) return window.error();
    wanted.window = *window;
    wanted.scan_markings = !options->no_markings;
    auto opened = session.open(options->directory);
    if (!opened.ok()) return opened.error();
    tell_unread(session, *opened);
    const auto review = review_mail(options->directory, session.surroundings(), wanted);
    if (!review.ok()) return review.error();
    if (session.wants_json) {
      session.print_json(review_json(*review));
    } else {
      print_review(session, *review);
    }
    return kDone;
  };
}

}  // namespace assay::cli
