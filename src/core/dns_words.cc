#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "assay/names.h"

namespace assay {
namespace {

struct Word {
  std::uint16_t value;
  std::string_view text;
};

// IANA "Domain Name System (DNS) Parameters": resource record types.
constexpr std::array kTypes = std::to_array<Word>({
    {1, "A"},           {2, "NS"},      {3, "MD"},         {4, "MF"},        {5, "CNAME"},
    {6, "SOA"},         {7, "MB"},      {8, "MG"},         {9, "MR"},        {10, "NULL"},
    {11, "WKS"},        {12, "PTR"},    {13, "HINFO"},     {14, "MINFO"},    {15, "MX"},
    {16, "TXT"},        {17, "RP"},     {18, "AFSDB"},     {19, "X25"},      {20, "ISDN"},
    {21, "RT"},         {22, "NSAP"},   {23, "NSAP-PTR"},  {24, "SIG"},      {25, "KEY"},
    {26, "PX"},         {27, "GPOS"},   {28, "AAAA"},      {29, "LOC"},      {30, "NXT"},
    {31, "EID"},        {32, "NIMLOC"}, {33, "SRV"},       {34, "ATMA"},     {35, "NAPTR"},
    {36, "KX"},         {37, "CERT"},   {38, "A6"},        {39, "DNAME"},    {40, "SINK"},
    {41, "OPT"},        {42, "APL"},    {43, "DS"},        {44, "SSHFP"},    {45, "IPSECKEY"},
    {46, "RRSIG"},      {47, "NSEC"},   {48, "DNSKEY"},    {49, "DHCID"},    {50, "NSEC3"},
    {51, "NSEC3PARAM"}, {52, "TLSA"},   {53, "SMIMEA"},    {55, "HIP"},      {56, "NINFO"},
    {57, "RKEY"},       {58, "TALINK"}, {59, "CDS"},       {60, "CDNSKEY"},  {61, "OPENPGPKEY"},
    {62, "CSYNC"},      {63, "ZONEMD"}, {64, "SVCB"},      {65, "HTTPS"},    {66, "DSYNC"},
    {99, "SPF"},        {100, "UINFO"}, {101, "UID"},      {102, "GID"},     {103, "UNSPEC"},
    {104, "NID"},       {105, "L32"},   {106, "L64"},      {107, "LP"},      {108, "EUI48"},
    {109, "EUI64"},     {249, "TKEY"},  {250, "TSIG"},     {251, "IXFR"},    {252, "AXFR"},
    {253, "MAILB"},     {254, "MAILA"}, {255, "ANY"},      {256, "URI"},     {257, "CAA"},
    {258, "AVC"},       {259, "DOA"},   {260, "AMTRELAY"}, {261, "RESINFO"}, {262, "WALLET"},
    {32768, "TA"},      {32769, "DLV"},
});

constexpr std::array kClasses =
    std::to_array<Word>({{1, "IN"}, {3, "CH"}, {4, "HS"}, {254, "NONE"}, {255, "ANY"}});

constexpr std::array kRcodes = std::to_array<Word>({
    {0, "NOERROR"},  {1, "FORMERR"},    {2, "SERVFAIL"}, {3, "NXDOMAIN"},  {4, "NOTIMP"},
    {5, "REFUSED"},  {6, "YXDOMAIN"},   {7, "YXRRSET"},  {8, "NXRRSET"},   {9, "NOTAUTH"},
    {10, "NOTZONE"}, {11, "DSOTYPENI"}, {16, "BADVERS"}, {17, "BADKEY"},   {18, "BADTIME"},
    {19, "BADMODE"}, {20, "BADNAME"},   {21, "BADALG"},  {22, "BADTRUNC"}, {23, "BADCOOKIE"},
});

template <std::size_t N>
std::string text_of(const std::array<Word, N>& words, std::uint16_t value,
                    std::string_view prefix) {
  const auto found =
      std::lower_bound(words.begin(), words.end(), value,
                       [](const Word& word, std::uint16_t v) { return word.value < v; });
  if (found != words.end() && found->value == value) return std::string(found->text);
  return fmt::format("{}{}", prefix, value);
}

bool equal_fold(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           const auto fold = [](char c) { return c >= 'a' && c <= 'z' ? c & ~0x20 : c; };
           return fold(x) == fold(y);
         });
}

template <std::size_t N>
std::optional<std::uint16_t> value_of(const std::array<Word, N>& words, std::string_view text,
                                      std::string_view prefix) {
  for (const Word& word : words) {
    if (equal_fold(word.text, text)) return word.value;
  }
  if (text.size() > prefix.size() && equal_fold(text.substr(0, prefix.size()), prefix)) {
    std::uint16_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + prefix.size(), end, value);
    if (error == std::errc() && stop == end) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string qtype_text(std::uint16_t qtype) { return text_of(kTypes, qtype, "TYPE"); }
std::string qclass_text(std::uint16_t qclass) { return text_of(kClasses, qclass, "CLASS"); }
std::string rcode_text(std::uint16_t rcode) { return text_of(kRcodes, rcode, "RCODE"); }

std::optional<std::uint16_t> parse_qtype(std::string_view text) {
  // The common ones first: this stands in the hot path of text logs.
  if (text == "A") return 1;
  if (text == "AAAA") return 28;
  return value_of(kTypes, text, "TYPE");
}
std::optional<std::uint16_t> parse_qclass(std::string_view text) {
  if (text == "IN") return 1;
  return value_of(kClasses, text, "CLASS");
}
std::optional<std::uint16_t> parse_rcode(std::string_view text) {
  return value_of(kRcodes, text, "RCODE");
}

}  // namespace assay
