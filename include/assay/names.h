// Names and addresses as the DNS and IP know them, and patterns over them.
//
// A DomainName is kept in one canonical text: the master-file form of RFC 1035 section 5.1 in lower
// case, without the final dot; a dot, a backslash, a quote and the like inside a label is written
// '\.', any byte outside printable ASCII as '\DDD'. Two names are the same name if and only if
// their canonical texts are equal (RFC 4343). The root is the empty text and prints as ".".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"

namespace assay {

inline constexpr std::size_t kMaxLabelBytes = 63;  // RFC 1035 section 2.3.4
inline constexpr std::size_t kMaxNameWireBytes = 255;

// Why a text or wire name was refused; the code is stable ("dns.qname.label_too_long").
struct NameProblem {
  std::string_view code;
  std::string_view text;
};

// Appends the canonical text of a presentation-form name to `out` (which is not cleared). Fast for
// plain names. Returns the problem, or nothing. Case is folded; `had_upper` tells whether any
// letter was a capital.
std::optional<NameProblem> canonicalise_name(std::string_view presentation, std::string& out,
                                             bool* had_upper = nullptr);
// Appends one wire label (1..63 bytes) in canonical text, without a dot.
void append_canonical_label(std::string_view wire_label, std::string& out,
                            bool* had_upper = nullptr);
// Splits canonical text at its unescaped dots; views into `canonical`.
std::vector<std::string_view> labels_of(std::string_view canonical);
// True when `name` is `zone` or lies below it. Both canonical. Every name is within "".
bool is_within(std::string_view name, std::string_view zone);
// How a canonical name is printed: "." for the root, else the text itself.
std::string_view display_name(std::string_view canonical);

// A name that a server printed with something left out stands for a set of names and is never equal
// to one. In its canonical text '\?' is one byte of a label, none of letters, digits, '-' and '_';
// '\*' is any bytes, the dots between labels among them. No wire name has these two escapes.
bool is_lossy_name(std::string_view canonical);
// Whether `canonical`, a name that is not lossy, is one of those that `lossy` stands for.
bool could_be(std::string_view lossy, std::string_view canonical);

enum class NameFit { no, could_be, certain };

// "mail1.sender.example" (that name only) or "*.sender.example" (every name below it, not itself).
class NamePattern {
 public:
  // Errors: usage (not a valid name).
  static Result<NamePattern> parse(std::string_view text);
  // True for a lossy name when all names that it stands for do.
  bool matches(std::string_view canonical) const;
  // could_be: some names that a lossy one stands for match and some do not.
  NameFit fit(std::string_view canonical) const;
  bool is_wildcard() const { return is_wildcard_; }
  const std::string& base() const { return base_; }  // canonical, without "*."
  std::string to_string() const;

 private:
  std::string base_;
  bool is_wildcard_ = false;
};

// An IPv4 or IPv6 address. IPv4 is kept as ::ffff:a.b.c.d and prints as a.b.c.d.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  static std::optional<IpAddress> parse(std::string_view text);  // a zone index (%eth0) is dropped
  static IpAddress from_v4(std::uint32_t host_order);
  static IpAddress from_v6(const std::uint8_t* bytes16);
  bool is_v4() const;
  std::uint32_t v4() const;  // host order; precondition is_v4()
  bool is_unspecified() const;
  std::string to_string() const;  // RFC 5952
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

// "192.0.2.0/24", "2001:db8::/32", or an address alone (/32, /128).
class IpPrefix {
 public:
  // Errors: usage; bits set beyond the length are an error that names the prefix meant.
  static Result<IpPrefix> parse(std::string_view text);
  bool contains(const IpAddress& address) const;
  const IpAddress& base() const { return base_; }
  int length() const { return length_; }  // in the address's own family: 0..32 or 0..128
  std::string to_string() const;

 private:
  IpAddress base_;
  int length_ = 0;
};

// 64-bit keys under which names and addresses stand in the record store. An IPv4 address is its own
// number, so a prefix is a range; an IPv6 address and a name are XXH3 hashes under the case's seed,
// an IPv6 key with its top bit set. `check` is a second, independent 64-bit hash: two names with
// one key and different checks are a collision, which the store reports and never swallows.
struct NameKey {
  std::uint64_t key = 0;
  std::uint64_t check = 0;
};
NameKey name_key(std::string_view canonical, std::uint64_t seed);
std::uint64_t host_key(const IpAddress& address, std::uint64_t seed);

// DNS mnemonics. Types and classes without one are written TYPE65280, CLASS3 (RFC 3597).
std::string qtype_text(std::uint16_t qtype);
std::optional<std::uint16_t> parse_qtype(std::string_view text);
std::string qclass_text(std::uint16_t qclass);
std::optional<std::uint16_t> parse_qclass(std::string_view text);
std::string rcode_text(std::uint16_t rcode);  // "NOERROR", "NXDOMAIN", "RCODE23"
std::optional<std::uint16_t> parse_rcode(std::string_view text);

// The candidate nearest to `word` by edit distance, if any is near enough to be meant.
std::optional<std::string> nearest_word(std::string_view word,
                                        const std::vector<std::string>& candidates);

// Names and hosts that the store has not seen from this sink yet. Names come by the million: their
// texts lie in one string, name i from end[i - 1] to end[i].
struct NewNames {
  std::vector<std::uint64_t> key, check;
  std::vector<std::uint64_t> end;
  std::string text;

  std::size_t size() const { return key.size(); }
  bool empty() const { return key.empty(); }
  void add(const NameKey& name, std::string_view canonical);
  std::string_view canonical(std::size_t i) const;
  void clear();  // keeps capacity
};
struct NewHost {
  std::uint64_t key = 0;
  IpAddress address;
};

}  // namespace assay
