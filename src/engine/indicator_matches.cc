#include "engine/indicator_matches.h"

#include <algorithm>
#include <array>

#include "engine/indicator_sightings.h"

namespace assay {
namespace {

constexpr std::uint16_t kTypeA = 1, kTypeNs = 2, kTypeCname = 5, kTypePtr = 12, kTypeMx = 15,
                        kTypeAaaa = 28, kTypeSrv = 33, kTypeDname = 39;
constexpr std::size_t kHostCache = 4'096;
constexpr std::size_t kMostTokens = 256;  // of one field

// Fields that hold names, addresses or mailboxes; free text is not searched.
constexpr auto kFields = std::to_array<std::string_view>({"addresses",
                                                          "certificate_names",
                                                          "certificate_subject",
                                                          "client_name",
                                                          "client_name_unverified",
                                                          "delivered_to",
                                                          "domain",
                                                          "envelope_from",
                                                          "header_bcc",
                                                          "header_cc",
                                                          "header_from",
                                                          "header_to",
                                                          "helo",
                                                          "hop_by",
                                                          "hop_for",
                                                          "hop_from",
                                                          "hop_from_address",
                                                          "host",
                                                          "name_server",
                                                          "next_hop",
                                                          "orig_recipient",
                                                          "ptr_name",
                                                          "rdata",
                                                          "recipient",
                                                          "relay",
                                                          "relay_address",
                                                          "reply_to",
                                                          "return_path",
                                                          "sender",
                                                          "server_name",
                                                          "sni",
                                                          "source_address",
                                                          "to_address",
                                                          "x_originating_ip"});

const std::vector<bool>& is_looked_at() {
  static const std::vector<bool> kIs = [] {
    std::vector<bool> is(field_words().size(), false);
    for (const std::string_view word : kFields) is[field_id(word)] = true;
    return is;
  }();
  return kIs;
}

std::optional<IpAddress> address_of(std::uint16_t type, std::string_view rdata) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(rdata.data());
  if (type == kTypeA && rdata.size() == 4) {
    return IpAddress::from_v4(std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
                              std::uint32_t{bytes[2]} << 8 | bytes[3]);
  }
  if (type == kTypeAaaa && rdata.size() == 16) return IpAddress::from_v6(bytes);
  return std::nullopt;
}

// The name that a record leads to; "" when its type leads to none, or it is none.
std::string name_in(std::uint16_t type, std::string_view rdata) {
  std::size_t at = 0;
  if (type == kTypeMx) {
    at = 2;
  } else if (type == kTypeSrv) {
    at = 6;
  } else if (type != kTypeNs && type != kTypeCname && type != kTypePtr && type != kTypeDname) {
    return {};
  }
  std::string name;
  while (at < rdata.size()) {
    const auto length = static_cast<unsigned char>(rdata[at]);
    if (length == 0) return name;
    if (length > kMaxLabelBytes || at + 1 + length > rdata.size()) return {};
    if (!name.empty()) name += '.';
    append_canonical_label(rdata.substr(at + 1, length), name);
    at += length + std::size_t{1};
  }
  return {};
}

bool is_token_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '@' || c == ':' || c == '+' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

struct PlaceOfRow {
  std::uint32_t evidence = 0;
  std::uint64_t offset = 0;
  friend bool operator==(const PlaceOfRow&, const PlaceOfRow&) = default;
};
struct PlaceHash {
  std::size_t operator()(const PlaceOfRow& place) const {
    return static_cast<std::size_t>(
        (place.offset ^ std::uint64_t{place.evidence} << 44) * 0x9e3779b97f4a7c15ull >> 7);
  }
};

struct Host {
  const SightedValue* value = nullptr;
  int party = -1;
};

class Matcher {
 public:
  Matcher(RecordStore& store, const CaseFile& case_file, const ClockShifts& shifts,
          const IndicatorLimits& limits)
      : store_(store),
        case_file_(case_file),
        shifts_(shifts),
        limits_(limits),
        sightings_(index_, limits) {}

  Result<IndicatorMatches> run(const std::vector<std::uint32_t>& lists,
                               const std::vector<std::uint32_t>& others) {
    ASSAY_TRY(index_.load(store_, lists, limits_.entries));
    matches_.lists = lists;
    matches_.entries = index_.entries().size();
    matches_.entries_left_out = index_.left_out();
    matches_.values = index_.values().size();
    if (!others.empty()) {
      filter_.evidences = others;
      ASSAY_TRY(learn_names());
      ASSAY_TRY(learn_hosts());
      ASSAY_TRY(take_answers());
      ASSAY_TRY(take_rows());
      ASSAY_TRY(take_records());
    }
    ASSAY_TRY(sightings_.finish(store_, matches_));
    return std::move(matches_);
  }

 private:
  struct AnswerHit {
    SightedAt at;
    bool is_address = false;
    IpAddress address;
    std::uint64_t owner = 0;
  };

  // The value with what is asserted of it; nullptr when that is nothing.
  const SightedValue* name_value(std::string_view canonical) {
    IndicatorHits hits;
    index_.find_name(canonical, hits);
    return kept(std::string(canonical), std::move(hits));
  }
  const SightedValue* address_value(const IpAddress& address) {
    IndicatorHits hits;
    index_.find_address(address, hits);
    return hits.empty() ? nullptr : kept(address.to_string(), std::move(hits));
  }
  const SightedValue* kept(std::string text, IndicatorHits hits) {
    if (hits.empty()) return nullptr;
    SightedValue& value = values_[text];
    if (value.hits.empty()) value = {text, std::move(hits)};
    return &value;
  }

  Status learn_names() {
    return store_.names([&](std::uint64_t key, std::string_view name) {
      if (const SightedValue* value = name_value(name)) names_.emplace(key, value);
      return true;
    });
  }
  Status learn_hosts() {
    return store_.hosts([&](std::uint64_t key, const IpAddress& address) {
      const SightedValue* value = address_value(address);
      const int party = party_of_address(address);
      if (value != nullptr || party >= 0) hosts_.emplace(key, Host{value, party});
      return true;
    });
  }

  int party_of_address(const IpAddress& address) const {
    for (std::size_t p = 0; p < case_file_.parties.size(); ++p) {
      if (case_file_.parties[p].holds_address(address)) return static_cast<int>(p);
    }
    return -1;
  }

  Host host_of(std::uint64_t key) {
    if (key == 0) return {};
    if (key > 0xffffffffu) {
      const auto found = hosts_.find(key);
      return found == hosts_.end() ? Host() : found->second;
    }
    auto& [cached, host] = cache_[(key * 0x9e3779b97f4a7c15ull >> 40) % kHostCache];
    if (cached != key) {
      const IpAddress address = IpAddress::from_v4(static_cast<std::uint32_t>(key));
      cached = key;
      host = {address_value(address), party_of_address(address)};
    }
    return host;
  }

  Status take_answers() {
    return store_.answers(filter_, [&](const StoredAnswer& stored) {
      const std::uint16_t type = stored.answer.type;
      AnswerHit hit;
      hit.at.place = place_of(RecordKind::dns, PlaceInRow::answer);
      if (const auto address = address_of(type, stored.rdata)) {
        hit.at.value = host_of_answer(*address);
        hit.is_address = true;
        hit.address = *address;
        hit.owner = stored.answer.owner;
      } else if (const std::string name = name_in(type, stored.rdata); !name.empty()) {
        hit.at.value = name_value(name);
      }
      if (hit.at.value == nullptr) return true;
      if (answers_kept_ == limits_.answers) {
        matches_.are_answers_cut = true;
        return false;
      }
      ++answers_kept_;
      answers_[{stored.evidence, stored.answer.offset}].push_back(hit);
      return true;
    });
  }
  const SightedValue* host_of_answer(const IpAddress& address) {
    return address.is_v4() ? host_of(address.v4()).value : address_value(address);
  }

  void add_party(int party) {
    auto& parties = sighting_.parties;
    if (party >= 0 && std::find(parties.begin(), parties.end(), party) == parties.end()) {
      parties.push_back(party);
    }
  }
  void see(const SightedValue* value, IndicatorPlace place) {
    if (value != nullptr) at_.push_back({value, place});
  }
  void see_host(const Host& host, RecordKind kind, PlaceInRow where) {
    see(host.value, place_of(kind, where));
    add_party(host.party);
  }

  // Starts with a new record: nothing is seen in it yet.
  void begin(std::uint32_t evidence, std::uint64_t offset, std::uint32_t length,
             std::uint32_t flags, std::int64_t from_us, std::int64_t until_us) {
    ++matches_.looked_at;
    at_.clear();
    sighting_.parties.clear();
    sighting_.is_dated = (flags & kTimeUnknown) == 0;
    const std::int64_t shift = sighting_.is_dated ? shifts_.of(evidence) : 0;
    sighting_.begin_us = from_us + shift;
    sighting_.end_us = std::max(until_us, from_us) + shift;
    sighting_.is_use = true;
    sighting_.locus = {sighting_.begin_us, evidence, offset, length};
  }

  Status take_rows() {
    return store_.scan(filter_, RowOrder::by_pair, [&](const RowBlock& block) {
      for (std::size_t i = 0; i < block.rows->size(); ++i) {
        const std::uint64_t qname = block.rows->qname[i];
        if (qname != last_name_) {
          last_name_ = qname;
          const auto found = names_.find(qname);
          last_value_ = found == names_.end() ? nullptr : found->second;
        }
        const Host client = host_of(block.rows->client[i]);
        const Host server = host_of(block.rows->server[i]);
        const std::uint32_t evidence = (*block.evidence)[i];
        const auto answers =
            answers_.empty() ? answers_.end() : answers_.find({evidence, block.rows->offset[i]});
        if (last_value_ == nullptr && client.value == nullptr && server.value == nullptr &&
            answers == answers_.end()) {
          ++matches_.looked_at;
          continue;
        }
        take_row(block.rows->row(i), evidence, client, server,
                 answers == answers_.end() ? nullptr : &answers->second);
      }
      return true;
    });
  }

  void take_row(const DnsRow& row, std::uint32_t evidence, const Host& client, const Host& server,
                const std::vector<AnswerHit>* answers) {
    begin(evidence, row.offset, row.length, row.flags, row.time_us, row.time_us);
    see(last_value_, place_of(RecordKind::dns, PlaceInRow::asked_name));
    see_host(client, RecordKind::dns, PlaceInRow::client);
    see_host(server, RecordKind::dns, PlaceInRow::server);
    if (answers != nullptr) {
      const Interval seen =
          sighting_.is_dated ? Interval{sighting_.begin_us, sighting_.begin_us + 1} : Interval();
      for (const AnswerHit& hit : *answers) {
        at_.push_back(hit.at);
        if (hit.is_address) sightings_.add_owner(hit.address, hit.owner, seen);
      }
    }
    sightings_.add(sighting_, at_);
  }

  Status take_records() {
    RowFilter filter = filter_;
    filter.kinds = {RecordKind::dns_aggregate, RecordKind::flow,    RecordKind::service,
                    RecordKind::mail,          RecordKind::message, RecordKind::hop,
                    RecordKind::registration,  RecordKind::payment};
    return store_.records(filter, [&](const StoredRecord& record) {
      take_record(record);
      return true;
    });
  }

  void take_record(const StoredRecord& record) {
    const RecordRow& row = record.row;
    begin(record.evidence, row.offset, row.length, row.flags, row.time_us, row.until_us);
    sighting_.is_use =
        row.kind != RecordKind::registration && row.kind != RecordKind::dns_aggregate;
    see_host(host_of(row.client), row.kind, PlaceInRow::client);
    see_host(host_of(row.server), row.kind, PlaceInRow::server);
    if (const auto name = names_.find(row.name); row.name != 0 && name != names_.end()) {
      see(name->second, place_of(row.kind, PlaceInRow::name));
    }
    const auto& looked_at = is_looked_at();
    for (const auto& [field, text] : record.fields) {
      if (field < looked_at.size() && looked_at[field]) see_text(text, place_of(row.kind, field));
    }
    note_owners(record);
    if (!at_.empty()) sightings_.add(sighting_, at_);
  }

  // Names, addresses and mailboxes in a field, wherever in it they stand.
  void see_text(std::string_view text, IndicatorPlace place) {
    std::size_t tokens = 0;
    while (!text.empty() && tokens < kMostTokens) {
      const auto first = std::find_if(text.begin(), text.end(), is_token_byte);
      const auto last = std::find_if_not(first, text.end(), is_token_byte);
      const std::string_view token(text.data() + (first - text.begin()),
                                   static_cast<std::size_t>(last - first));
      text.remove_prefix(static_cast<std::size_t>(last - text.begin()));
      if (token.empty()) continue;
      ++tokens;
      see_token(token, place);
    }
  }
  void see_token(std::string_view token, IndicatorPlace place) {
    while (token.ends_with('.') || token.ends_with(':')) token.remove_suffix(1);
    while (token.starts_with('.') || token.starts_with(':')) {
      if (token.starts_with("::")) break;
      token.remove_prefix(1);
    }
    if (token.find_first_of(".:@") == std::string_view::npos) return;
    if (const auto address = IpAddress::parse(token)) {
      return see(host_of_answer(*address), place);
    }
    if (const std::size_t at = token.rfind('@'); at != std::string_view::npos) {
      IndicatorHits hits;
      index_.find_mailbox(token, hits);
      see(kept(lower(token), std::move(hits)), place);
      token.remove_prefix(at + 1);
    }
    canonical_.clear();
    if (!token.empty() && !canonicalise_name(token, canonical_)) see(name_value(canonical_), place);
  }
  static std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return out;
  }

  // What passive DNS and zones say of the names of asserted addresses.
  void note_owners(const StoredRecord& record) {
    static const FieldId kRdata = field_id("rdata");
    const RecordRow& row = record.row;
    const bool tells =
        (row.kind == RecordKind::dns_aggregate || row.kind == RecordKind::registration) &&
        (row.type == kTypeA || row.type == kTypeAaaa) && row.name != 0;
    if (!tells) return;
    const Interval seen =
        sighting_.is_dated ? Interval{sighting_.begin_us, sighting_.end_us + 1} : Interval();
    for (const auto& [field, text] : record.fields) {
      if (field != kRdata) continue;
      const auto address = IpAddress::parse(text);
      if (!address || host_of_answer(*address) == nullptr) continue;
      sightings_.add_owner(*address, row.name, seen);
    }
  }

  RecordStore& store_;
  const CaseFile& case_file_;
  const ClockShifts& shifts_;
  const IndicatorLimits& limits_;
  IndicatorIndex index_;
  IndicatorSightings sightings_;
  IndicatorMatches matches_;
  RowFilter filter_;
  std::unordered_map<std::string, SightedValue> values_;  // of which something is asserted
  std::unordered_map<std::uint64_t, const SightedValue*> names_;
  std::unordered_map<std::uint64_t, Host> hosts_;  // IPv6, asserted or a party's
  std::array<std::pair<std::uint64_t, Host>, kHostCache> cache_{};
  std::unordered_map<PlaceOfRow, std::vector<AnswerHit>, PlaceHash> answers_;
  std::size_t answers_kept_ = 0;
  std::uint64_t last_name_ = 0;
  const SightedValue* last_value_ = nullptr;
  Sighting sighting_;          // the record at hand
  std::vector<SightedAt> at_;  // and what is asserted of it
  std::string canonical_;
};

}  // namespace

Result<IndicatorMatches> match_indicators(RecordStore& store, const CaseFile& case_file,
                                          const std::vector<Evidence>& evidences,
                                          const ClockShifts& shifts,
                                          const IndicatorLimits& limits) {
  std::vector<std::uint32_t> lists, others;
  for (const Evidence& evidence : evidences) {
    if (evidence.state != ReadState::read) continue;
    const auto entries = evidence.kinds.find(std::string(kind_word(RecordKind::indicator)));
    const bool is_list = entries != evidence.kinds.end() && entries->second > 0;
    if (is_list) lists.push_back(evidence.number);
    if (!is_list || evidence.kinds.size() > 1) others.push_back(evidence.number);
  }
  if (lists.empty() || case_file.questions.empty()) return IndicatorMatches();
  return Matcher(store, case_file, shifts, limits).run(lists, others);
}

}  // namespace assay
