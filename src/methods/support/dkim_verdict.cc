#include "methods/support/dkim_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "core/public_key.h"

namespace assay::methods {
namespace {

std::optional<std::string> bytes_of_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::optional<std::int64_t> seconds_of(std::string_view text) {
  if (text.empty() || text.size() > 12) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "sha1:sha256" and such lists.
bool list_has(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    if (TagList::trimmed(list.substr(0, end)) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

DigestKind digest_of(std::string_view algorithm) {
  return algorithm == "rsa-sha1" ? DigestKind::sha1 : DigestKind::sha256;
}

// Which of two results tells more of a signature that no key verified.
int weight(DkimResult result) {
  switch (result) {
    case DkimResult::refused:
      return 3;
    case DkimResult::undecided:
      return 2;
    case DkimResult::no_usable_key:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::string_view words_of(DkimResult result) {
  constexpr std::array<std::string_view, kDkimResults> kWords = {
      "verified",
      "header verified, body changed",
      "not verified by the key of that time",
      "not verified, and no key of that time",
      "no key in evidence",
      "no usable key in evidence",
      "not checkable"};
  return kWords[static_cast<std::size_t>(result)];
}

// A key record (RFC 6376 section 3.6.1).
struct DkimVerifier::Key {
  std::optional<PublicKey> key;
  std::string hashes, flags;
  std::string problem;
};

const DkimVerifier::Key& DkimVerifier::key_of(const Published& record) {
  auto& known = keys_[&record];
  if (known) return *known;
  known = std::make_shared<Key>();
  const TagList tags(record.text);
  known->hashes = TagList::without_blanks(tags["h"]);
  known->flags = TagList::without_blanks(tags["t"]);
  const std::string kind = tags.has("k") ? std::string(tags["k"]) : "rsa";
  const std::string services = tags.has("s") ? std::string(tags["s"]) : "*";
  if (!tags.is_well_formed() || (tags.has("v") && tags["v"] != "DKIM1") || !tags.has("p")) {
    known->problem = "the record is no key record";
  } else if (tags["p"].empty()) {
    known->problem = "the key was revoked (an empty p=)";
  } else if (!list_has(services, "*") && !list_has(services, "email")) {
    known->problem = "the key is not for mail";
  } else if (const auto bytes = base64_bytes(tags["p"]); !bytes) {
    known->problem = "the key cannot be read";
  } else {
    known->key = kind == "rsa"       ? PublicKey::rsa(*bytes)
                 : kind == "ed25519" ? PublicKey::ed25519(*bytes)
                                     : std::nullopt;
    if (!known->key) known->problem = "the key cannot be read";
  }
  return *known;
}

// Copies of a message ask the same again.
bool DkimVerifier::verifies(const Key& key, const TagList& tags) {
  const auto place = std::tuple(std::string(tags["digest"]), std::string(tags["b"]),
                                static_cast<const void*>(&key));
  const auto [known, is_new] = known_.try_emplace(place, false);
  if (!is_new) return known->second;
  ++verified_;
  const auto digest = bytes_of_hex(tags["digest"]);
  const auto signature = base64_bytes(tags["b"]);
  known->second =
      digest && signature && key.key->verifies(digest_of(tags["a"]), *digest, *signature);
  return known->second;
}

void DkimVerifier::take_key(const Published& record, const TagList& tags, std::int64_t at_us,
                            DkimVerdict& verdict) {
  const Key& key = key_of(record);
  const Timeliness when = timeliness(record, at_us);
  DkimVerdict seen = verdict;
  seen.key = &record;
  seen.timeliness = when;
  seen.why = key.problem;
  seen.result = DkimResult::no_usable_key;
  const std::string_view hash = digest_of(tags["a"]) == DigestKind::sha1 ? "sha1" : "sha256";
  if (key.key) {
    seen.key_bits = key.key->bits();
    const bool is_of_kind = key.key->is_rsa() == tags["a"].starts_with("rsa-");
    if (!is_of_kind) {
      seen.why = "the key is of another algorithm";
    } else if (key.key->is_rsa() && seen.key_bits < kFewestRsaBits) {
      seen.why =
          fmt::format("its key has {} bits, which is too few to tell anything", seen.key_bits);
    } else if (!key.hashes.empty() && !list_has(key.hashes, hash)) {
      seen.why = "the key is not for this hash";
    } else if (verifies(key, tags)) {
      seen.result = tags["body"] == "agrees" ? DkimResult::pass : DkimResult::body_changed;
      seen.is_testing = list_has(key.flags, "y");
      const bool is_strict = list_has(key.flags, "s");
      const std::string_view identity = tags["i"];
      const std::size_t at = identity.rfind('@');
      if (is_strict && at != identity.npos && lower_text(identity.substr(at + 1)) != seen.domain) {
        seen.result = DkimResult::no_usable_key;
        seen.why = "the key is not for subdomains (t=s)";
      }
    } else {
      seen.result = when == Timeliness::covers ? DkimResult::refused : DkimResult::undecided;
    }
  }
  const auto is_shown = [](DkimResult result) {
    return result == DkimResult::pass || result == DkimResult::body_changed;
  };
  const bool had = verdict.key != nullptr, was_shown = had && is_shown(verdict.result);
  const bool is_better =
      is_shown(seen.result)
          ? !was_shown || (verdict.timeliness != Timeliness::covers && when == Timeliness::covers)
          : !was_shown && (!had || weight(seen.result) > weight(verdict.result));
  if (is_better) verdict = seen;
}

DkimVerdict DkimVerifier::verify(std::string_view check, std::int64_t at_us,
                                 std::optional<std::int64_t> taken_us) {
  const TagList tags(check);
  DkimVerdict verdict;
  verdict.domain = tags["d"];
  verdict.selector = tags["s"];
  verdict.open = tags["open"];
  verdict.is_sha1 = digest_of(tags["a"]) == DigestKind::sha1;
  verdict.is_part = tags.has("l");
  verdict.uncovered_bytes = static_cast<double>(seconds_of(tags["uncovered"]).value_or(0));
  if (const auto expires = seconds_of(tags["x"])) {
    verdict.is_expired = *expires * kMicrosPerSecond < taken_us.value_or(at_us);
  }
  std::string name;
  if (tags.has("problem") || !tags.has("b")) {
    verdict.why = tags.has("problem") ? std::string(tags["problem"]) : "its field is cut";
    return verdict;
  }
  const std::string asked = fmt::format("{}._domainkey.{}", verdict.selector, verdict.domain);
  if (canonicalise_name(asked, name)) {
    verdict.why = "its selector and domain are no name";
    return verdict;
  }
  if (tags.has("i")) {
    const std::string_view identity = tags["i"];
    const std::size_t at = identity.rfind('@');
    const std::string of = at == identity.npos ? "" : lower_text(identity.substr(at + 1));
    if (of != verdict.domain && !of.ends_with("." + verdict.domain)) {
      verdict.why = "its i= is not of its domain";
      return verdict;
    }
  }
  if (verified_ >= kMostVerified) {
    verdict.why = "more signatures than are verified for one question";
    return verdict;
  }
  verdict.result = DkimResult::no_key;
  for (const Published& record : records_.of(name, kTypeTxt))
    take_key(record, tags, at_us, verdict);
  return verdict;
}

}  // namespace assay::methods
