// assay-family-model 2
// features <n> <name> ...
// families <n> <name> ...
// claims <n>
// claim <word> <ln low> <ln high> <cap a> <cap b>     seven lines a claim
// power <three of a> <three of b>
// counted <ten of a> <ten of b>                         test cases by classes of LR
// elsewhere <ten of a> <ten of b>                       of other customs
// a <text>
// b <text>
// for_a <n> <name> ... for_b <n> <name> ...
// gains <n> <open bits> <record> <bits> ...
// part <bytes>                                          range, calibration, boosting, each sealed
// sha256 <hex>
#include <fmt/format.h>

#include "explanations/likelihood/family_model.h"
#include "explanations/likelihood/model_text.h"

namespace assay::likelihood {
namespace {

constexpr std::string_view kKind = "assay-family-model 2";
constexpr std::uint64_t kMostNames = 1000, kMostClaims = 16, kMostCounted = 1'000'000'000;

std::string list_text(std::string_view word, const std::vector<std::string>& names) {
  return fmt::format("{} {}{}{}", word, names.size(), names.empty() ? "" : " ",
                     fmt::join(names, " "));
}

// With its line end; without one, empty.
std::string_view take_line(std::string_view& rest) {
  const std::string_view line = rest.substr(0, rest.find('\n') + 1);
  rest.remove_prefix(line.size());
  return line;
}

bool read_list(Words& words, std::string_view word, std::vector<std::string>& names) {
  if (!words.skip(word)) return false;
  const auto count = words.count(kMostNames);
  if (!count) return false;
  for (std::uint64_t i = 0; i < *count; ++i) {
    names.emplace_back(words.next());
    if (names.back().empty()) return false;
  }
  return true;
}

bool read_text(std::string_view& rest, std::string_view word, std::string& text) {
  const std::string_view line = take_line(rest);
  if (line.substr(0, word.size()) != word || line.size() <= word.size() + 2) return false;
  text = line.substr(word.size() + 1, line.size() - word.size() - 2);
  return true;
}

bool read_counts(std::string_view& rest, std::string_view word, LrCounts& counts) {
  Words words(take_line(rest));
  if (!words.skip(word)) return false;
  for (auto* side : {&counts.h1, &counts.h2}) {
    for (std::uint64_t& count : *side) {
      const auto read = words.count(kMostCounted);
      if (!read) return false;
      count = *read;
    }
  }
  return words.is_at_end();
}

std::string counts_text(std::string_view word, const LrCounts& counts) {
  return fmt::format("{} {} {}\n", word, fmt::join(counts.h1, " "), fmt::join(counts.h2, " "));
}

bool read_claim(std::string_view& rest, ModelClaim& claim) {
  Words words(take_line(rest));
  if (!words.skip("claim")) return false;
  claim.word = words.next();
  const auto low = words.number(), high = words.number(), a = words.number(), b = words.number();
  if (claim.word.empty() || !b || *low > 0 || *high < 0 || *a < 1 || *b < 1) return false;
  claim.bounds = {*low, *high};
  claim.cap_a = *a;
  claim.cap_b = *b;
  Words power(take_line(rest));
  if (!power.skip("power")) return false;
  for (auto* side : {&claim.power_a, &claim.power_b}) {
    for (double& share : *side) {
      const auto value = power.number();
      if (!value || *value < 0 || *value > 1) return false;
      share = *value;
    }
  }
  if (!read_counts(rest, "counted", claim.counted) ||
      !read_counts(rest, "elsewhere", claim.counted_elsewhere)) {
    return false;
  }
  if (!read_text(rest, "a", claim.a) || !read_text(rest, "b", claim.b)) return false;
  Words lists(take_line(rest));
  return read_list(lists, "for_a", claim.for_a) && read_list(lists, "for_b", claim.for_b) &&
         lists.is_at_end();
}

bool read_gains(std::string_view& rest, std::vector<RecordGain>& gains, double& open_bits) {
  Words words(take_line(rest));
  const auto count = words.skip("gains") ? words.count(kMostNames) : std::nullopt;
  const auto open = words.number();
  if (!count || !open) return false;
  open_bits = *open;
  for (std::uint64_t i = 0; i < *count; ++i) {
    RecordGain& gain = gains.emplace_back();
    gain.record = words.next();
    const auto bits = words.number();
    if (gain.record.empty() || !bits) return false;
    gain.bits = *bits;
  }
  return words.is_at_end();
}

std::optional<std::string_view> read_part(std::string_view& rest) {
  Words words(take_line(rest));
  const auto bytes = words.skip("part") ? words.count(rest.size()) : std::nullopt;
  if (!bytes) return std::nullopt;
  const std::string_view part = rest.substr(0, *bytes);
  rest.remove_prefix(*bytes);
  return part;
}

}  // namespace

std::string FamilyModel::to_text() const {
  std::string text = fmt::format("{}\n{}\n{}\nclaims {}\n", kKind, list_text("features", features_),
                                 list_text("families", families_), claims_.size());
  for (const ModelClaim& claim : claims_) {
    text += fmt::format("claim {} {} {} {} {}\n", claim.word, exact_text(claim.bounds.low),
                        exact_text(claim.bounds.high), exact_text(claim.cap_a),
                        exact_text(claim.cap_b));
    text += "power";
    for (const auto* power : {&claim.power_a, &claim.power_b}) {
      for (const double share : *power) text += " " + exact_text(share);
    }
    text += "\n" + counts_text("counted", claim.counted) +
            counts_text("elsewhere", claim.counted_elsewhere);
    text += fmt::format("a {}\nb {}\n{} {}\n", claim.a, claim.b, list_text("for_a", claim.for_a),
                        list_text("for_b", claim.for_b));
  }
  text += fmt::format("gains {} {}", gains_.size(), exact_text(open_bits_));
  for (const RecordGain& gain : gains_) {
    text += fmt::format(" {} {}", gain.record, exact_text(gain.bits));
  }
  text += "\n";
  for (const std::string& part : {range_.to_text(), calibration_.to_text(), boosting_.to_text()}) {
    text += fmt::format("part {}\n", part.size());
    text += part;
  }
  return seal_model(std::move(text));
}

Result<FamilyModel> FamilyModel::from_text(std::string_view text) {
  const auto body = open_model(text, kKind, kMaxFamilyModelBytes);
  if (!body.ok()) return body.error();
  FamilyModel model;
  std::string_view rest = *body;
  Words features(take_line(rest)), families(take_line(rest)), claims(take_line(rest));
  if (!read_list(features, "features", model.features_) ||
      !read_list(families, "families", model.families_)) {
    return malformed_model(kKind, "its features or families cannot be read");
  }
  const auto count = claims.skip("claims") ? claims.count(kMostClaims) : std::nullopt;
  if (!count) return malformed_model(kKind, "its claims cannot be read");
  for (std::uint64_t i = 0; i < *count; ++i) {
    if (!read_claim(rest, model.claims_.emplace_back())) {
      return malformed_model(kKind, fmt::format("claim {} cannot be read", i + 1));
    }
  }
  if (!read_gains(rest, model.gains_, model.open_bits_)) {
    return malformed_model(kKind, "what further records add cannot be read");
  }
  const auto range_text = read_part(rest), calibration_text = read_part(rest),
             boosting_text = read_part(rest);
  if (!range_text || !calibration_text || !boosting_text || !rest.empty()) {
    return malformed_model(kKind, "its parts are not as long as said");
  }
  auto range = CaseRange::from_text(*range_text);
  if (!range.ok()) return range.error();
  auto calibration = MultinomialLogistic::from_text(*calibration_text);
  if (!calibration.ok()) return calibration.error();
  auto boosting = Boosting::from_text(*boosting_text);
  if (!boosting.ok()) return boosting.error();
  model.range_ = std::move(*range);
  model.calibration_ = std::move(*calibration);
  model.boosting_ = std::move(*boosting);
  const std::size_t width = model.features_.size(), classes = model.families_.size();
  if (model.boosting_.features() != width || model.range_.features() != width ||
      model.boosting_.classes() != classes || model.calibration_.classes() != classes ||
      model.calibration_.features() != classes) {
    return malformed_model(kKind, "its parts do not fit each other");
  }
  return model;
}

}  // namespace assay::likelihood
