// Case: looking at records.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/case_impl.h"
#include "engine/evidence_bytes.h"
#include "engine/evidence_lines.h"
#include "engine/files.h"
#include "engine/rejects_file.h"
#include "engine/row_text.h"

namespace assay {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 16;
constexpr std::uint64_t kMaxShownBytes = 2'048;

// Gathers lines into chunks; `each` says whether to go on.
class Lines {
 public:
  explicit Lines(const std::function<bool(std::string_view)>& each) : each_(each) {}
  std::string& text() { return text_; }
  bool pass_on() { return text_.size() < kChunkBytes || flush(); }
  bool flush() {
    if (!text_.empty()) goes_on_ = goes_on_ && each_(text_);
    text_.clear();
    return goes_on_;
  }

 private:
  const std::function<bool(std::string_view)>& each_;
  std::string text_;
  bool goes_on_ = true;
};

Result<GroupKey> group_key(const std::string& column) {
  const std::vector<std::pair<std::string, GroupKey>> known = {
      {"evidence", GroupKey::evidence}, {"client", GroupKey::client}, {"server", GroupKey::server},
      {"qname", GroupKey::qname},       {"qtype", GroupKey::qtype},   {"rcode", GroupKey::rcode},
      {"hour", GroupKey::hour},         {"day", GroupKey::day}};
  std::vector<std::string> words;
  for (const auto& [word, key] : known) {
    if (word == column) return key;
    words.push_back(word);
  }
  const auto nearest = nearest_word(column, words);
  return Error{ErrorCode::usage, fmt::format("there is no column '{}' to count by", column),
               nearest ? fmt::format("did you mean '{}'?", *nearest)
                       : fmt::format("the columns are: {}", fmt::join(words, ", "))};
}

struct Locus {
  std::size_t index = 0;  // of the evidence
  std::uint64_t offset = 0;
};

Result<Locus> parse_locus(const CaseState& state, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  Locus locus;
  if (colon != std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, problem] = std::from_chars(digits.begin(), digits.end(), locus.offset);
    if (problem != std::errc() || end != digits.end() || digits.empty()) {
      return Error{ErrorCode::usage, fmt::format("'{}' is not a byte offset", digits),
                   "a record is named like dns-1:118204"};
    }
  } else {
    return Error{ErrorCode::usage, fmt::format("'{}' does not name a record", text),
                 "a record is named like dns-1:118204"};
  }
  const auto index = state.index_of_id(text.substr(0, colon));
  if (!index) {
    std::vector<std::string> known;
    for (const Evidence& evidence : state.evidences) known.push_back(evidence.id);
    const auto nearest = nearest_word(text.substr(0, colon), known);
    return Error{ErrorCode::not_found,
                 fmt::format("there is no evidence '{}'", text.substr(0, colon)),
                 nearest ? fmt::format("did you mean '{}'?", *nearest) : ""};
  }
  locus.index = *index;
  return locus;
}

// Lines of a grouped count, written some hundred at a time so that the names of all of them can be
// fetched together.
class GroupLines {
 public:
  GroupLines(const std::vector<GroupKey>& keys, RowText& words, Lines& lines)
      : keys_(keys), words_(words), lines_(lines) {}

  bool add(const GroupCount& group) {
    values_.insert(values_.end(), group.key.begin(), group.key.end());
    counts_.push_back(group.count);
    return counts_.size() < kAtOnce || write();
  }

  bool write() {
    using Step = WordTable::Step;
    for (const Step step : {Step::bucket, Step::entry, Step::word}) prefetch_names(step);
    for (std::size_t row = 0; row < counts_.size(); ++row) {
      for (std::size_t i = 0; i < keys_.size(); ++i) {
        words_.append_key(lines_.text(), keys_[i], values_[row * keys_.size() + i]);
        lines_.text() += ',';
      }
      const fmt::format_int count(counts_[row]);
      lines_.text().append(count.data(), count.size());
      lines_.text() += '\n';
    }
    values_.clear();
    counts_.clear();
    return lines_.pass_on();
  }

 private:
  static constexpr std::size_t kAtOnce = 256;

  void prefetch_names(WordTable::Step step) const {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] != GroupKey::qname) continue;
      for (std::size_t row = 0; row < counts_.size(); ++row) {
        words_.prefetch_name(values_[row * keys_.size() + i], step);
      }
    }
  }

  const std::vector<GroupKey>& keys_;
  RowText& words_;
  Lines& lines_;
  std::vector<std::uint64_t> values_;  // keys_.size() a group
  std::vector<std::uint64_t> counts_;
};

// The record and the bytes shown below it must be of one file: what lies there now is hashed before
// anything of it is shown. Reading through the file to the offset costs as much.
Status check_seal(const Case::Impl& inside, const Evidence& evidence) {
  const Evidence* outermost = &evidence;
  while (outermost->container != 0) {
    const auto index = inside.state.index_of(outermost->container);
    if (!index) break;
    outermost = &inside.state.evidences[*index];
  }
  if (outermost->sha256.empty()) return {};
  const std::string path = inside.bytes_path(*outermost);
  const auto seal = seal_of_file(path, inside.surroundings.stop, inside.bytes_end(*outermost));
  if (!seal.ok()) return seal.error();
  if (seal->sha256 == outermost->sha256) return {};
  return Error{ErrorCode::check_failed,
               fmt::format("{} is no longer what was sealed as {}: it has {} bytes and SHA-256 {}, "
                           "sealed were {} bytes and {}; its bytes are not shown as the record's",
                           path, outermost->id, seal->size_bytes, seal->sha256,
                           outermost->size_bytes, outermost->sha256),
               "bring the original back; see everything that changed with: assay verify " +
                   inside.directory};
}

std::string evidence_words(const Evidence& evidence) {
  std::string where = evidence.name;
  if (!evidence.member.empty()) where += " (a member of an archive)";
  return escape_bytes(where);
}

}  // namespace

Status Case::count(const std::vector<std::string>& columns,
                   const std::function<bool(std::string_view)>& each) {
  std::vector<GroupKey> keys;
  for (const std::string& column : columns) {
    auto key = group_key(column);
    if (!key.ok()) return key.error();
    keys.push_back(*key);
  }
  auto store = impl_->rows();
  if (!store.ok()) return store.error();
  Lines lines(each);
  RowText words(impl_->state);
  const auto has = [&](GroupKey key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  ASSAY_TRY(
      words.load(**store, has(GroupKey::qname), has(GroupKey::client) || has(GroupKey::server)));
  lines.text() = fmt::format("{}{}count\n", fmt::join(columns, ","), columns.empty() ? "" : ",");
  RowFilter filter;
  filter.evidences = impl_->state.committed();
  if (columns.empty()) {
    const auto rows = filter.evidences.empty() ? Result<std::uint64_t>(std::uint64_t{0})
                                               : (*store)->count_rows(filter);
    if (!rows.ok()) return rows.error();
    lines.text() += fmt::format("{}\n", *rows);
  } else if (!filter.evidences.empty()) {
    GroupLines groups(keys, words, lines);
    ASSAY_TRY(
        (*store)->count(filter, keys, [&](const GroupCount& group) { return groups.add(group); }));
    groups.write();
  }
  lines.flush();
  return {};
}

Status Case::sql(std::string_view statement, std::string_view format,
                 const std::function<bool(std::string_view)>& each) {
  auto store = impl_->rows();
  if (!store.ok()) return store.error();
  const std::vector<std::uint32_t> counted = impl_->state.committed();
  (*store)->show_only({counted.begin(), counted.end()});
  return (*store)->sql(statement, format, each);
}

Status Case::export_rows(std::string_view format, const std::string& path,
                         const std::function<bool(std::string_view)>& each) {
  if (format != "csv" && format != "parquet") {
    return Error{ErrorCode::usage, fmt::format("there is no export to '{}'", format),
                 "the formats are: csv, parquet"};
  }
  auto store = impl_->rows();
  if (!store.ok()) return store.error();
  RowFilter filter;
  filter.evidences = impl_->state.committed();
  if (format == "parquet") return (*store)->export_parquet(filter, path);
  Lines lines(each);
  RowText words(impl_->state);
  ASSAY_TRY(words.load(**store));
  lines.text() = RowText::csv_header();
  if (!filter.evidences.empty()) {
    ASSAY_TRY((*store)->scan(filter, RowOrder::by_pair, [&](const RowBlock& block) {
      for (std::size_t i = 0; i < block.rows->size(); ++i) {
        words.append_csv(lines.text(), block.rows->row(i), (*block.evidence)[i]);
        if (!lines.pass_on()) return false;
      }
      return true;
    }));
  }
  lines.flush();
  return {};
}

Status Case::export_records(const std::vector<RecordKind>& kinds,
                            const std::function<bool(std::string_view)>& each) {
  auto store = impl_->rows();
  if (!store.ok()) return store.error();
  RowFilter filter;
  filter.evidences = impl_->state.committed();
  filter.kinds = kinds;
  Lines lines(each);
  RowText words(impl_->state);
  ASSAY_TRY(words.load(**store));
  lines.text() = RowText::record_csv_header();
  if (!filter.evidences.empty()) {
    ASSAY_TRY((*store)->records(filter, [&](const StoredRecord& record) {
      words.append_csv(lines.text(), record);
      return lines.pass_on();
    }));
  }
  lines.flush();
  return {};
}

Result<std::string> Case::show(std::string_view text) {
  const auto locus = parse_locus(impl_->state, text);
  if (!locus.ok()) return locus.error();
  const Evidence& evidence = impl_->state.evidences[locus->index];
  std::string shown =
      fmt::format("{}:{} in {}\n", evidence.id, locus->offset, evidence_words(evidence));
  std::uint64_t length = 0;
  if (impl_->state.details[locus->index].is_read && evidence.state == ReadState::read) {
    auto store = impl_->rows();
    if (!store.ok()) return store.error();
    RowText words(impl_->state);
    ASSAY_TRY(words.load(**store));
    RowFilter filter;
    filter.evidences = {evidence.number};
    filter.offset = locus->offset;
    ASSAY_TRY((*store)->scan(filter, RowOrder::by_time, [&](const RowBlock& block) {
      for (std::size_t i = 0; i < block.rows->size(); ++i) {
        const DnsRow row = block.rows->row(i);
        length = std::max<std::uint64_t>(length, row.length);
        words.append_for_person(shown, row, evidence.number);
      }
      return true;
    }));
    ASSAY_TRY((*store)->records(filter, [&](const StoredRecord& record) {
      length = std::max<std::uint64_t>(length, record.row.length);
      words.append_for_person(shown, record);
      return true;
    }));
  }
  if (length == 0) {
    ASSAY_TRY(read_rejects_file(impl_->sealed_rejects_path(evidence), [&](const Reject& reject) {
      if (reject.offset != locus->offset) return true;
      length = std::max<std::uint64_t>(reject.length, 1);
      shown += fmt::format("  rejected  {}: {}\n", reject.code, reject.why);
      return false;
    }));
  }
  if (length == 0) {
    return Error{
        ErrorCode::not_found,
        fmt::format("no record and no reject of {} begins at byte {}", evidence.id, locus->offset),
        "see records with: assay export CASE --to csv"};
  }
  ASSAY_TRY(check_seal(*impl_, evidence));
  auto bytes = content_bytes(*impl_, evidence, locus->offset, std::min(length, kMaxShownBytes));
  if (!bytes.ok()) return bytes.error();
  shown += fmt::format("  bytes     {} of {} from byte {}\n{}\n", bytes->size(), length,
                       locus->offset, escape_bytes(*bytes));
  return shown;
}

Status Case::rejects(std::string_view id,
                     const std::function<bool(const Evidence&, const Reject&)>& each) {
  if (!id.empty() && !impl_->state.index_of_id(id)) {
    const auto locus = parse_locus(impl_->state, std::string(id) + ":0");
    return locus.error();
  }
  bool goes_on = true;
  for (const Evidence& evidence : impl_->state.evidences) {
    if (!goes_on || (!id.empty() && evidence.id != id)) continue;
    ASSAY_TRY(read_rejects_file(impl_->sealed_rejects_path(evidence), [&](const Reject& reject) {
      goes_on = each(evidence, reject);
      return goes_on;
    }));
  }
  return {};
}

}  // namespace assay
