// One message in one file: .eml, and each file of a Maildir. The format and its codes:
// docs/formats/eml.md.
#include <fmt/format.h>

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

struct KnownFields {
  int strong = 0, weak = 0, lines = 0;
  std::string names;  // of the first of them
};

template <std::size_t n>
bool is_one_of(std::string_view name, const std::array<std::string_view, n>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return is_same_word(name, word); });
}

// Counts each known field once; nothing when some line of the header is none.
KnownFields known_fields(std::string_view head) {
  KnownFields known;
  std::string seen = " ";
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
      const bool is_strong = is_one_of(name, kStrong), is_weak = is_one_of(name, kWeak);
      if ((is_strong || is_weak) && seen.find(" " + name + " ") == seen.npos) {
        seen += name + " ";
        ++(is_strong ? known.strong : known.weak);
        if (known.strong + known.weak <= 4) {
          known.names += (known.names.empty() ? "" : ", ") + std::string(line.substr(0, length));
        }
      }
    }
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
    const int count = known.strong + known.weak;
    if (count < 2 || (known.strong == 0 && known.weak < 3)) return {};
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
