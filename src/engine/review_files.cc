#include "engine/review_files.h"

#include <fmt/format.h>

#include <filesystem>

#include "engine/message_walk.h"
#include "readers/mail/message_reading.h"

namespace assay {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 18;
constexpr std::string_view kHeader =
    "message,class,rule,twin,jaccard,jaccard_is_exact,contained,holds,group,thread,markings,date,"
    "from,to,subject,message_id,mih,bytes,sha256,remarks\r\n";

std::string share_text(const std::optional<double>& share) {
  return share ? fmt::format("{:.3f}", *share) : std::string();
}

std::string joined(const std::vector<MarkingPlace>& places) {
  std::string text;
  for (const MarkingPlace& place : places) {
    text += fmt::format("{}{}: {} ({}, {}) x{}", text.empty() ? "" : "; ", place.kind,
                        place.marking, place.where, place.position, place.count);
  }
  return text;
}

// As programs write it for a message without one: the date is the message's own, in UTC.
std::string from_line(const review::Item& item) {
  constexpr std::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime at = civil_from_utc(item.time_us);
  const int day = weekday_of(days_from_civil(at.year, at.month, at.day));
  return fmt::format("From MAILER-DAEMON {} {} {:2} {:02}:{:02}:{:02} {:04}\n", kDays[day],
                     kMonths[at.month - 1], at.day, at.hour, at.minute, at.second, at.year);
}

}  // namespace

std::string safe_cell(std::string_view text) {
  constexpr std::string_view kFormula = "=+-@\t\r\n'|%";
  std::string cell;
  if (!text.empty() && kFormula.find(text.front()) != kFormula.npos) cell += '\'';
  for (const char c : text) {
    if (c == '"') cell += '"';
    // A line in a cell is a line less for whoever counts them.
    cell += (c >= 0 && c < ' ') || c == 0x7f ? ' ' : c;
  }
  const bool is_quoted = cell.find_first_of(",\"") != cell.npos || cell.starts_with(' ');
  return is_quoted ? "\"" + cell + "\"" : cell;
}

Result<std::unique_ptr<ReviewFiles>> ReviewFiles::make(const std::string& folder) {
  std::error_code problem;
  if (std::filesystem::exists(folder, problem) &&
      (!std::filesystem::is_directory(folder, problem) ||
       !std::filesystem::is_empty(folder, problem))) {
    return Error{ErrorCode::usage, fmt::format("{} is there already and is not empty", folder),
                 "a review never overwrites a file: choose a new folder"};
  }
  std::filesystem::create_directories(folder, problem);
  if (problem) {
    return Error{ErrorCode::io, fmt::format("cannot make {}: {}", folder, problem.message()), ""};
  }
  std::unique_ptr<ReviewFiles> files(new ReviewFiles(folder));
  auto csv = create_anew(folder + "/review.csv");
  if (!csv.ok()) return csv.error();
  files->csv_ = std::move(*csv);
  files->rows_ = kHeader;
  return files;
}

Status ReviewFiles::add_row(const ReviewedMessage& message) {
  std::string remarks;
  for (const std::string& each : message.remarks) remarks += (remarks.empty() ? "" : "; ") + each;
  const std::string_view id = review::bare_id(message.message_id);
  const std::string jaccard = share_text(message.jaccard);
  rows_ += fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", message.locus,
      to_string(message.review_class), safe_cell(message.rule), message.twin, jaccard,
      jaccard.empty()            ? ""
      : message.is_jaccard_exact ? "yes"
                                 : "no",
      share_text(message.contained), message.holds, message.group, message.thread,
      safe_cell(joined(message.markings)), message.date, safe_cell(message.from),
      safe_cell(message.to), safe_cell(message.subject), safe_cell(message.message_id),
      id.empty() ? "" : edrm_mih(id), message.length, message.sha256, safe_cell(remarks));
  return rows_.size() < kChunkBytes ? Status() : flush();
}

Status ReviewFiles::flush() {
  ASSAY_TRY(write_all(csv_.number(), rows_, folder_ + "/review.csv"));
  rows_.clear();
  return {};
}

// mboxrd: one '>' more before every line "From ", "> From " and so on, which can be undone exactly.
Status ReviewFiles::write_messages(ReviewRun& run, const std::vector<bool>& selected) {
  const std::string path = folder_ + "/new.mbox";
  auto file = create_anew(path);
  if (!file.ok()) return file.error();
  const auto& items = run.fresh.items();
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < selected.size(); ++i) {
    if (selected[i]) numbers.push_back(i);
  }
  NoSink sink;
  std::string out;
  const auto take = [&](std::uint32_t number, const Evidence& evidence,
                        ByteSource& bytes) -> Status {
    MailBytes lines(bytes, sink);
    bool is_first = true, ends_line = true;
    for (MailLine line; lines.next(line);) {
      const bool is_of_mailbox = is_first && is_line_of_mailbox(line.text, evidence.format);
      if (is_first && !is_of_mailbox) out += from_line(items[number]);
      is_first = false;
      const std::size_t quotes = line.text.find_first_not_of('>');
      const bool is_from =
          line.starts && quotes != line.text.npos && line.text.substr(quotes).starts_with("From ");
      if (is_from && !is_of_mailbox) out += '>';
      out += line.text;
      ends_line = line.text.ends_with('\n');
      if (out.size() < kChunkBytes) continue;
      ASSAY_TRY(write_all(file->number(), out, path));
      out.clear();
    }
    out += ends_line ? "\n" : "\n\n";
    return lines.status();
  };
  ASSAY_TRY(each_message(run.inside, items, std::move(numbers), take));
  return write_all(file->number(), out, path);
}

Status ReviewFiles::finish(MailReview& review) {
  ASSAY_TRY(flush());
  review.files = {folder_ + "/review.csv", folder_ + "/new.mbox"};
  return {};
}

void ReviewFiles::remove() {
  std::error_code problem;
  std::filesystem::remove(folder_ + "/review.csv", problem);
  std::filesystem::remove(folder_ + "/new.mbox", problem);
  std::filesystem::remove(folder_, problem);
}

}  // namespace assay
