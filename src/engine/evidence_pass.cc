#include "engine/evidence_pass.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "engine/head_lines.h"
#include "engine/read_ahead.h"
#include "engine/rejects_file.h"
#include "readers/line_reader.h"
#include "readers/memory_source.h"

namespace assay {
namespace {

void add_note(Evidence& evidence, std::string code, std::uint64_t count, std::string text) {
  evidence.notes.push_back({std::move(code), count, std::move(text)});
  std::sort(evidence.notes.begin(), evidence.notes.end(),
            [](const Note& a, const Note& b) { return a.code < b.code; });
}

Result<ReadContext> context_of(const Evidence& evidence, const EvidenceDetail& detail) {
  ReadContext context;
  context.clock = evidence.clock;
  context.name = evidence.name;
  context.max_rows_per_batch = kRowsPerBatch;
  if (!detail.mapping.empty()) {
    auto mapping = parse_mapping(detail.mapping, "mapping of " + evidence.id);
    if (!mapping.ok()) return mapping.error();
    context.mapping = std::move(*mapping);
  }
  return context;
}

bool tells_damage(const std::vector<RejectSummary>& rejects) {
  return std::any_of(rejects.begin(), rejects.end(),
                     [](const RejectSummary& reject) { return reject.code.starts_with("input."); });
}

// Years that were inferred must agree with the coverage that the user declared: half a year beyond
// it they are another year's. Files put together, one behind the other, look like new years.
Status check_years(const Evidence& evidence, const RecordSink& sink) {
  constexpr std::int64_t kAllowedUs = 183 * kMicrosPerDay;
  const auto notes = sink.notes();
  const bool is_inferred = std::any_of(notes.begin(), notes.end(), [](const Note& note) {
    return note.code.ends_with(".year_inferred");
  });
  const auto& declared = evidence.coverage.intervals;
  if (!is_inferred || declared.empty() || !sink.span()) return {};
  Interval hull = declared.front();
  for (const Interval& interval : declared) {
    hull.begin_us = std::min(hull.begin_us, interval.begin_us);
    hull.end_us = std::max(hull.end_us, interval.end_us);
  }
  if (sink.span()->begin_us >= hull.begin_us - kAllowedUs &&
      sink.span()->end_us <= hull.end_us + kAllowedUs) {
    return {};
  }
  return Error{
      ErrorCode::usage,
      fmt::format("the stamps have no year; as counted they run over {}, but --covers says {}",
                  format_interval(*sink.span()), format_interval(hull)),
      "state the first line's year with --year; were several logs put together, add each "
      "as a file of its own"};
}

// The content as a reader gets it: read ahead in another thread, from `begin` on (the bytes before
// are another evidence's: they flow through and are not handed on), and with an eye on its damage,
// also when the reader stopped before it.
class Content final : public ByteSource {
 public:
  // `inner` reads, by whatever layers, from `file`, whose progress is told in this thread.
  Content(ByteSource& inner, DescriptorSource& file, std::uint64_t begin, char line_end)
      : file_(file),
        line_end_(line_end),
        begin_(begin),
        ahead_(inner, [&file] { file.tell_progress(); }) {
    file_.tell_only_when_asked(true);
  }
  ~Content() override {
    ahead_.stop();
    file_.tell_only_when_asked(false);
  }
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  std::uint64_t first_offset() const override { return begin_; }
  Result<std::size_t> read(char* into, std::size_t capacity) override {
    if (bytes_ < begin_) (void)pass_over();
    if (!left_.empty()) {
      const std::size_t count = left_.copy(into, capacity);
      left_.erase(0, count);
      return count;
    }
    if (error_) return *error_;
    auto count = ahead_.read(into, capacity);
    if (!count.ok()) error_ = count.error();
    if (count.ok()) bytes_ += *count;
    return count;
  }
  // Goes to `begin`, and behind the line within which it lies; gives the lines before it that begin
  // with '#'.
  std::string pass_over() {
    HeadLines lines;
    std::string block(std::size_t{1} << 18, '\0');
    bool is_within_line = false;
    while (bytes_ < begin_) {
      const auto count = ahead_.read(block.data(), block.size());
      if (!count.ok()) error_ = count.error();
      if (!count.ok() || *count == 0) return lines.text();
      const auto before =
          static_cast<std::size_t>(std::min<std::uint64_t>(*count, begin_ - bytes_));
      const std::string_view text = std::string_view(block).substr(0, before);
      lines.feed(text);
      is_within_line = text.back() != line_end_;
      if (const auto end = text.rfind(line_end_); end != text.npos) {
        line_rest_.line_start = bytes_ + end + 1;
      }
      left_ = block.substr(before, *count - before);
      bytes_ += *count;
    }
    if (is_within_line) pass_over_line_rest();
    return lines.text();
  }
  // Of the line within which reading was to begin: what is passed over of it.
  struct LineRest {
    std::uint64_t line_start = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::string text;  // up to kMaxRejectText of it
  };
  const LineRest& line_rest() const { return line_rest_; }
  // A reader may stop before the end of its input; the rest belongs to the content's hash. The
  // layers beneath are this thread's again after this.
  void finish() {
    std::string block(std::size_t{1} << 16, '\0');
    while (!error_) {
      const auto count = read(block.data(), block.size());
      if (!count.ok() || *count == 0) break;
    }
    ahead_.stop();
  }
  const std::optional<Error>& error() const { return error_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void pass_over_line_rest() {
    line_rest_.offset = begin_;
    std::size_t end = std::string::npos;
    while (end == std::string::npos) {
      if (left_.empty() && !refill()) break;
      end = left_.find(line_end_);
      const std::string_view part = std::string_view(left_).substr(0, end);
      line_rest_.length += part.size();
      line_rest_.text += part.substr(0, kMaxRejectText - line_rest_.text.size());
      begin_ += part.size() + (end == std::string::npos ? 0 : 1);
      left_.erase(0, end == std::string::npos ? end : end + 1);
    }
    if (line_rest_.text == "\r") line_rest_ = {};  // half of a line end
  }
  bool refill() {
    left_.resize(std::size_t{1} << 18);
    const auto count = ahead_.read(left_.data(), left_.size());
    if (!count.ok()) error_ = count.error();
    left_.resize(count.ok() ? *count : 0);
    bytes_ += left_.size();
    return !left_.empty();
  }

  DescriptorSource& file_;
  char line_end_;
  std::uint64_t begin_;
  std::uint64_t bytes_ = 0;
  LineRest line_rest_;
  std::string left_;  // read with what stands before `begin`
  std::optional<Error> error_;
  ReadAhead ahead_;
};

struct RowsRead {
  std::optional<Error> failure;   // why the reader gave up: the bytes or the mapping
  std::optional<int> first_year;  // read again with this one
};

Balance minus(const Balance& all, const Balance& before) {
  return {all.units - before.units, all.used - before.used, all.rejected - before.rejected,
          all.blank - before.blank, all.rows - before.rows};
}

Status check_balance(const Reader& reader, const Balance& balance) {
  if (balance.is_even()) return {};
  return Error{ErrorCode::internal,
               fmt::format("{} lost count: of {} {}s it used {}, refused {} and passed over {}",
                           reader.name(), balance.units, reader.unit(), balance.used,
                           balance.rejected, balance.blank),
               "nothing of this evidence was stored; please report it with the file"};
}

// What the first reader passed over is for others: the same bytes once more, into the same sink.
Status read_companions(const Reader& reader, DescriptorSource& file, const ReadContext& context,
                       Evidence& evidence, RecordSink& sink) {
  for (const std::string_view name : reader.companions(sink.notes())) {
    const Reader* companion = find_reader(name);
    if (companion == nullptr) continue;
    ASSAY_TRY(file.rewind());
    auto opened = OpenedBytes::open(file);
    if (!opened.ok()) return opened.error();
    Content content((*opened)->content(), file, evidence.begin_offset,
                    line_end_of((*opened)->head()));
    (void)content.pass_over();
    const Balance before = sink.balance();
    ASSAY_TRY(companion->read(content, context, sink));
    if (content.error() && content.error()->code != ErrorCode::malformed) return *content.error();
    const Balance balance = minus(sink.balance(), before);
    ASSAY_TRY(check_balance(*companion, balance));
    evidence.also.push_back({std::string(name), balance});
    evidence.kinds.emplace(companion->record_kind(), 0);
  }
  return {};
}

// The line was used before the file grew, and must not count twice.
void refuse_line_rest(const Case::Impl& inside, const Content::LineRest& rest,
                      const Evidence& evidence, RecordSink& sink) {
  if (rest.length == 0) return;
  const auto found = inside.state.index_of(evidence.predecessor);
  const std::string earlier = found ? inside.state.evidences[*found].id : "an earlier evidence";
  sink.unit();
  sink.reject("line.read_in_part", rest.offset, rest.length, rest.text,
              fmt::format("the first {} bytes of this line are those of {}, which ended within it "
                          "and took them for the whole line; its end is here and in no record; a "
                          "case without {} reads the line whole",
                          rest.offset - rest.line_start, earlier, earlier));
}

Status read_rows(Case::Impl& inside, DescriptorSource& file, OpenedBytes& bytes,
                 const Reader& reader, Content& source, Evidence& evidence, EvidenceDetail& detail,
                 RejectsKept kept, RowsRead& outcome) {
  auto context = context_of(evidence, detail);
  if (!context.ok()) {
    outcome.failure = context.error();
    return {};
  }
  context->first_year = outcome.first_year;
  std::string head;
  if (evidence.begin_offset != 0) {
    head = bytes.head().substr(0, evidence.begin_offset);
    const std::string lines = source.pass_over();
    if (head.starts_with('#') || head.starts_with("\xef\xbb\xbf#")) head += lines;
    context->head = head;
  }
  outcome.first_year.reset();
  auto store = inside.open_store();
  if (!store.ok()) return store.error();
  inside.forget_rows(evidence.number);
  ASSAY_TRY((*store)->begin(evidence.number));
  RejectsFile rejects(kept == RejectsKept::yes ? inside.rejects_path(evidence) : std::string(),
                      evidence.number);
  const auto sink = make_store_sink(
      **store, evidence.number, [&](const Reject& reject) { return rejects.write(reject); },
      kRowsPerBatch);
  refuse_line_rest(inside, source.line_rest(), evidence, *sink);
  Status status = reader.read(source, *context, *sink);
  if (status.ok()) status = check_years(evidence, *sink);
  if (status.ok()) source.finish();
  if (source.error() && source.error()->code != ErrorCode::malformed) status = *source.error();
  if (status.ok()) {
    if (source.error() && !tells_damage(rejects.summaries())) {
      sink->unit();
      sink->reject("input.damaged", source.bytes(), 0, "", source.error()->message);
    }
  }
  const Balance balance = sink->balance();
  if (status.ok()) status = check_balance(reader, balance);
  if (status.ok()) status = bytes.received().drain();
  if (status.ok()) status = read_companions(reader, file, *context, evidence, *sink);
  if (!status.ok() && !sink->failure() && status.error().code != ErrorCode::interrupted) {
    outcome.first_year = sink->first_year_wanted();
    if (!outcome.first_year) outcome.failure = status.error();
    (void)finish_store_sink(*sink);
    return (*store)->drop(evidence.number);
  }
  Status finished = finish_store_sink(*sink);
  if (!status.ok()) return status;
  ASSAY_TRY(std::move(finished));
  ASSAY_TRY(rejects.finish());
  ASSAY_TRY(inside.commit_rows(evidence.number));
  evidence.state = ReadState::read;
  evidence.balance = balance;
  evidence.kinds.emplace(kind_of(evidence, detail, bytes.head()), 0);
  for (const auto& [kind, rows] : sink->kinds()) evidence.kinds[kind] = rows;
  evidence.notes = sink->notes();
  evidence.span = sink->span();
  detail.rejects = rejects.summaries();
  detail.rejects_sha256 = rejects.sha256();
  detail.rejects_stored = rejects.stored();
  if (rejects.count() > rejects.stored()) {
    add_note(evidence, "rejects.text_not_kept", rejects.count() - rejects.stored(),
             fmt::format("the texts of the first {} rejects are kept, all are counted",
                         kMaxStoredRejects));
  }
  return {};
}

}  // namespace

Status choose_format(const std::string& as_format, OpenedBytes& bytes, Evidence& evidence) {
  if (!as_format.empty()) {
    if (const Reader* reader = find_reader(as_format)) {
      evidence.format = reader->name();
      evidence.format_why = kFormatIsStated;
      return {};
    }
    std::vector<std::string> known;
    for (const Reader* reader : all_readers()) known.emplace_back(reader->name());
    const auto nearest = nearest_word(as_format, known);
    return Error{ErrorCode::usage, fmt::format("there is no format '{}'", as_format),
                 nearest ? fmt::format("did you mean '{}'? all of them: assay formats", *nearest)
                         : "see all of them with: assay formats"};
  }
  const std::string_view head = bytes.head();
  if (head.empty()) {
    evidence.format_why = bytes.head_damage().empty() ? "the file is empty" : bytes.head_damage();
    return {};
  }
  const SniffChoice choice = choose_reader(head);
  if (choice.reader != nullptr) {
    evidence.format = choice.reader->name();
    evidence.format_why = choice.why;
    return {};
  }
  evidence.format_why = choice.why;  // what each reader missed, or that none knows it
  return {};
}

namespace {

// The first pass, or the second one with the year that the first found. `again` asks for it.
Result<PassResult> run_once(Case::Impl& inside, DescriptorSource& file, Evidence& evidence,
                            EvidenceDetail& detail, RejectsKept rejects_kept,
                            const PrefixDigests& prefixes, std::optional<int>& first_year) {
  PassResult result;
  result.prefixes = prefixes;
  ASSAY_TRY(file.rewind());
  auto opened = OpenedBytes::open(file);
  if (!opened.ok()) {
    if (opened.error().code == ErrorCode::interrupted) return opened.error();
    result.failure = opened.error();
    return result;
  }
  OpenedBytes& bytes = **opened;
  const Reader* reader = evidence.format.empty() ? nullptr : find_reader(evidence.format);
  if (reader == nullptr && !evidence.format.empty()) {
    return Error{ErrorCode::unsupported,
                 fmt::format("{} was read as '{}', which this assay does not know", evidence.id,
                             evidence.format),
                 "use the version of assay that read it"};
  }
  RowsRead rows;
  rows.first_year = first_year;
  // Reading the file, hashing and decompressing fall to one thread, parsing and storing to this.
  const bool is_encoded = !bytes.encoding().empty();
  SealingSource decoded(bytes.content());
  if (reader != nullptr) {
    PrefixSource content_bytes(is_encoded ? static_cast<ByteSource&>(decoded) : bytes.content(),
                               result.prefixes);
    Content content(content_bytes, file, evidence.begin_offset, line_end_of(bytes.head()));
    ASSAY_TRY(
        read_rows(inside, file, bytes, *reader, content, evidence, detail, rejects_kept, rows));
    first_year = rows.first_year;
    result.failure = rows.failure;
    if (result.failure || first_year) return result;
  }
  if (Status drained = bytes.received().drain(); !drained.ok()) {
    if (drained.error().code == ErrorCode::interrupted) return drained.error();
    result.failure = drained.error();
    return result;
  }
  result.sha256 = bytes.received().sha256();
  result.size_bytes = bytes.received().bytes();
  result.content_bytes = is_encoded ? decoded.bytes() : result.size_bytes;
  if (reader != nullptr && is_encoded) result.content_sha256 = decoded.sha256();
  return result;
}

class NothingKept final : public RecordSink {
 public:
  NothingKept() : RecordSink(0) {}

 protected:
  Status deliver(RowBatch&) override { return {}; }
  Status deliver_reject(const Reject&) override { return {}; }
};

}  // namespace

std::optional<Error> refusal_of(const Evidence& evidence, const EvidenceDetail& detail,
                                std::string_view head) {
  const Reader* reader = find_reader(evidence.format);
  if (reader == nullptr) return std::nullopt;
  const auto context = context_of(evidence, detail);
  if (!context.ok()) return context.error();
  MemorySource source(head);
  NothingKept sink;
  const Status status = reader->read(source, *context, sink);
  // The year of the first stamp is found at the end of the bytes, which these are not.
  if (status.ok() || sink.first_year_wanted()) return std::nullopt;
  return status.error();
}

std::string_view kind_of(const Evidence& evidence, const EvidenceDetail& detail,
                         std::string_view head) {
  const Reader* reader = find_reader(evidence.format);
  if (reader == nullptr) return "file";
  const auto context = context_of(evidence, detail);
  return reader->record_kind_of(head, context.ok() ? context->mapping : std::nullopt);
}

Result<PassResult> run_pass(Case::Impl& inside, DescriptorSource& file, Evidence& evidence,
                            EvidenceDetail& detail, RejectsKept rejects_kept,
                            PrefixDigests prefixes) {
  evidence.balance = Balance();
  evidence.also.clear();
  evidence.kinds.clear();
  evidence.notes.clear();
  evidence.span.reset();
  evidence.state = ReadState::unreadable;
  detail.rejects.clear();
  detail.rejects_sha256.clear();
  std::optional<int> first_year;
  auto result = run_once(inside, file, evidence, detail, rejects_kept, prefixes, first_year);
  if (result.ok() && first_year) {
    result = run_once(inside, file, evidence, detail, rejects_kept, prefixes, first_year);
    if (result.ok() && first_year) {
      result->failure = Error{ErrorCode::internal,
                              fmt::format("{} asked twice for another year", evidence.format),
                              "state it with --year"};
    }
  }
  return result;
}

}  // namespace assay
