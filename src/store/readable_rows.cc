#include "store/readable_rows.h"

#include <fmt/core.h>

#include <cstdint>
#include <functional>

#include "assay/names.h"
#include "assay/record.h"

namespace assay {
namespace {

// transform(column, [1, ...], ['A', ...], fallback) over the numbers that have a mnemonic.
std::string mnemonic_sql(std::string_view column, std::string_view generic_prefix,
                         std::uint32_t last,
                         const std::function<std::string(std::uint16_t)>& text) {
  std::string numbers, words;
  for (std::uint32_t number = 0; number <= last; ++number) {
    const std::string word = text(static_cast<std::uint16_t>(number));
    if (word.starts_with(generic_prefix)) continue;
    numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", number);
    words += fmt::format("{}'{}'", words.empty() ? "" : ", ", word);
  }
  return fmt::format("transform({0}, [{1}], [{2}], concat('{3}', toString({0})))", column, numbers,
                     words, generic_prefix);
}

}  // namespace

std::string host_sql(std::string_view key, std::string_view joined_ip) {
  return fmt::format(
      "multiIf({0} = 0, '', {0} < 4294967296, IPv4NumToString(toUInt32({0})), "
      "IPv6NumToString({1}))",
      key, joined_ip);
}

std::string readable_rows_sql(std::string_view where) {
  constexpr std::string_view kHosts = "(SELECT key, ip FROM assay.hosts)";
  return fmt::format(
      "SELECT d.evidence AS evidence, d.offset AS offset, d.length AS length, "
      "fromUnixTimestamp64Micro(d.time_us, 'UTC') AS time, d.width_us AS width_us, "
      "{client} AS client, d.client_port AS client_port, {server} AS server, "
      "multiIf(n.key = 0, '', n.name = '', '.', n.name) AS qname, "
      "if(d.qtype = {no_qtype}, '', {qtype}) AS qtype, d.qtype AS qtype_number, "
      "d.qclass AS qclass, if(d.rcode = {no_rcode}, NULL, {rcode}) AS rcode, d.id AS id, "
      "nullIf(d.ttl, {no_ttl}) AS ttl, nullIf(d.delay_us, {no_delay}) AS delay_us, "
      "bitTest(d.flags, 0) AS has_query, bitTest(d.flags, 1) AS has_answer, "
      "bitTest(d.flags, 2) AS is_tcp, d.flags AS flags "
      "FROM assay.dns AS d "
      "ANY LEFT JOIN (SELECT key, name FROM assay.names) AS n ON n.key = d.qname "
      "ANY LEFT JOIN {hosts} AS c ON c.key = d.client "
      "ANY LEFT JOIN {hosts} AS s ON s.key = d.server "
      "WHERE {where}",
      fmt::arg("client", host_sql("d.client", "c.ip")),
      fmt::arg("server", host_sql("d.server", "s.ip")), fmt::arg("no_qtype", kNoQtype),
      fmt::arg("qtype", mnemonic_sql("d.qtype", "TYPE", 0xffff, qtype_text)),
      fmt::arg("no_rcode", kNoRcode),
      fmt::arg("rcode", mnemonic_sql("d.rcode", "RCODE", 0xfff, rcode_text)),
      fmt::arg("no_ttl", kNoTtl), fmt::arg("no_delay", kNoDelay), fmt::arg("hosts", kHosts),
      fmt::arg("where", where));
}

}  // namespace assay
