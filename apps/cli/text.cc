#include "text.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay::cli {
namespace {

// Length of the UTF-8 sequence at `i`, 0 when there is none; its code point in `code`.
std::size_t utf8_at(std::string_view text, std::size_t i, std::uint32_t& code) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char first = byte(i);
  const std::size_t length = first < 0x80    ? 1
                             : first < 0xc2  ? 0
                             : first < 0xe0  ? 2
                             : first < 0xf0  ? 3
                             : first <= 0xf4 ? 4
                                             : 0;
  if (length == 0 || i + length > text.size()) return 0;
  code = length == 1 ? first : first & (0xff >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i + k) & 0x3f);
  }
  return length;
}

bool is_dangerous(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
         (code >= 0xd800 && code < 0xe000) || code == 0xfeff;
}

// Formats whose every time says what zone it is in: --zone neither helps nor harms.
bool tells_its_zone(const Evidence& evidence) {
  return evidence.format == "pcap_dns" || evidence.format == "zeek_dns";
}

}  // namespace

std::string name_of(const Evidence& evidence) {
  std::string name = safe(evidence.name);
  if (evidence.container != 0) name += fmt::format(" (of archive-{})", evidence.container);
  return name;
}

std::string assumptions(const Evidence& evidence) {
  std::vector<std::string> words;
  if (!evidence.clock.zone_is_stated && !tells_its_zone(evidence)) {
    words.emplace_back("times without a zone are UTC (--zone)");
  }
  for (const Note& note : evidence.notes) {
    if (note.code.find("year") != std::string::npos || note.code.ends_with(".day_order_assumed")) {
      words.push_back(safe(note.text));
    }
  }
  if (evidence.coverage.intervals.empty()) {
    words.emplace_back("coverage is unknown, so absence says nothing (--covers, --complete)");
  }
  if (evidence.vantage == Vantage::unknown) words.emplace_back("vantage is unknown (--vantage)");
  return fmt::format("{}", fmt::join(words, "; "));
}

std::string safe(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t code = 0;
    const std::size_t length = utf8_at(text, i, code);
    if (length == 0 || is_dangerous(code)) {
      for (std::size_t k = 0; k < std::max<std::size_t>(length, 1); ++k) {
        fmt::format_to(std::back_inserter(out), "\\x{:02x}",
                       static_cast<unsigned char>(text[i + k]));
      }
    } else {
      out += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string safe_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += "    " + safe(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string number(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(std::uint64_t value, std::string_view noun) {
  if (value == 1) return fmt::format("1 {}", noun);
  if (noun.ends_with("ry")) {
    return fmt::format("{} {}ies", number(value), noun.substr(0, noun.size() - 1));
  }
  return fmt::format("{} {}s", number(value), noun);
}

std::string bytes_text(std::uint64_t value) {
  if (value < 10'000) return number(value) + " bytes";
  double amount = static_cast<double>(value);
  const char* unit = "";
  for (const char* next : {"kB", "MB", "GB", "TB"}) {
    if (amount < 1000) break;
    amount /= 1000;
    unit = next;
  }
  return fmt::format("{:.1f} {}", amount, unit);
}

std::string span_text(const Interval& span) {
  return fmt::format("{} to {}", format_utc(span.begin_us), format_utc(span.end_us - 1));
}

std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_last = i + 1 == row.size();
      text += is_last ? row[i] : fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    text += '\n';
  }
  return text;
}

std::string wrapped(std::string_view text, std::string_view indent, std::size_t width) {
  std::string out;
  const std::size_t room = width > indent.size() + 20 ? width - indent.size() : 20;
  while (!text.empty()) {
    std::size_t cut = text.size();
    if (cut > room) {
      cut = text.rfind(' ', room);
      if (cut == std::string_view::npos || cut == 0) cut = std::min(text.find(' '), text.size());
    }
    out += std::string(indent) + std::string(text.substr(0, cut)) + "\n";
    text.remove_prefix(cut);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  return out;
}

// Only the first and the last record's time are known here: how many lie between is not.
std::string coverage_warning(const Evidence& evidence) {
  const auto& declared = evidence.coverage.intervals;
  if (declared.empty() || !evidence.span) return "";
  const Interval& span = *evidence.span;
  std::int64_t covered_us = 0;
  std::vector<std::string> words;
  for (const Interval& interval : declared) {
    covered_us += std::max<std::int64_t>(
        0, std::min(interval.end_us, span.end_us) - std::max(interval.begin_us, span.begin_us));
    words.push_back(format_interval(interval));
  }
  const std::string covers = fmt::format("--covers {}", fmt::join(words, ", "));
  if (covered_us == 0) {
    return fmt::format("all {} lie outside {}: they run from {}",
                       counted(evidence.rows(), "record"), covers, span_text(span));
  }
  if (covered_us >= (span.end_us - span.begin_us) / 2) return "";
  return fmt::format("most of the time of its records, {}, lies outside {}", span_text(span),
                     covers);
}

std::string balance_text(std::string_view format, const Balance& balance) {
  const Reader* reader = find_reader(format);
  const std::string unit = reader != nullptr ? std::string(reader->unit()) : "unit";
  std::string text =
      fmt::format("{} from {}: {} used, {} rejected, {} blank", counted(balance.rows, "record"),
                  counted(balance.units, unit), number(balance.used), number(balance.rejected),
                  number(balance.blank));
  if (!balance.is_even()) text += "; THE BALANCE IS NOT EVEN: this is a defect of assay";
  return text;
}

std::string describe(const Evidence& evidence, const std::vector<RejectSummary>& rejects,
                     std::string_view told_before) {
  std::string text;
  const auto line = [&](std::string_view words) { text += wrapped(words, "    "); };
  const std::string encoding = evidence.encoding.empty() ? "" : evidence.encoding + ", ";
  line(fmt::format("{}{}{}: {}", bytes_text(evidence.size_bytes), ", " + encoding,
                   evidence.format.empty() ? "not read" : evidence.format,
                   safe(evidence.format_why)));
  if (evidence.state == ReadState::read) {
    line(balance_text(evidence.format, evidence.balance));
    for (const Reading& reading : evidence.also) {
      line(fmt::format("also read as {}: {}", reading.format,
                       balance_text(reading.format, reading.balance)));
    }
    if (evidence.predecessor != 0) {
      line(evidence.begin_offset == 0
               ? fmt::format("a file that grew: read whole, since evidence {} ends within its "
                             "first line",
                             evidence.predecessor)
               : fmt::format("a file that grew: its bytes before {} are those of evidence {} and "
                             "were read with it",
                             number(evidence.begin_offset), evidence.predecessor));
    }
    if (evidence.span) line(span_text(*evidence.span));
    const std::string assumed = assumptions(evidence);
    const bool is_told = !told_before.empty() && assumed == told_before;
    if (is_told) line("assumed: as for the file before");
    if (!is_told && !(assumed.empty() && told_before.empty())) {
      line("assumed: " + (assumed.empty() ? "nothing" : assumed));
    }
    if (evidence.clock.zone_is_stated && tells_its_zone(evidence)) {
      line(fmt::format("note: --zone {} has no effect: all times of this format are in UTC",
                       evidence.clock.zone));
    }
    if (const std::string words = coverage_warning(evidence); !words.empty()) {
      line("WARNING: " + words);
    }
  }
  for (const Note& note : evidence.notes) {
    line(fmt::format("note: {} {}: {}", note.code, number(note.count), safe(note.text)));
  }
  for (const RejectSummary& reject : rejects) {
    line(fmt::format("rejected: {} {}, first at byte {}: {}", reject.code, number(reject.count),
                     reject.example_offset, safe(reject.why)));
  }
  return text;
}

}  // namespace assay::cli
