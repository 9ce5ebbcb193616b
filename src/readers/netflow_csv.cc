// Flows in tables of other programs, read by the names of their columns: SiLK, Argus, YAF, pmacct,
// nProbe and ntopng, CICFlowMeter, AWS VPC flow logs and the like. docs/formats/netflow_csv.md.
#include <fmt/core.h>

#include <algorithm>

#include "readers/delimited_record.h"
#include "readers/flow_record.h"
#include "readers/head_score.h"
#include "readers/peeked_source.h"
#include "readers/readers.h"

namespace assay {

namespace {

using C = FlowColumn;

constexpr std::size_t kMostPreamble = 20;  // lines before the heading
constexpr std::string_view kDelimiters = ",|\t; ";
constexpr std::size_t kLookedAtDates = 200;

// How a table is to be read, from its first bytes.
struct FlowPlan {
  char delimiter = ',';
  std::size_t preamble = 0;  // lines above the heading, blank ones left out
  std::string heading;
  std::vector<std::string> names;
  std::vector<C> columns;
  std::vector<std::string> texts_of_begin;

  bool is_found() const { return !columns.empty(); }
  bool has(C column) const {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  }
  std::size_t count_of(std::initializer_list<C> wanted) const {
    return static_cast<std::size_t>(
        std::count_if(wanted.begin(), wanted.end(), [this](C column) { return has(column); }));
  }
  // Two ends and a time are in many tables; flows have amounts or a protocol with ports as well.
  bool is_of_flows() const {
    const std::size_t amounts =
        count_of({C::packets_sent, C::packets_total, C::bytes_sent, C::bytes_total});
    const std::size_t others = count_of({C::protocol, C::client_port, C::server_port});
    return has(C::client) && has(C::server) && (has(C::begin) || has(C::end)) &&
           (amounts + (others == 3 ? 1 : 0) >= 1) && amounts + others >= 2;
  }
};

std::string_view without_mark(std::string_view name) {
  while (name.starts_with('#') || name.starts_with(':') || name.starts_with(' ')) {
    name.remove_prefix(1);
  }
  return name;
}

FlowPlan plan_of(std::string_view head) {
  FlowPlan plan;
  std::size_t lines = 0;
  for_each_head_line(head, [&](std::string_view line) {
    std::vector<std::string_view> cells;
    std::deque<std::string> scratch;
    if (plan.is_found()) {
      if (plan.texts_of_begin.size() >= kLookedAtDates) return;
      if (!split_record(line, plan.delimiter, cells, scratch)) return;
      for (std::size_t i = 0; i < std::min(cells.size(), plan.columns.size()); ++i) {
        if (plan.columns[i] == C::begin) plan.texts_of_begin.emplace_back(cells[i]);
      }
      return;
    }
    if (++lines > kMostPreamble + 1) return;
    if (line.starts_with("#fields") || line.starts_with("#types")) return;  // Zeek's own
    for (const char delimiter : kDelimiters) {
      FlowPlan tried;
      tried.delimiter = delimiter;
      if (!split_record(without_mark(line), delimiter, cells, scratch)) continue;
      for (const std::string_view cell : cells) {
        tried.names.emplace_back(cell);
        tried.columns.push_back(flow_column(cell));
      }
      if (!tried.is_of_flows()) continue;
      tried.preamble = lines - 1;
      tried.heading = line;
      plan = std::move(tried);
      return;
    }
  });
  return plan;
}

// The format of the times of one column; empty when each can be read by itself.
Result<TimeFormat> time_format_of(const FlowPlan& plan,
                                  const std::optional<DelimitedMapping>& mapping) {
  if (mapping && !mapping->time_format.empty()) return TimeFormat::parse(mapping->time_format);
  const NumericDates dates = look_at_dates(plan.texts_of_begin);
  if (!dates.is_of_this_form) return TimeFormat::parse("");
  if (dates.formats.size() == 1) return TimeFormat::parse(dates.formats.front());
  return Error{ErrorCode::usage,
               fmt::format("times like '{}' can be read in more than one way: {}", dates.example,
                           dates.readings),
               "state the right one as time_format in a mapping, for example \"%d/%m/%Y %H:%M\""};
}

class FlowTable {
 public:
  FlowTable(const FlowPlan& plan, FlowRecord& flow, RecordSink& sink)
      : plan_(plan), flow_(flow), sink_(sink) {}

  void take(const TextLine& line, const std::vector<std::string_view>& cells) {
    if (line.text == plan_.heading) return sink_.blank_unit();
    if (line.text.front() == '#') {
      sink_.note("flow.comment", line.text);
      return sink_.blank_unit();
    }
    // SiLK and others end each line with a delimiter.
    const bool has_end = cells.size() == plan_.columns.size() + 1 && cells.back().empty();
    if (cells.size() != plan_.columns.size() && !has_end) {
      return reject_line(
          sink_, line, "flow.columns.count",
          fmt::format("{} values under {} names", cells.size(), plan_.columns.size()));
    }
    flow_.begin();
    std::string_view status;
    for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
      if (plan_.columns[i] == C::status) status = cells[i];
      flow_.set(plan_.columns[i], cells[i]);
    }
    if (status == "NODATA" || status == "SKIPDATA") return flow_.take_status(line);
    flow_.take(line);
  }

 private:
  const FlowPlan& plan_;
  FlowRecord& flow_;
  RecordSink& sink_;
};

void note_unknown_columns(const FlowPlan& plan, RecordSink& sink) {
  std::string unknown;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    if (plan.columns[i] != C::unknown || plan.names[i].empty()) continue;
    unknown += (unknown.empty() ? "" : ", ") + plan.names[i];
    ++count;
  }
  if (count > 0) sink.note("flow.columns_unknown", unknown, count);
}

class NetflowCsv final : public Reader {
 public:
  std::string_view name() const override { return "netflow_csv"; }
  std::string_view summary() const override {
    return "tables of flows, by the names of their columns";
  }
  std::string_view record_kind() const override { return "flow"; }
  std::string_view unit() const override { return "line"; }
  bool can_read_tail() const override { return true; }

  SniffScore sniff(std::string_view head) const override {
    const FlowPlan plan = plan_of(head);
    if (!plan.is_found() || begins_as_page_or_code(head)) return {};
    if (plan.heading.find('`') < plan.heading.size()) return {};  // quoted in a page
    const auto known = static_cast<std::size_t>(
        std::count_if(plan.columns.begin(), plan.columns.end(),
                      [](C column) { return column != C::unknown && column != C::other; }));
    return {82, fmt::format("a table with {} columns that flows have", known)};
  }

  Status read(ByteSource& raw, const ReadContext& context, RecordSink& sink) const override {
    PeekedSource source(raw);
    const bool is_tail = !context.head.empty();
    const FlowPlan plan = plan_of(is_tail ? context.head : source.peek(kSniffBytes));
    auto format = time_format_of(plan, context.mapping);
    if (!format.ok()) return format.error();
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    FlowRecord flow("flow", std::move(*clock), context.clock.skew_us, std::move(*format), sink);
    DelimitedRecords records(source, sink, plan.delimiter);
    TextLine line;
    if (!plan.is_found()) {
      while (records.next_line(line)) {
        reject_line(sink, line, "flow.heading.missing",
                    "no heading in the first lines names source, destination, time and amounts");
      }
    } else {
      note_unknown_columns(plan, sink);
      for (std::size_t i = 0; !is_tail && i < plan.preamble + 1 && records.next_line(line); ++i) {
        sink.blank_unit();
      }
      FlowTable table(plan, flow, sink);
      std::vector<std::string_view> cells;
      while (records.next(line, cells)) table.take(line, cells);
    }
    ASSAY_TRY(records.status());
    flow.note_missing();
    return flushed(sink);
  }

  std::string describe_plan(std::string_view head) const override {
    const FlowPlan plan = plan_of(head);
    std::string out;
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      out += fmt::format("{}: {}\n", plan.names[i], flow_column_word(plan.columns[i]));
    }
    return out;
  }
};

}  // namespace

const Reader& netflow_csv_reader() {
  static const NetflowCsv reader;
  return reader;
}

}  // namespace assay
