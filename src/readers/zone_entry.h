// One entry of a master file (RFC 1035 section 5.1): its words, its type and its rdata.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct ZoneWord {
  std::string text;  // escapes as they stand
  bool is_quoted = false;
};

// Splits the lines of one entry into words: parentheses join lines, ';' ends a line.
class ZoneWords {
 public:
  enum class State { whole, open, unclosed_quote, unopened_parenthesis };

  void begin() { *this = ZoneWords(); }
  State add_line(std::string_view line);
  const std::vector<ZoneWord>& words() const { return words_; }
  bool starts_blank() const { return starts_blank_; }  // the owner is that of the entry before

 private:
  std::vector<ZoneWord> words_;
  int depth_ = 0;
  bool is_begun_ = false;
  bool starts_blank_ = false;
};

// Seconds, or BIND's "1w2d3h4m5s". Nothing when it is none.
std::optional<std::uint32_t> parse_zone_ttl(std::string_view text);

// The names that relative ones stand for. An origin that nobody states is not guessed.
struct ZoneOrigin {
  bool is_known = false;
  std::string canonical;
};
// Canonical text of a name as it stands in the file; `is_complete` is false for a relative one
// without an origin. False when it is no name; `code` and `why` then say so.
struct ZoneName {
  std::string canonical;
  bool is_complete = true;
  bool had_capitals = false;
  std::string_view code, why;
};
bool read_zone_name(std::string_view text, const ZoneOrigin& origin, ZoneName& out);

// Rdata in one spelling: single blanks, names whole with a final dot and in lower case, hex and
// base64 in one piece, texts in quotes. False when a name in it is none.
bool canonical_rdata(std::uint16_t type, const ZoneWord* words, std::size_t count,
                     const ZoneOrigin& origin, std::string& out, ZoneName& name);

// $GENERATE's template for one number: '$', "${offset[,width[,base]]}", "\$". False when a template
// cannot be read.
bool expand_generate(std::string_view text, std::int64_t number, std::string& out);

}  // namespace assay
