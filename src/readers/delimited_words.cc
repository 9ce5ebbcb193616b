// The words by which columns are known.
#include "readers/delimited_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.h"
#include "readers/delimited_plan.h"

namespace assay {

namespace {

constexpr std::array<std::pair<Cell, std::string_view>, 13> kWords = {{
    {Cell::time, "time"},
    {Cell::date, "date"},
    {Cell::client, "client"},
    {Cell::client_port, "client_port"},
    {Cell::server, "server"},
    {Cell::qname, "qname"},
    {Cell::qtype, "qtype"},
    {Cell::qclass, "qclass"},
    {Cell::rcode, "rcode"},
    {Cell::ttl, "ttl"},
    {Cell::id, "id"},
    {Cell::proto, "proto"},
    {Cell::count, "count"},
}};

// Headers as they were met, simplified; '|' parts them, the surest first.
constexpr std::array<std::pair<Cell, std::string_view>, 13> kHeaders = {{
    {Cell::time,
     "time|timestamp|ts|datetime|date time|query time|time utc|utc time|timestamp utc|utc|"
     "event time|log time|frame time epoch|frame time|epoch|when"},
    {Cell::date, "date|day|query date|log date|date utc"},
    {Cell::client,
     "client|client ip|client address|query originator ip|originator ip|originator|src|src ip|"
     "source ip|source address|source|srcip|ip src|id orig h|c ip|querier|requester|resolver ip|"
     "resolver|querying ip|ip|ip address|address|ip6 src|ipv6 src"},
    {Cell::client_port,
     "client port|src port|source port|srcport|sport|udp srcport|id orig p|port"},
    {Cell::server,
     "server|server ip|server address|ns|nameserver|name server|authoritative server|dst|dst ip|"
     "destination ip|destination address|destination|dest ip|dstip|ip dst|id resp h|sensor"},
    {Cell::qname,
     "qname|query|query name|dns qry name|question name|question|name|domain|domain name|fqdn|"
     "hostname|host name|host|rrname|lookup"},
    {Cell::qtype, "qtype|query type|dns qry type|qtype name|record type|rrtype|rr type|type"},
    {Cell::qclass, "qclass|query class|dns qry class|class"},
    {Cell::rcode, "rcode|response code|dns flags rcode|rcode name|status|response"},
    {Cell::ttl, "ttl|dns resp ttl"},
    {Cell::id, "query id|transaction id|trans id|txid|dns id|message id|qid|id"},
    {Cell::proto, "proto|protocol|transport"},
    {Cell::count,
     "count|query count|lookup count|queries|lookups|number of queries|total|"
     "hits|"
     "last seen|time last"},
}};

// Whoever is a client or a source may have done anything; these words are of DNS.
constexpr std::array<std::string_view, 15> kQuestionWords = {
    "dns",   "query",  "queried",  "queries", "qry",     "querier",    "querying", "qname",
    "qtype", "qclass", "question", "lookup",  "lookups", "nameserver", "resolver"};

}  // namespace

bool tells_of_questions(std::string_view simplified) {
  while (!simplified.empty()) {
    const std::size_t end = simplified.find(' ');
    const std::string_view word = simplified.substr(0, end);
    if (std::find(kQuestionWords.begin(), kQuestionWords.end(), word) != kQuestionWords.end()) {
      return true;
    }
    simplified.remove_prefix(end == std::string_view::npos ? simplified.size() : end + 1);
  }
  return false;
}

std::string_view cell_word(Cell cell) {
  for (const auto& [known, word] : kWords) {
    if (known == cell) return word;
  }
  return "";
}

std::optional<Cell> parse_cell_word(std::string_view word) {
  for (const auto& [cell, known] : kWords) {
    if (known == word) return cell;
  }
  return std::nullopt;
}

std::vector<std::string> cell_words() {
  std::vector<std::string> words;
  for (const auto& [cell, word] : kWords) words.emplace_back(word);
  return words;
}

// Lower case; anything else than letters and digits becomes one blank.
std::string simplified_header(std::string_view header) {
  std::string out;
  for (const char c : lower_text(header)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

int header_rank(Cell cell, std::string_view simplified) {
  if (simplified.empty()) return -1;
  for (const auto& [known, headers] : kHeaders) {
    if (known != cell) continue;
    std::string_view rest = headers;
    for (int rank = 0;; ++rank) {
      const std::size_t end = rest.find('|');
      if (rest.substr(0, end) == simplified) return rank;
      if (end == std::string_view::npos) return -1;
      rest.remove_prefix(end + 1);
    }
  }
  return -1;
}

}  // namespace assay
