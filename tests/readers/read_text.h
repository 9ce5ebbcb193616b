// Reads bytes through a reader and spells out what came of them, for tests.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "assay/reader.h"

namespace assay::test {

// Bytes in memory, handed out in pieces of at most `piece`; ends well or with an error.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes, std::size_t piece = SIZE_MAX)
      : rest_(bytes), piece_(piece) {}
  MemorySource(std::string_view bytes, std::size_t piece, Error end) : MemorySource(bytes, piece) {
    end_with(std::move(end));
  }
  void end_with(Error error) { end_ = std::move(error); }

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    const std::size_t count = std::min({capacity, piece_, rest_.size()});
    if (count == 0 && end_) return *end_;
    rest_.copy(into, count);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t piece_;
  std::optional<Error> end_;
};

struct Answer {
  AnswerRow row;
  std::string rdata;
};

class CollectingSink final : public RecordSink {
 public:
  static constexpr std::uint64_t kSeed = 7;
  explicit CollectingSink(std::uint32_t rows_per_batch = 65'536)
      : RecordSink(kSeed, rows_per_batch) {}

  std::vector<DnsRow> rows;
  std::vector<Answer> answers;
  std::vector<RecordRow> records;
  std::multimap<std::uint32_t, std::pair<std::string, std::string>> fields;  // by number
  std::vector<Reject> rejects;
  std::map<std::uint64_t, std::string> names;
  std::map<std::uint64_t, std::string> hosts{{0, "-"}};

  std::vector<std::string> reject_codes() const {
    std::vector<std::string> codes;
    for (const Reject& reject : rejects) codes.push_back(reject.code);
    return codes;
  }
  // The texts of one field of the record with this number, in their order.
  std::vector<std::string> texts_of(std::uint32_t number, std::string_view field) const {
    std::vector<std::string> texts;
    const auto [first, last] = fields.equal_range(number);
    for (auto each = first; each != last; ++each) {
      if (each->second.first == field) texts.push_back(each->second.second);
    }
    return texts;
  }
  // The balance counts look-ups and records, but not what a look-up says beyond its row.
  std::uint64_t counted() const {
    return rows.size() + static_cast<std::uint64_t>(std::count_if(
                             records.begin(), records.end(),
                             [](const RecordRow& each) { return each.kind != RecordKind::dns; }));
  }
  std::uint64_t noted(std::string_view code) const {
    for (const Note& note : notes()) {
      if (note.code == code) return note.count;
    }
    return 0;
  }
  // Everything that came of the input, a line each, in an order that depends on the input alone.
  std::string golden() const;
  std::string golden_record(const RecordRow& record) const;

 protected:
  Status deliver(RowBatch& batch) override {
    for (std::size_t i = 0; i < batch.names.size(); ++i) {
      names[batch.names.key[i]] = batch.names.canonical(i);
    }
    for (const NewHost& host : batch.hosts) hosts[host.key] = host.address.to_string();
    for (const auto* keys : {&batch.client, &batch.server}) {
      for (const std::uint64_t key : *keys) {  // an IPv4 address is its own key
        if (key == 0 || key >> 32 != 0) continue;
        hosts[key] = IpAddress::from_v4(static_cast<std::uint32_t>(key)).to_string();
      }
    }
    for (std::size_t i = 0; i < batch.size(); ++i) rows.push_back(batch.row(i));
    for (const RecordRow& record : batch.records) {
      records.push_back(record);
      for (const std::uint64_t key : {record.client, record.server}) {
        if (key == 0 || key >> 32 != 0) continue;
        hosts[key] = IpAddress::from_v4(static_cast<std::uint32_t>(key)).to_string();
      }
    }
    for (std::size_t i = 0, begin = 0; i < batch.fields.size(); begin = batch.field_end[i++]) {
      fields.emplace(batch.fields[i].number,
                     std::pair(std::string(field_word(batch.fields[i].field)),
                               batch.field_text.substr(begin, batch.field_end[i] - begin)));
    }
    for (std::size_t i = 0, begin = 0; i < batch.answers.size(); begin = batch.answer_end[i++]) {
      answers.push_back(
          {batch.answers[i], batch.answer_rdata.substr(begin, batch.answer_end[i] - begin)});
    }
    return {};
  }
  Status deliver_reject(const Reject& reject) override {
    rejects.push_back(reject);
    return {};
  }
};

// Quotes a string as JSON does; bytes outside printable ASCII become \u00XX.
inline std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

inline std::string flag_words(std::uint32_t flags) {
  static constexpr std::pair<std::uint32_t, std::string_view> kWords[] = {
      {kHasQuery, "query"},
      {kHasAnswer, "answer"},
      {kTcp, "tcp"},
      {kRecursionDesired, "rd"},
      {kRecursionAvailable, "ra"},
      {kAuthoritative, "aa"},
      {kTruncated, "tc"},
      {kEdns, "edns"},
      {kDnssecOk, "do"},
      {kCheckingDisabled, "cd"},
      {kAuthenticData, "ad"},
      {kCookie, "cookie"},
      {kTsig, "tsig"},
      {kNameHadCapitals, "capitals"},
      {kYearInferred, "year_inferred"},
      {kLocalTimeAmbiguous, "ambiguous"},
      {kLocalTimeNonexistent, "nonexistent"},
      {kNoQuestion, "no_question"},
      {kMulticast, "multicast"},
      {kNameLossy, "lossy"},
      {kTimeUnknown, "time_unknown"}};
  std::string out;
  for (const auto& [bit, word] : kWords) {
    if (flags & bit) out += (out.empty() ? "" : " ") + std::string(word);
  }
  if (opcode_of(flags) != 0) out += fmt::format(" opcode{}", opcode_of(flags));
  return out;
}

inline std::string CollectingSink::golden_record(const RecordRow& record) const {
  std::string out =
      fmt::format(R"({{"kind":"{}","time":"{}","width_us":{})", kind_word(record.kind),
                  format_utc(record.time_us, 6), record.width_us);
  const auto number = [&out](std::string_view word, std::uint64_t value, std::uint64_t none) {
    if (value != none) out += fmt::format(R"(,"{}":{})", word, value);
  };
  if (record.until_us != record.time_us) {
    out += fmt::format(R"(,"until":"{}")", format_utc(record.until_us, 6));
  }
  for (const auto& [word, key, port] : {std::tuple("client", record.client, record.client_port),
                                        std::tuple("server", record.server, record.server_port)}) {
    if (key != 0 || port != 0) out += fmt::format(R"(,"{}":"{}:{}")", word, hosts.at(key), port);
  }
  if (record.name != 0) {
    out += fmt::format(R"(,"name":{})", json_text(display_name(names.at(record.name))));
  }
  number("protocol", record.protocol, 0);
  if (record.type != 0) out += fmt::format(R"(,"type":"{}")", qtype_text(record.type));
  number("code", record.code, kNoCode);
  number("count", record.count, 1);
  number("packets_sent", record.packets_sent, 0);
  number("packets_received", record.packets_received, 0);
  number("bytes_sent", record.bytes_sent, 0);
  number("bytes_received", record.bytes_received, 0);
  if (record.flags != 0) out += fmt::format(R"(,"flags":"{}")", flag_words(record.flags));
  const auto [first, last] = fields.equal_range(record.number);
  for (auto each = first; each != last; ++each) {
    out += fmt::format(R"(,"{}":{})", each->second.first, json_text(each->second.second));
  }
  return out + fmt::format(",\"offset\":{},\"length\":{}}}\n", record.offset, record.length);
}

inline std::string CollectingSink::golden() const {
  std::string out;
  for (const DnsRow& row : rows) {
    out += fmt::format(R"({{"time":"{}","width_us":{},"client":"{}:{}","server":"{}",)",
                       format_utc(row.time_us, 6), row.width_us, hosts.at(row.client),
                       row.client_port, hosts.at(row.server));
    out += fmt::format(R"("qname":{},"qtype":"{}","qclass":"{}","flags":"{}")",
                       json_text(display_name(names.at(row.qname))), qtype_text(row.qtype),
                       qclass_text(row.qclass), flag_words(row.flags));
    if (row.rcode != kNoRcode) out += fmt::format(R"(,"rcode":"{}")", rcode_text(row.rcode));
    if (row.id != 0) out += fmt::format(R"(,"id":{})", row.id);
    if (row.ttl != kNoTtl) out += fmt::format(R"(,"ttl":{})", row.ttl);
    if (row.delay_us != kNoDelay) out += fmt::format(R"(,"delay_us":{})", row.delay_us);
    out += fmt::format(",\"offset\":{},\"length\":{}}}\n", row.offset, row.length);
  }
  for (const auto& [row, rdata] : answers) {
    out += fmt::format("{{\"answer_of\":{},\"type\":{},\"ttl\":{},\"rdata\":{}}}\n", row.offset,
                       row.type, row.ttl == kNoTtl ? "null" : std::to_string(row.ttl),
                       json_text(rdata));
  }
  for (const RecordRow& record : records) out += golden_record(record);
  for (const Reject& reject : rejects) {
    out +=
        fmt::format(R"({{"reject":"{}","offset":{},"length":{},"text":{},"why":{}}})", reject.code,
                    reject.offset, reject.length, json_text(reject.text), json_text(reject.why));
    out += '\n';
  }
  for (const Note& note : notes()) {
    out += fmt::format("{{\"note\":\"{}\",\"count\":{},\"text\":{}}}\n", note.code, note.count,
                       json_text(note.text));
  }
  out +=
      fmt::format(R"({{"units":{},"used":{},"rejected":{},"blank":{},"rows":{}}})", balance().units,
                  balance().used, balance().rejected, balance().blank, balance().rows);
  return out + '\n';
}

}  // namespace assay::test
