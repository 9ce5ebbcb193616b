// Review of mailboxes: which of the messages newly found were known, and what stands out in them.
//
// Classes, rules and thresholds: docs/mail-review.md. Every class names the message that it rests
// on; a marking is a place for somebody to look at, and decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/instant.h"
#include "assay/result.h"

namespace assay {

struct Surroundings;  // engine.h

// What a new message is beside the known ones; the first that holds, in this order.
enum class ReviewClass {
  known,              // the same message
  id_reused,          // a known Message-ID, and other content: to be laid side by side
  same_text,          // the text and attachments of a known message, sent as another one
  other_attachments,  // the text of a known message, with other attachments
  near_copy,          // most phrases of a known text
  part_copy,          // its own text lies within a known message: a quoted or a cut one
  repeated,           // the same message as an earlier new one
  undecided,          // nothing of it can be compared: no Message-ID, no content
  fresh,              // none of these
};
inline constexpr std::size_t kReviewClasses = static_cast<std::size_t>(ReviewClass::fresh) + 1;
std::string_view to_string(ReviewClass review_class);  // "known", ..., "new" for fresh
std::optional<ReviewClass> parse_review_class(std::string_view word);

struct MailReviewRequest {
  // Sets of evidence in words: "message-1,message-4..message-9", "file-2" (all that came out of
  // it), "all", "rest", "from:WHO", "name:TEXT", "note:TEXT", "added-before:DATE". An empty `known`
  // knows nothing.
  std::string known, fresh;
  std::string markings_path;  // "" = the list that is part of the program
  bool scan_markings = true;
  // What is listed, all of them together; counts are of the whole new set.
  std::vector<ReviewClass> classes;
  std::vector<std::string> words;    // each in subject, addresses, names of files or text
  std::vector<std::string> parties;  // of case.toml, or addresses, or domains
  std::optional<Interval> window;    // of the message's date
  bool only_marked = false;
  std::string output;        // a folder to be made; "" = none
  std::size_t listed = 200;  // messages in MailReview::messages; the files have all
};

// A place where a marking of the list stands.
struct MarkingPlace {
  std::string marking, kind;  // as the list has them
  std::string where;          // "subject", "text", "header X-Name", "attachment"
  std::string position;       // "line" (alone in its line), "portion", "within"
  std::string excerpt;        // what stands around the first of them
  std::uint64_t count = 1;
};

struct ReviewedMessage {
  std::string locus;  // "message-3:118204"
  ReviewClass review_class = ReviewClass::fresh;
  std::string rule;                 // what decided, in words
  std::string twin;                 // locus of the message that it rests on; "" = none
  std::optional<double> jaccard;    // of their phrases
  bool is_jaccard_exact = false;    // counted in both texts; else told by sketches
  std::optional<double> contained;  // share of its own phrases within the twin
  std::string holds;                // locus of a known message whose text lies within this one
  std::string group;                // the same for all that are one text or nearly one
  std::string thread;               // "known" or "new", or "fills" when known messages named its id
  std::string sha256, message_id, date, from, to, subject;
  std::uint64_t length = 0;
  std::vector<MarkingPlace> markings;
  std::vector<std::string> remarks;  // "encrypted", "no text was read", "attachments differ", ...
};

struct ReviewSet {
  std::vector<std::string> evidences;  // ids
  std::uint64_t messages = 0;
  std::uint64_t unreadable = 0;  // units of theirs that became no message
};

struct MarkingCount {
  std::string marking, kind;
  std::uint64_t messages = 0;
};

struct ReviewThreads {
  std::uint64_t threads = 0;  // of two messages and more
  std::uint64_t joined = 0;   // of them with known messages and with messages that were not known
  std::uint64_t filled = 0;   // ids that known messages named and a message not known bears
  std::uint64_t still_gone = 0;  // ids that a message names and none bears
};

struct MailReview {
  ReviewSet known, fresh;
  std::uint64_t counts[kReviewClasses] = {};
  std::uint64_t selected = 0;       // that what is asked to be listed fits
  std::uint64_t holding_known = 0;  // new ones that hold a known text
  std::uint64_t marked = 0;         // messages with a marking
  std::vector<MarkingCount> markings;
  std::string markings_sha256;  // of the list
  ReviewThreads threads;
  std::vector<ReviewedMessage> messages;  // by class, then date
  std::vector<std::string> limitations;
  std::vector<std::string> files;  // that were written
  std::string case_hash;
};

// Opens the case and reads its bytes; writes nothing but request.output. Errors: usage (a set that
// names nothing, two sets that overlap, a list that cannot be read), check_failed (evidence that is
// no longer what was sealed), io, interrupted.
Result<MailReview> review_mail(const std::string& directory, const Surroundings& surroundings,
                               const MailReviewRequest& request);

}  // namespace assay
