// Names of which a server left something out, as sets of names.
#include "assay/names.h"

namespace assay {
namespace {

// What canonical text is made of: a byte of a label (plain, '\.' or '\DDD'), a dot between labels,
// and the two escapes of lossy names.
struct Unit {
  enum class Kind { byte, dot, one, many } kind = Kind::byte;
  std::string_view text;
};

std::vector<Unit> units_of(std::string_view canonical) {
  std::vector<Unit> units;
  units.reserve(canonical.size());
  while (!canonical.empty()) {
    std::size_t length = 1;
    Unit::Kind kind = Unit::Kind::byte;
    if (canonical[0] == '.') {
      kind = Unit::Kind::dot;
    } else if (canonical[0] == '\\' && canonical.size() > 1) {
      const char escaped = canonical[1];
      length = escaped >= '0' && escaped <= '9' && canonical.size() > 3 ? 4 : 2;
      if (escaped == '?') kind = Unit::Kind::one;
      if (escaped == '*') kind = Unit::Kind::many;
    }
    units.push_back({kind, canonical.substr(0, length)});
    canonical.remove_prefix(length);
  }
  return units;
}

// Every server prints these as they are, so '\?' is none of them. (Canonical text has no capitals.)
bool is_always_printed(std::string_view byte) {
  const char c = byte[0];
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool fits(const Unit& lossy, const Unit& known) {
  if (lossy.kind == Unit::Kind::one) {
    return known.kind == Unit::Kind::byte && !is_always_printed(known.text);
  }
  return lossy.kind == known.kind && lossy.text == known.text;
}

// Whether some name that `lossy` stands for lies below `zone`. From the end, unit by unit: what
// '\*' stands for may go on with the zone's rest and more labels.
bool could_lie_below(const std::vector<Unit>& lossy, const std::vector<Unit>& zone) {
  std::size_t l = lossy.size();
  for (std::size_t z = zone.size(); z > 0; --z) {
    if (l == 0) return false;
    if (lossy[l - 1].kind == Unit::Kind::many) return true;
    if (!fits(lossy[l - 1], zone[z - 1])) return false;
    --l;
  }
  if (l == 0) return false;
  if (lossy[l - 1].kind == Unit::Kind::many || zone.empty()) return true;
  return l > 1 && lossy[l - 1].kind == Unit::Kind::dot;
}

}  // namespace

bool is_lossy_name(std::string_view canonical) {
  for (std::size_t at = 0; (at = canonical.find('\\', at)) < canonical.size(); at += 2) {
    const char escaped = at + 1 < canonical.size() ? canonical[at + 1] : '\0';
    if (escaped == '?' || escaped == '*') return true;
  }
  return false;
}

// Steps of two pointers, back to behind the latest '\*' where they cannot go on.
bool could_be(std::string_view lossy_text, std::string_view canonical) {
  const std::vector<Unit> lossy = units_of(lossy_text), known = units_of(canonical);
  std::size_t l = 0, k = 0;
  std::size_t many = lossy.size(), resume = 0;  // place of the latest '\*' and where it ends
  while (k < known.size()) {
    if (l < lossy.size() && lossy[l].kind == Unit::Kind::many) {
      many = l++;
      resume = k;
    } else if (l < lossy.size() && fits(lossy[l], known[k])) {
      ++l;
      ++k;
    } else if (many < lossy.size()) {
      l = many + 1;
      k = ++resume;
    } else {
      return false;
    }
  }
  while (l < lossy.size() && lossy[l].kind == Unit::Kind::many) ++l;
  return l == lossy.size();
}

NameFit NamePattern::fit(std::string_view canonical) const {
  if (matches(canonical)) return NameFit::certain;
  if (!is_lossy_name(canonical)) return NameFit::no;
  const bool could = is_wildcard_ ? could_lie_below(units_of(canonical), units_of(base_))
                                  : assay::could_be(canonical, base_);
  return could ? NameFit::could_be : NameFit::no;
}

}  // namespace assay
