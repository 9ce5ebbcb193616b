#include "methods/support/joins_letters.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "core/ascii.h"
#include "methods/support/mail_words.h"

namespace assay::methods {
namespace {

// Queue ids come again within minutes in short form; a transfer's two lines lie closer than that.
constexpr std::int64_t kQueueIdUs = 3'600 * kMicrosPerSecond;
constexpr std::size_t kMostOfOneId = 64;  // rows of one id that are looked at

using ById = std::multimap<std::string, std::uint32_t, std::less<>>;

std::string bare(std::string_view id) {
  while (!id.empty() && (id.front() == '<' || id.front() == ' ')) id.remove_prefix(1);
  while (!id.empty() && (id.back() == '>' || id.back() == ' ')) id.remove_suffix(1);
  return std::string(id);
}

std::string message_id(const OtherRow& row) {
  static const FieldId kId = field_id("message_id");
  return bare(row.field(kId));
}

std::string recipient(const OtherRow& row) {
  static const FieldId kTo = field_id("recipient");
  return lower_text(bare(row.field(kTo)));
}

// Whoever wrote the line: one log may lie in several evidences.
std::string log_of(const OtherRow& row) {
  static const FieldId kHost = field_id("host");
  const std::string_view host = row.field(kHost);
  return host.empty() ? "evidence " + std::to_string(row.evidence) : lower_text(host);
}

bool is_far(const IpAddress& address) { return !address.is_unspecified() && !is_loopback(address); }

struct Candidate {
  LetterBasis basis = LetterBasis::message_id;
  std::int64_t apart_us = 0;
  std::uint32_t a = 0, b = 0;
  auto order() const { return std::tie(basis, apart_us, a, b); }
};

std::int64_t apart(const OtherRow& a, const OtherRow& b) {
  const std::int64_t by = a.row.time_us - b.row.time_us;
  return a.is_dated() && b.is_dated() ? std::max(by, -by) : INT64_MAX;
}

std::vector<std::uint32_t> rows_of(const ById& index, const std::string& id) {
  std::vector<std::uint32_t> found;
  if (id.empty()) return found;
  for (auto [at, end] = index.equal_range(id); at != end && found.size() < kMostOfOneId; ++at) {
    found.push_back(at->second);
  }
  return found;
}

// Best first; each a once, each b once unless shared.
void assign(std::vector<Candidate> candidates, bool is_shared, LetterJoins& result) {
  std::map<std::pair<std::uint32_t, LetterBasis>, std::uint32_t> as_strong;
  for (const Candidate& each : candidates) ++as_strong[{each.a, each.basis}];
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& x, const Candidate& y) { return x.order() < y.order(); });
  std::set<std::uint32_t> has_a, has_b;
  for (const Candidate& each : candidates) {
    if (has_a.contains(each.a) || (!is_shared && has_b.contains(each.b))) continue;
    has_a.insert(each.a);
    has_b.insert(each.b);
    result.joins.push_back({each.a, each.b, as_strong[{each.a, each.basis}] - 1, each.basis});
  }
  std::sort(result.joins.begin(), result.joins.end(),
            [](const LetterJoin& x, const LetterJoin& y) { return x.a < y.a; });
  result.bs_joined = has_b.size();
}

}  // namespace

std::string_view word_of(LetterBasis basis) {
  switch (basis) {
    case LetterBasis::queue_and_message_id:
      return "queue id and Message-ID";
    case LetterBasis::queue_id:
      return "queue id";
    case LetterBasis::message_id_recipient:
      return "Message-ID and recipient";
    case LetterBasis::message_id:
      break;
  }
  return "Message-ID";
}

LetterJoins join_transfers(const OtherRecords& others) {
  static const FieldId kNext = field_id("queue_id_next"), kQueue = field_id("queue_id"),
                       kDirection = field_id("direction");
  LetterJoins result;
  ById by_queue, by_message;
  for (std::uint32_t i = 0; i < others.rows.size(); ++i) {
    const OtherRow& row = others.rows[i];
    if (row.row.kind != RecordKind::mail || is_scan_alone(row)) continue;
    const std::string_view direction = row.field(kDirection);
    const bool is_taken = direction == "in" || direction == "local";
    if (direction == "out" || (is_far(row.server) && !is_taken)) result.as.push_back(i);
    if (!is_far(row.client)) continue;
    result.bs.push_back(i);
    if (!row.field(kQueue).empty()) by_queue.emplace(row.field(kQueue), i);
    if (std::string id = message_id(row); !id.empty()) by_message.emplace(std::move(id), i);
  }
  std::vector<Candidate> candidates;
  for (const std::uint32_t a : result.as) {
    const OtherRow& row = others.rows[a];
    const std::string id = message_id(row), next(row.field(kNext)), log = log_of(row);
    std::set<std::uint32_t> by_id;
    for (const std::uint32_t b : rows_of(by_queue, next)) {
      const OtherRow& taken = others.rows[b];
      if (log_of(taken) == log || a == b) continue;
      const std::string other_id = message_id(taken);
      const bool is_same = !id.empty() && id == other_id;
      if (!is_same && !id.empty() && !other_id.empty()) continue;  // ids that contradict
      const std::int64_t apart_us = apart(row, taken);
      if (!is_same && apart_us > kQueueIdUs) continue;
      // Of one message to several the recipient tells which attempt it was.
      if (recipient(row) != recipient(taken) && !recipient(taken).empty() && is_same) continue;
      by_id.insert(b);
      candidates.push_back(
          {is_same ? LetterBasis::queue_and_message_id : LetterBasis::queue_id, apart_us, a, b});
    }
    for (const std::uint32_t b : rows_of(by_message, id)) {
      const OtherRow& taken = others.rows[b];
      if (log_of(taken) == log || a == b || by_id.contains(b)) continue;
      const bool is_recipient = !recipient(row).empty() && recipient(row) == recipient(taken);
      candidates.push_back(
          {is_recipient ? LetterBasis::message_id_recipient : LetterBasis::message_id,
           apart(row, taken), a, b});
    }
  }
  assign(std::move(candidates), false, result);
  return result;
}

LetterJoins join_messages(const OtherRecords& others) {
  static const FieldId kQueue = field_id("queue_id"), kHop = field_id("hop_id");
  LetterJoins result;
  ById by_message;
  std::set<std::pair<std::string, std::string>>
      hops;  // Message-ID and queue id of a Received field
  for (std::uint32_t i = 0; i < others.rows.size(); ++i) {
    const OtherRow& row = others.rows[i];
    if (is_scan_alone(row)) continue;
    if (row.row.kind == RecordKind::mail) {
      result.bs.push_back(i);
      if (std::string id = message_id(row); !id.empty()) by_message.emplace(std::move(id), i);
    } else if (row.row.kind == RecordKind::hop && !row.field(kHop).empty()) {
      hops.emplace(message_id(row), row.field(kHop));
    } else if (row.row.kind == RecordKind::message) {
      result.as.push_back(i);
    }
  }
  std::vector<Candidate> candidates;
  for (const std::uint32_t a : result.as) {
    const std::string id = message_id(others.rows[a]);
    std::map<std::pair<std::string, std::string>, Candidate> of_transfer;  // log and queue id
    for (const std::uint32_t b : rows_of(by_message, id)) {
      const OtherRow& row = others.rows[b];
      const std::string queue(row.field(kQueue));
      const bool is_hop = !queue.empty() && hops.contains({id, queue});
      const Candidate made{is_hop ? LetterBasis::queue_and_message_id : LetterBasis::message_id,
                           apart(others.rows[a], row), a, b};
      const auto [at, is_new] = of_transfer.emplace(std::pair(log_of(row), queue), made);
      if (!is_new && made.order() < at->second.order()) at->second = made;
    }
    for (const auto& [key, each] : of_transfer) candidates.push_back(each);
  }
  assign(std::move(candidates), true, result);
  return result;
}

LetterJoins join_replies(const OtherRecords& others) {
  static const FieldId kReply = field_id("in_reply_to"), kReferences = field_id("references");
  LetterJoins result;
  ById messages, transfers;
  for (std::uint32_t i = 0; i < others.rows.size(); ++i) {
    const OtherRow& row = others.rows[i];
    const bool is_message = row.row.kind == RecordKind::message;
    if (!is_message && (row.row.kind != RecordKind::mail || is_scan_alone(row))) continue;
    std::string id = message_id(row);
    if (!id.empty()) (is_message ? messages : transfers).emplace(std::move(id), i);
    if (is_message && (!row.field(kReply).empty() || !row.field(kReferences).empty())) {
      result.as.push_back(i);
    }
    if (is_message) result.bs.push_back(i);
  }
  std::vector<Candidate> candidates;
  for (const std::uint32_t a : result.as) {
    const OtherRow& row = others.rows[a];
    std::string named = bare(row.field(kReply));
    if (named.empty()) {
      for (const auto& [field, text] : row.fields) {
        if (field == kReferences) named = bare(text);  // the last is the one answered (RFC 5322)
      }
    }
    if (named == message_id(row)) continue;
    auto found = rows_of(messages, named);
    if (found.empty()) found = rows_of(transfers, named);
    // Copies of one message are one partner.
    if (found.empty()) continue;
    static const FieldId kText = field_id("text_sha256");
    std::map<std::string, std::uint32_t> by_text;
    for (const std::uint32_t b : found) {
      const bool is_message = others.rows[b].row.kind == RecordKind::message;
      by_text.emplace(is_message ? others.rows[b].field(kText) : "", b);
    }
    for (const auto& [text, b] : by_text) {
      candidates.push_back({LetterBasis::message_id, apart(row, others.rows[b]), a, b});
    }
  }
  assign(std::move(candidates), true, result);
  return result;
}

}  // namespace assay::methods
