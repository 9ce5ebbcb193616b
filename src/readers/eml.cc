// One message in one file: .eml, and each file of a Maildir. The format and its codes:
// docs/formats/eml.md.
#include <fmt/core.h>

#include <array>

#include "readers/mail/mail_read.h"
#include "readers/mail/mail_text.h"
#include "readers/readers.h"

namespace assay {

namespace {

// Fields that hardly anything but a message has, and those that other headers have, too.
constexpr std::array<std::string_view, 9> kStrong = {
    "received",    "message-id",     "return-path", "delivered-to",          "mime-version",
    "in-reply-to", "dkim-signature", "x-mailer",    "authentication-results"};
constexpr std::array<std::string_view, 7> kWeak = {"from", "to",     "subject",     "date",
                                                   "cc",   "sender", "content-type"};

// Those of them that the answers of web servers have, too; and fields that only those have.
constexpr std::array<std::string_view, 2> kShared = {"mime-version", "x-mailer"};
constexpr std::array<std::string_view, 12> kOfWeb = {
    "server",     "host",   "etag",          "cache-control",     "connection",
    "set-cookie", "accept", "accept-ranges", "transfer-encoding", "last-modified",
    "location",   "vary"};

struct KnownFields {
  int strong = 0, weak = 0, lines = 0;
  int shared = 0;           // of the strong ones
  bool is_of_web = false;   // some field is
  bool has_sender = false;  // "From:" with an address in it
  bool has_recipient = false, has_matter = false;
  std::string names;  // of the first of them
};

template <std::size_t n>
bool is_one_of(std::string_view name, const std::array<std::string_view, n>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return is_same_word(name, word); });
}

// True when somebody sent it: "From:" of a web robot and "To: all" of a memorandum are no message.
bool is_message(const KnownFields& known) {
  const bool has_two = known.strong + known.weak > 1;
  if (known.strong > known.shared) return has_two;
  if (known.is_of_web) return false;
  if (known.shared > 0) return has_two;
  return known.has_sender && known.has_recipient && known.has_matter;
}

void note_name(std::string_view name, KnownFields& known) {
  known.is_of_web |= is_one_of(name, kOfWeb);
  known.has_recipient |= name == "to" || name == "cc";
  known.has_matter |= name == "subject" || name == "date" || name == "content-type";
}

// Counts each known field once; nothing when some line of the header is none.
KnownFields known_fields(std::string_view head) {
  KnownFields known;
  std::string seen = " ";
  bool is_in_from = false;
  while (!head.empty()) {
    const std::size_t end = head.find('\n');
    const std::string_view line = head.substr(0, end);
    if (trimmed(line).empty()) break;
    const bool is_fold = line.front() == ' ' || line.front() == '\t';
    const std::size_t length = is_fold ? 0 : field_name_length(line);
    if (length == 0 && (!is_fold || known.lines == 0)) {
      if (end == head.npos) break;  // cut by the end of the head
      if (known.strong > 1 && known.strong + known.weak > 3) break;
      return {};
    }
    if (length > 0) {
      ++known.lines;
      const std::string name = lower_text(line.substr(0, length));
      is_in_from = name == "from";
      note_name(name, known);
      const bool is_strong = is_one_of(name, kStrong), is_weak = is_one_of(name, kWeak);
      if ((is_strong || is_weak) && seen.find(" " + name + " ") == seen.npos) {
        seen += name + " ";
        ++(is_strong ? known.strong : known.weak);
        known.shared += is_one_of(name, kShared);
        if (known.strong + known.weak <= 4) {
          known.names += (known.names.empty() ? "" : ", ") + std::string(line.substr(0, length));
        }
      }
    }
    known.has_sender |= is_in_from && line.find('@') < line.size();
    if (end == head.npos) break;
    head.remove_prefix(end + 1);
  }
  return known;
}

class Eml final : public Reader {
 public:
  std::string_view name() const override { return "eml"; }
  std::string_view summary() const override { return "one message: .eml, or a file of a Maildir"; }
  std::string_view record_kind() const override { return "message"; }
  std::string_view unit() const override { return "message"; }

  SniffScore sniff(std::string_view head) const override {
    if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
    const KnownFields known = known_fields(head);
    if (!is_message(known)) return {};
    return {std::min(60 + 5 * known.weak + 8 * known.strong, 93),
            fmt::format("header fields of a message: {}", known.names)};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto zone = Zone::find(context.clock.zone);
    if (!zone.ok()) return zone.error();
    MailBytes bytes(source, sink);
    MailRead message(context, *zone, sink);
    for (MailLine line; bytes.next(line);) take(line, bytes, context.name, message);
    ASSAY_TRY(bytes.status());
    const bool is_damaged = !bytes.damage().empty();
    if (message.is_begun()) message.end(bytes.offset(), is_damaged);
    if (is_damaged) {
      sink.unit();
      sink.reject("input.damaged", bytes.offset(), 0, "",
                  "the input is cut or corrupt from here on: " + bytes.damage());
    }
    return flushed(sink);
  }

 private:
  // Empty lines, a byte order mark and a mailbox's 'From ' line may stand before the header.
  static void take(MailLine line, const MailBytes& bytes, std::string_view name,
                   MailRead& message) {
    if (!message.is_begun()) {
      if (line.offset == 0 && line.text.starts_with("\xef\xbb\xbf")) {
        line.text.remove_prefix(3);
        line.offset += 3;
      }
      if (line.is_empty()) return;
      const bool is_from_line = judge_from_line(line.text) >= FromLine::dated;
      message.begin(line.offset,
                    is_from_line ? setting_of_from_line(line.text) : setting_of_maildir(name));
      if (is_from_line) return;
    }
    message.take(line, bytes.ahead());
  }
};

}  // namespace

const Reader& eml_reader() {
  static const Eml reader;
  return reader;
}

}  // namespace assay
