// What GMime is asked: encoded words, addresses, parameters, content encodings and character sets.
// Its parser is not: it holds the whole message, and a message must be able to stream by.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

inline constexpr std::size_t kMaxDecodedHeader = 65'536;  // of one field; the rest is not looked at

// UTF-8 of an unfolded value: encoded words (RFC 2047), and raw 8-bit text read as UTF-8 or, when
// it is none, as ISO 8859-1.
std::string decoded_text(std::string_view value);

struct MailAddress {
  std::string text;  // "Name <address>" in UTF-8, as a person reads it
  std::string address;
};
// The mailboxes of an unfolded address field, those of groups too; nothing when it is no such list.
// At most `most`.
std::vector<MailAddress> parse_addresses(std::string_view value, std::size_t most);

struct ContentType {
  std::string type;  // "text/plain", lower case
  std::string charset, boundary, name, protocol, smime_type;
  bool is(std::string_view wanted) const { return type == wanted; }
};
// Of an unfolded value; text/plain when it cannot be read (RFC 2045 section 5.2).
ContentType parse_content_type(std::string_view value);

struct ContentDisposition {
  bool is_attachment = false;
  std::string file_name;
};
ContentDisposition parse_content_disposition(std::string_view value);

// Undoes a Content-Transfer-Encoding piece by piece.
class ContentDecoder {
 public:
  ContentDecoder();
  ~ContentDecoder();
  void start(std::string_view encoding);
  bool is_plain() const;  // 7bit, 8bit, binary, and what nobody knows
  // Valid until the next call.
  std::string_view step(std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// UTF-8 of a text; the bytes as they are when the character set is unknown or the text is not in
// it.
std::string text_to_utf8(std::string text, const std::string& charset);

}  // namespace assay
