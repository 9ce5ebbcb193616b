// Mailboxes: many messages in one file, each behind a line that begins with "From ". The variants
// and the codes: docs/formats/mbox.md.
#include <fmt/core.h>

#include "readers/mail/mail_read.h"
#include "readers/mail/mail_text.h"
#include "readers/readers.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

constexpr std::uint64_t kMaxContentLength = std::uint64_t{16} << 20;  // that is looked after

class MboxRead {
 public:
  MboxRead(ByteSource& source, const ReadContext& context, Zone zone, RecordSink& sink)
      : bytes_(source, sink), message_(context, std::move(zone), sink), sink_(sink) {}

  Status run() {
    for (MailLine line; bytes_.next(line);) take(line);
    ASSAY_TRY(bytes_.status());
    finish();
    return {};
  }

 private:
  void take(const MailLine& line) {
    if (is_separator(line)) return begin(line);
    if (!message_.is_begun()) {
      if (line.is_empty()) return;
      sink_.note("mbox.no_from_line", line.text);  // the rest of a mailbox that was cut
      message_.begin(line.offset, {});
    }
    is_after_empty_ = line.is_empty();
    if (message_.is_in_body()) return take_body(line);
    message_.take(line, bytes_.ahead());
    if (message_.is_in_body()) check_content_length();
  }

  // An empty line goes to the message only when it goes on behind: the last one is the mailbox's.
  void take_body(const MailLine& line) {
    flush_held();
    if (line.is_empty()) {
      held_ = line.text;
      held_offset_ = line.offset;
      return;
    }
    if (line.starts && line.text.front() == '>') count_quotes(line.text);
    message_.take(line, bytes_.ahead());
  }

  void flush_held() {
    if (held_.empty()) return;
    message_.take({held_, held_offset_}, "");
    held_.clear();
  }

  void count_quotes(std::string_view text) {
    const std::size_t quotes = text.find_first_not_of('>');
    if (quotes == text.npos || !text.substr(quotes).starts_with("From ")) return;
    ++(quotes == 1 ? quoted_once_ : quoted_again_);
  }

  // Bodies have lines that begin with "From ", too. A separator has a date, or an empty line before
  // it, and a header behind it.
  bool is_separator(const MailLine& line) {
    if (!line.starts || !line.ends || !line.text.starts_with("From ")) return false;
    const bool is_first = !message_.is_begun();
    const bool is_apart = is_first || is_after_empty_;
    const std::string_view ahead = bytes_.ahead();
    const bool is_header_next = field_name_length(ahead) > 0 || ahead.starts_with(">From ");
    bool is_one = false;
    switch (judge_from_line(line.text)) {
      case FromLine::none:
        break;
      case FromLine::plain:
        is_one = is_apart && starts_with_known_field(ahead);
        break;
      case FromLine::dated:
        is_one = is_header_next;
        break;
      case FromLine::exact:
        is_one = is_header_next || is_apart;
        break;
    }
    if (is_one && line.offset < trusted_end_) {
      ++from_lines_inside_;
      sink_.note("mbox.from_line_inside", line.text);
      return false;
    }
    if (!is_one && !is_first) ++unquoted_;
    return is_one;
  }

  void begin(const MailLine& line) {
    end_message(line.offset, false);
    ++messages_;
    is_after_empty_ = false;
    message_.begin(line.offset, setting_of_from_line(line.text));
  }

  void end_message(std::uint64_t offset, bool is_cut) {
    if (!message_.is_begun()) return;
    message_.end(held_.empty() ? offset : held_offset_, is_cut);
    held_.clear();
    trusted_end_ = 0;
  }

  // A Content-Length is trusted only when it leads to the next message or to the end.
  void check_content_length() {
    const std::string text = message_.header().first("content-length");
    if (text.empty()) return;
    const auto length = parse_number<std::uint64_t>(text);
    if (length && *length > kMaxContentLength) {
      return sink_.note("mbox.content_length_unchecked", text);
    }
    if (!length || message_.body_offset() != bytes_.offset() || !leads_on(*length)) {
      return sink_.note("mbox.content_length_wrong", text);
    }
    ++lengths_right_;
    trusted_end_ = message_.body_offset() + *length;
  }

  bool leads_on(std::uint64_t length) {
    bytes_.reach(length + kAheadBytes);
    std::string_view rest = bytes_.ahead();
    if (rest.size() < length) return false;
    const bool ends_line = length == 0 || rest[length - 1] == '\n';
    rest.remove_prefix(length);
    const std::size_t text = std::min(rest.find_first_not_of("\r\n"), rest.size());
    if (text > 4 || (text == 0 && !ends_line && !rest.empty())) return false;
    rest.remove_prefix(text);
    return rest.empty() || judge_from_line(rest) >= FromLine::dated;
  }

  void finish() {
    const bool is_damaged = !bytes_.damage().empty();
    end_message(bytes_.offset(), is_damaged);
    if (is_damaged) {
      sink_.unit();
      sink_.reject("input.damaged", bytes_.offset(), 0, "",
                   "the input is cut or corrupt from here on: " + bytes_.damage());
    }
    if (unquoted_ > 0) {
      sink_.note("mbox.from_in_text", "lines that begin with 'From ' and separate nothing",
                 unquoted_);
    }
    if (messages_ > 0) sink_.note("mbox.variant", variant(), messages_);
  }

  std::string variant() const {
    const std::string seen = fmt::format(
        "{} lines '>From ', {} with more '>', {} Content-Length right, {} lines 'From ' within a "
        "message",
        quoted_once_, quoted_again_, lengths_right_, from_lines_inside_ + unquoted_);
    std::string_view name = "mboxo or mboxrd";
    if (quoted_again_ > 0) name = "mboxrd";
    if (lengths_right_ > 0) {
      name = "mboxcl or mboxcl2";
      if (quoted_once_ + quoted_again_ > 0) name = "mboxcl";
      if (from_lines_inside_ + unquoted_ > 0) name = "mboxcl2";
    }
    return fmt::format("{}: {}", name, seen);
  }

  MailBytes bytes_;
  MailRead message_;
  RecordSink& sink_;
  std::string held_;  // an empty line
  std::uint64_t held_offset_ = 0;
  bool is_after_empty_ = true;
  std::uint64_t trusted_end_ = 0;  // 0: no Content-Length to go by
  std::uint64_t messages_ = 0, quoted_once_ = 0, quoted_again_ = 0, lengths_right_ = 0;
  std::uint64_t from_lines_inside_ = 0, unquoted_ = 0;
};

class Mbox final : public Reader {
 public:
  std::string_view name() const override { return "mbox"; }
  std::string_view summary() const override {
    return "mailbox of many messages (mboxo, mboxrd, mboxcl, mboxcl2)";
  }
  std::string_view record_kind() const override { return "message"; }
  std::string_view unit() const override { return "message"; }

  SniffScore sniff(std::string_view head) const override {
    if (!head.starts_with("From ")) return {};
    const std::size_t end = head.find('\n');
    if (end == head.npos) return {};
    const std::string_view next = head.substr(end + 1);
    const bool is_header_next = field_name_length(next) > 0 || next.starts_with(">From ");
    if (is_header_next && judge_from_line(head) >= FromLine::dated) {
      return {95, "a 'From ' line with a date, then a header"};
    }
    if (starts_with_known_field(next)) return {85, "a 'From ' line, then a header"};
    return {};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto zone = Zone::find(context.clock.zone);
    if (!zone.ok()) return zone.error();
    ASSAY_TRY(MboxRead(source, context, *zone, sink).run());
    return flushed(sink);
  }
};

}  // namespace

const Reader& mbox_reader() {
  static const Mbox reader;
  return reader;
}

}  // namespace assay
