#include "readers/mail/mime_walk.h"

#include <fmt/core.h>

#include "readers/mail/mail_text.h"
#include "readers/mail/normal_text.h"

namespace assay {

namespace {

bool is_multipart(const ContentType& type) { return type.type.starts_with("multipart/"); }

bool begins_pgp(std::string_view line) {
  return line.starts_with("-----BEGIN PGP MESSAGE-----") ||
         line.starts_with("-----BEGIN PGP SIGNED MESSAGE-----");
}

}  // namespace

void MimeWalk::start(const HeaderBlock& header) {
  state_ = State::outside;
  levels_.clear();
  parts_.clear();
  multiparts_.clear();
  parts_beyond_limit_ = 0;
  is_part_open_ = is_in_digest_ = false;
  is_too_deep_ = is_unclosed_ = lacks_boundary_ = has_inline_pgp_ = false;
  is_text_ = has_text_ = text_is_html_ = is_text_too_long_ = false;
  text_.clear();
  text_charset_.clear();
  begin_entity(header, "", false);
}

// `index` "": the message itself.
void MimeWalk::begin_entity(const HeaderBlock& header, std::string index, bool is_in_digest) {
  const std::string written_type = header.first("content-type");
  ContentType type = parse_content_type(written_type);
  if (written_type.empty() && is_in_digest) type.type = "message/rfc822";  // RFC 2046 section 5.1.5
  if (is_multipart(type) && !type.boundary.empty() && type.boundary.size() <= kMaxBoundary) {
    if (levels_.size() < kMaxMimeDepth) {
      levels_.push_back({type.boundary, std::move(index), 0, type.is("multipart/digest")});
      if (multiparts_.size() < kMaxParts) multiparts_.push_back(std::move(type));
      state_ = State::outside;
      return;
    }
    is_too_deep_ = true;
  }
  state_ = State::content;
  is_part_open_ = parts_.size() < kMaxParts;
  if (!is_part_open_) {
    ++parts_beyond_limit_;
    return;
  }
  const ContentDisposition disposition =
      parse_content_disposition(header.first("content-disposition"));
  part_ = MimePart();
  part_.index = index.empty() ? "1" : std::move(index);
  part_.file_name = disposition.file_name.empty() ? type.name : disposition.file_name;
  part_.is_attachment = disposition.is_attachment || !part_.file_name.empty();
  const bool is_plain = type.is("text/plain"), is_html = type.is("text/html");
  is_text_ = !disposition.is_attachment &&
             ((is_plain && (!has_text_ || text_is_html_)) || (is_html && !has_text_));
  if (is_text_) {
    has_text_ = true;
    text_is_html_ = is_html;
    is_text_too_long_ = false;
    text_.clear();
    text_charset_ = type.charset;
  }
  part_.type = std::move(type);
  decoder_.start(header.first("content-transfer-encoding"));
  held_end_.clear();
}

void MimeWalk::take(const MailLine& line, std::string_view ahead) {
  if (line.starts && line.text.starts_with("--") && !levels_.empty() &&
      take_boundary(line.content())) {
    return;
  }
  if (state_ == State::content) {
    take_content(line);
  } else if (state_ == State::part_header) {
    const HeaderBlock::Taken taken = part_header_.take(line, ahead);
    if (taken == HeaderBlock::Taken::field) return;
    begin_part();
    if (taken == HeaderBlock::Taken::body) take(line, ahead);
  }
}

void MimeWalk::begin_part() { begin_entity(part_header_, std::move(part_index_), is_in_digest_); }

// The delimiter lines of RFC 2046 section 5.1.1. One of an outer multipart ends those within.
bool MimeWalk::take_boundary(std::string_view line) {
  line = line.substr(2, line.find_last_not_of(" \t") - 1);
  std::size_t level = levels_.size();
  bool is_last = false;
  while (level > 0) {
    const std::string& boundary = levels_[level - 1].boundary;
    if (line.starts_with(boundary)) {
      const std::string_view rest = line.substr(boundary.size());
      is_last = rest == "--";
      if (is_last || rest.empty()) break;
    }
    --level;
  }
  if (level == 0) return false;
  if (state_ == State::part_header) begin_part();  // a part of a header alone
  end_part();
  for (; levels_.size() > level; end_level()) is_unclosed_ = true;
  if (is_last) {
    end_level();
    return true;
  }
  Level& parent = levels_.back();
  part_index_ =
      fmt::format("{}{}{}", parent.index, parent.index.empty() ? "" : ".", ++parent.children);
  is_in_digest_ = parent.is_digest;
  part_header_.clear();
  state_ = State::part_header;
  return true;
}

void MimeWalk::take_content(const MailLine& line) {
  if (!is_part_open_) return;
  if (line.starts && line.text.starts_with("-----BEGIN PGP") && begins_pgp(line.text)) {
    has_inline_pgp_ = true;
  }
  if (!held_end_.empty()) put(held_end_);
  held_end_ = line.end();
  put(line.content());
}

void MimeWalk::put(std::string_view raw) {
  const std::string_view decoded = decoder_.step(raw);
  hash_.update(decoded);
  if (!is_text_) return;
  if (text_.size() + decoded.size() > kMaxTextBytes) is_text_too_long_ = true;
  if (!is_text_too_long_) text_ += decoded;
}

void MimeWalk::end_part() {
  if (state_ != State::content || !is_part_open_) return;
  is_part_open_ = is_text_ = false;
  held_end_.clear();
  part_.size = hash_.size();
  part_.sha256 = hash_.hex();
  parts_.push_back(std::move(part_));
}

void MimeWalk::end_level() {
  if (levels_.back().children == 0) lacks_boundary_ = true;
  levels_.pop_back();
  state_ = State::outside;
}

void MimeWalk::finish() {
  if (state_ == State::part_header) begin_part();
  // Outside of any multipart nothing follows that the last line end could belong to.
  if (levels_.empty() && state_ == State::content && is_part_open_) put(held_end_);
  end_part();
  for (; !levels_.empty(); end_level()) is_unclosed_ = true;
}

std::string MimeWalk::text() const {
  if (!has_text_ || is_text_too_long_) return {};
  return normal_text(text_to_utf8(text_, text_charset_));
}

}  // namespace assay
