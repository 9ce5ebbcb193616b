// Looks for the markings of a list: words in a text, and letters in brackets at paragraphs' starts.
//
// What is found is a place for somebody to look at. A disclaimer below a letter bears the same
// words as counsel's advice, and advice need bear none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/mail.h"

namespace assay::review {

inline constexpr std::size_t kMostMarkings = 2'000;
inline constexpr std::size_t kLongestMarking = 200;  // bytes
inline constexpr std::size_t kMostNodes = 65'536;    // of the automaton: 64 MiB
inline constexpr std::size_t kMostPlaces = 64;       // kept of one message

struct MarkingList {
  struct Marking {
    std::string text, kind;
    bool is_upper = false;    // counts in capitals alone
    bool is_portion = false;  // letters in brackets
  };
  std::vector<Marking> markings;
  std::string sha256;  // of the file
};

// Errors: usage, naming file and line or the marking.
Result<MarkingList> parse_markings(std::string_view toml, std::string_view file_name);
// The list that is part of the program: models/markings/default.toml.
std::string_view shipped_markings();
// Words that somebody looks for, in any case.
MarkingList list_of_words(const std::vector<std::string>& words);

// A. Aho, M. Corasick, Efficient string matching, CACM 18 (1975). Blanks, line ends and the marks
// of quoted lines are one blank; letters above ASCII are of words. Time in the length of the text.
class MarkingScan {
 public:
  explicit MarkingScan(MarkingList list);
  // Adds what stands in `text`; the same marking at the same kind of place is counted.
  void scan(std::string_view text, std::string_view where, std::vector<MarkingPlace>& places) const;
  // Sets found[i] for each marking of the list in `text`; portions are none.
  void note(std::string_view text, std::vector<bool>& found) const;
  const MarkingList& list() const { return list_; }

 private:
  struct Node {
    std::int32_t next[256];
    std::vector<std::uint32_t> ends;  // markings that end here, shorter ones too
  };
  template <typename Take>
  void each(std::string_view text, Take take) const;
  void scan_portions(std::string_view text, std::string_view where,
                     std::vector<MarkingPlace>& places) const;
  void add_marking(std::uint32_t number);
  void link();

  MarkingList list_;
  std::vector<Node> nodes_;
  bool has_portions_ = false;
};

// The text of HTML, roughly: without tags, style and script; blocks begin a line.
std::string plain_of_html(std::string_view html);

}  // namespace assay::review
