// The frame of a trained model as text: a first line that names it, words, and a seal over them.
//
// The seal tells damage from a file that was cut or edited by hand; it is no signature. Who needs
// to know that a model is the shipped one compares the hash of the whole file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/result.h"

namespace assay::likelihood {

// `text` begins with "<kind>\n" and ends with a line end; adds the line "sha256 <hex of text>".
std::string seal_model(std::string text);

// What stands between the first line, which must be `kind`, and an intact seal.
// ErrorCode::malformed otherwise, or beyond `most_bytes`.
Result<std::string_view> open_model(std::string_view text, std::string_view kind,
                                    std::size_t most_bytes);

Error malformed_model(std::string_view kind, std::string_view what);

// The shortest decimal that is read as the same double.
std::string exact_text(double value);

// Digits only, 0 .. most.
std::optional<std::uint64_t> parse_count(std::string_view word, std::uint64_t most);

// Words of a model, set apart by one space or line end; after a failure every word is missing.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  bool is_at_end() const { return rest_.empty(); }
  std::string_view next();
  bool skip(std::string_view expected) { return next() == expected; }
  std::optional<std::uint64_t> count(std::uint64_t most);
  std::optional<double> number();  // finite

 private:
  std::string_view rest_;
};

}  // namespace assay::likelihood
