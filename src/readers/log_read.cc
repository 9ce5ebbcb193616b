#include "readers/log_read.h"

#include "readers/pending_lookups.h"
#include "readers/storable_time.h"
#include "readers/syslog_line.h"

namespace assay {

bool LogRead::read_time(const DaemonLine& parsed, const TextLine& line, DnsRow& row) {
  LogClock::Reading time;
  LogClock::Problem problem;
  if (!date_line(parsed, clock_, skew_us_, time, problem)) {
    return refuse(line, problem.code, problem.why);
  }
  row.time_us = time.us;
  row.width_us = time.width_us;
  row.flags |= time.flags;
  row.offset = line.offset;
  row.length = static_cast<std::uint32_t>(line.text.size());
  return true;
}

bool LogRead::refuse(const TextLine& line, std::string_view code, std::string_view why) {
  reject_line(sink_, line, code, why);
  return false;
}

void LogRead::pass_over(const TextLine& line, std::string_view note) {
  sink_.note(note, line.text);
  sink_.blank_unit();
}

bool LogRead::take_repeats(const TextLine& line, bool was_lookup, std::string_view mark) {
  const RepeatedLines repeats = parse_repeats(line.text);
  if (repeats.count == 0) return false;
  const bool is_lookup =
      repeats.message.empty() ? was_lookup : repeats.message.find(mark) != std::string_view::npos;
  if (!is_lookup) {
    pass_over(line, fmt::format("{}.other_line", program_));
    return true;
  }
  sink_.note(fmt::format("{}.repeats_missing", program_), line.text, repeats.count);
  reject_line(sink_, line, fmt::format("{}.repeated", program_),
              fmt::format("stands for {} lines whose times it does not tell", repeats.count));
  return true;
}

void LogRead::step_back(DnsRow& row, std::uint32_t delay_us) {
  std::int64_t earlier = 0;
  if (add_skew(row.time_us, -std::int64_t{delay_us}, earlier)) row.time_us = earlier;
}

void LogRead::note_crowded_out(std::uint64_t count) {
  if (count == 0) return;
  sink_.note(fmt::format("{}.answer_not_awaited", program_),
             fmt::format("more than {} look-ups waited for an answer", kMostPending), count);
}

Status LogRead::finish_years() {
  return settle_years(clock_, fmt::format("{}.year_inferred", program_), sink_);
}

}  // namespace assay
