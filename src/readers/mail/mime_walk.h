// The parts of a message's body, found and hashed line by line while it streams by.
//
// Depth, parts and what is kept of each have bounds, so that no message costs more than its bytes.
// A message within a message is a part like any other: listed and hashed, never opened.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "readers/mail/gathered_hash.h"
#include "readers/mail/header_block.h"
#include "readers/mail/mail_bytes.h"
#include "readers/mail/mime_words.h"

namespace assay {

inline constexpr std::size_t kMaxMimeDepth = 32;  // of multiparts within multiparts
inline constexpr std::size_t kMaxParts = 1'000;   // listed; of more only the number is told
inline constexpr std::size_t kMaxBoundary = 200;  // bytes; RFC 2046 allows 70
inline constexpr std::size_t kMaxTextBytes = std::size_t{1} << 20;  // of the text that is hashed

struct MimePart {
  std::string index;  // "1.2", as IMAP numbers them (RFC 3501 section 6.4.5)
  ContentType type;
  std::string file_name;
  bool is_attachment = false;
  std::uint64_t size = 0;  // of the decoded bytes, as the SHA-256
  std::string sha256;
};

class MimeWalk {
 public:
  // Begins with the message's own header.
  void start(const HeaderBlock& header);
  void take(const MailLine& line, std::string_view ahead);
  void finish();

  const std::vector<MimePart>& parts() const { return parts_; }
  const std::vector<ContentType>& multiparts() const { return multiparts_; }
  std::uint64_t parts_beyond_limit() const { return parts_beyond_limit_; }
  bool is_too_deep() const { return is_too_deep_; }
  bool is_unclosed() const { return is_unclosed_; }        // a multipart without its end
  bool lacks_boundary() const { return lacks_boundary_; }  // a multipart without any part
  bool is_text_too_long() const { return is_text_too_long_; }
  bool has_inline_pgp() const { return has_inline_pgp_; }
  // The message's text brought to one form (docs/formats/eml.md); "" when it has none, or one
  // beyond kMaxTextBytes.
  std::string text() const;
  bool is_text_html() const { return text_is_html_; }

 private:
  struct Level {
    std::string boundary;
    std::string index;  // of the multipart
    std::size_t children = 0;
    bool is_digest = false;
  };
  enum class State { outside, part_header, content };

  void begin_entity(const HeaderBlock& header, std::string index, bool is_in_digest);
  bool take_boundary(std::string_view line);
  void begin_part();
  void take_content(const MailLine& line);
  void put(std::string_view raw);
  void end_part();
  void end_level();

  State state_ = State::outside;
  std::vector<Level> levels_;
  HeaderBlock part_header_{kMaxPartHeaderBytes};
  std::string part_index_;
  bool is_in_digest_ = false;

  bool is_part_open_ = false;
  MimePart part_;
  ContentDecoder decoder_;
  GatheredHash hash_;
  std::string held_end_;  // a line end that belongs to the boundary when one follows

  std::vector<MimePart> parts_;
  std::vector<ContentType> multiparts_;
  std::uint64_t parts_beyond_limit_ = 0;
  bool is_too_deep_ = false, is_unclosed_ = false, lacks_boundary_ = false;
  bool has_inline_pgp_ = false;

  bool is_text_ = false;  // the open part is the one whose text is kept
  bool has_text_ = false, text_is_html_ = false, is_text_too_long_ = false;
  std::string text_, text_charset_;
};

}  // namespace assay
