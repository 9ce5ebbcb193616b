#include "engine/row_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/told.h"

namespace assay {
namespace {

const std::pair<std::uint32_t, std::string_view> kFlags[] = {
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
    {kLocalTimeAmbiguous, "local_time_ambiguous"},
    {kLocalTimeNonexistent, "local_time_nonexistent"},
    {kNoQuestion, "no_question"},
    {kExtraQuestion, "extra_question"},
    {kMulticast, "multicast"},
    {kNameLossy, "name_lossy"},
    {kTimeUnknown, "time_unknown"},
};

constexpr std::array<bool, 256> kNeedsQuotes = [] {
  std::array<bool, 256> needs{};
  for (const unsigned char c : {',', '"', '\r', '\n'}) needs[c] = true;
  return needs;
}();

}  // namespace

void append_csv_field(std::string& out, std::string_view text) {
  bool needs_quotes = false;  // no early way out: the loop then takes a byte a cycle
  for (const char c : text) needs_quotes |= kNeedsQuotes[static_cast<unsigned char>(c)];
  if (!needs_quotes) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

std::string flag_words(std::uint32_t flags) {
  std::string words;
  for (const auto& [flag, word] : kFlags) {
    if ((flags & flag) == 0) continue;
    if (!words.empty()) words += ' ';
    words += word;
  }
  return words;
}

void WordTable::add(std::uint64_t key, std::string_view word) {
  word = word.substr(0, (std::size_t{1} << kLengthBits) - 1);
  if (used_ + word.size() > kBlockBytes) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlockBytes));
    used_ = 0;
  }
  std::memcpy(blocks_.back().get() + used_, word.data(), word.size());
  const std::uint64_t begin = (blocks_.size() - 1) * kBlockBytes + used_;
  entries_.push_back({key, begin << kLengthBits | word.size()});
  used_ += word.size();
}

void WordTable::sort() {
  const auto by_key = [](const Entry& a, const Entry& b) { return a.key < b.key; };
  if (!std::is_sorted(entries_.begin(), entries_.end(), by_key)) {
    std::sort(entries_.begin(), entries_.end(), by_key);
  }
  int bits = 1;
  while ((std::size_t{1} << bits) < entries_.size()) ++bits;
  bucket_shift_ = 64 - bits;
  bucket_begin_.assign((std::size_t{1} << bits) + 1, 0);
  for (const Entry& entry : entries_) ++bucket_begin_[(entry.key >> bucket_shift_) + 1];
  for (std::size_t i = 1; i < bucket_begin_.size(); ++i) bucket_begin_[i] += bucket_begin_[i - 1];
}

std::string_view WordTable::find(std::uint64_t key) const {
  if (entries_.empty()) return {};
  const std::uint64_t bucket = key >> bucket_shift_;
  for (std::uint32_t i = bucket_begin_[bucket]; i < bucket_begin_[bucket + 1]; ++i) {
    if (entries_[i].key == key) {
      return {at(entries_[i]), entries_[i].place & ((1u << kLengthBits) - 1)};
    }
  }
  return {};
}

void WordTable::prefetch(std::uint64_t key, Step step) const {
  if (entries_.empty()) return;
  const std::uint64_t bucket = key >> bucket_shift_;
  if (step == Step::bucket) {
    __builtin_prefetch(&bucket_begin_[bucket]);
    return;
  }
  const std::uint32_t first = bucket_begin_[bucket];
  if (first >= entries_.size()) return;
  if (step == Step::entry) {
    __builtin_prefetch(&entries_[first]);
  } else {
    __builtin_prefetch(at(entries_[first]));
  }
}

Status RowText::load(RecordStore& store, bool with_names, bool with_hosts) {
  if (with_names) {
    ASSAY_TRY(store.names([this](std::uint64_t key, std::string_view name) {
      names_.add(key, display_name(name));
      return true;
    }));
  }
  if (with_hosts) {
    ASSAY_TRY(store.hosts([this](std::uint64_t key, const IpAddress& address) {
      hosts_.add(key, address.to_string());
      return true;
    }));
  }
  names_.sort();
  hosts_.sort();
  return {};
}

void RowText::append_host(std::string& out, std::uint64_t key) {
  if (key >> 32 != 0) {
    out += hosts_.find(key);
  } else if (key != 0) {
    if (last_host_.value != key) {
      last_host_ = {key, IpAddress::from_v4(static_cast<std::uint32_t>(key)).to_string()};
    }
    out += last_host_.text;
  }
}

void RowText::append_hour(std::string& out, std::uint64_t hour) {
  Spelled& spelled = hours_[hour & (hours_.size() - 1)];
  if (spelled.value != hour) {
    const std::int64_t us = static_cast<std::int64_t>(hour) * 3600 * kMicrosPerSecond;
    spelled = {hour, format_utc(us).substr(0, 13)};
  }
  out += spelled.text;
}

std::string_view RowText::evidence_id(std::uint64_t number) const {
  const auto index = state_.index_of(static_cast<std::uint32_t>(number));
  return index ? std::string_view(state_.evidences[*index].id) : std::string_view();
}

bool RowText::has_id(const DnsRow& row, std::uint32_t evidence) const {
  if (row.id != 0) return true;
  const auto index = state_.index_of(evidence);
  return index && tells_ids(state_.evidences[*index]);
}

void RowText::append_key(std::string& out, GroupKey key, std::uint64_t value) {
  switch (key) {
    case GroupKey::evidence:
      out += evidence_id(value);
      return;
    case GroupKey::client:
    case GroupKey::server:
      append_host(out, value);
      return;
    case GroupKey::qname:
      append_csv_field(out, names_.find(value));
      return;
    case GroupKey::qtype:
      if (value != kNoQtype) out += qtype_text(static_cast<std::uint16_t>(value));
      return;
    case GroupKey::rcode:
      if (value != kNoRcode) out += rcode_text(static_cast<std::uint16_t>(value));
      return;
    case GroupKey::hour:
      append_hour(out, value);
      return;
    case GroupKey::day:
      out += format_utc(static_cast<std::int64_t>(value) * kMicrosPerDay).substr(0, 10);
      return;
  }
}

std::string RowText::csv_header() {
  return "evidence,offset,length,time,width_us,client,client_port,server,qname,qtype,qclass,rcode,"
         "id,ttl,delay_us,flags\n";
}

void RowText::append_csv(std::string& out, const DnsRow& row, std::uint32_t evidence) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "{},{},{},{},{},", evidence_id(evidence), row.offset, row.length,
                 format_instant({row.time_us, row.width_us}), row.width_us);
  append_host(out, row.client);
  out += ',';
  if (row.client_port != 0) fmt::format_to(to, "{}", row.client_port);
  out += ',';
  append_host(out, row.server);
  out += ',';
  append_csv_field(out, names_.find(row.qname));
  fmt::format_to(to, ",{},{},{},", row.qtype == kNoQtype ? "" : qtype_text(row.qtype),
                 qclass_text(row.qclass), row.rcode == kNoRcode ? "" : rcode_text(row.rcode));
  if (has_id(row, evidence)) fmt::format_to(to, "{}", row.id);
  out += ',';
  if (row.ttl != kNoTtl) fmt::format_to(to, "{}", row.ttl);
  out += ',';
  if (row.delay_us != kNoDelay) fmt::format_to(to, "{}", row.delay_us);
  fmt::format_to(to, ",{}\n", flag_words(row.flags));
}

void RowText::append_for_person(std::string& out, const DnsRow& row, std::uint32_t evidence) {
  auto to = std::back_inserter(out);
  const std::string width = row.width_us >= kMicrosPerSecond
                                ? fmt::format("{} s", static_cast<double>(row.width_us) / 1e6)
                                : fmt::format("{} us", row.width_us);
  fmt::format_to(to, "  time      {} (or up to {} later)\n",
                 format_instant({row.time_us, row.width_us}), width);
  std::string client, server;
  append_host(client, row.client);
  append_host(server, row.server);
  fmt::format_to(to, "  client    {}{}\n", client,
                 row.client_port != 0 ? fmt::format(" port {}", row.client_port) : "");
  if (!server.empty()) fmt::format_to(to, "  server    {}\n", server);
  fmt::format_to(to, "  asked     {} {} {}\n", names_.find(row.qname), qclass_text(row.qclass),
                 row.qtype == kNoQtype ? "(type not told)" : qtype_text(row.qtype));
  if (has_id(row, evidence)) fmt::format_to(to, "  id        {}\n", row.id);
  if (row.rcode != kNoRcode) fmt::format_to(to, "  answered  {}\n", rcode_text(row.rcode));
  if (row.ttl != kNoTtl) fmt::format_to(to, "  ttl       {} s\n", row.ttl);
  if (row.delay_us != kNoDelay) fmt::format_to(to, "  delay     {} us\n", row.delay_us);
  if (row.flags != 0) fmt::format_to(to, "  flags     {}\n", flag_words(row.flags));
}

}  // namespace assay
