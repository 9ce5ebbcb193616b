#include "readers/nfdump_lines.h"

#include <algorithm>

namespace assay {

namespace {

// The next word of `text`, which loses it.
std::string_view take_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

bool is_unit(std::string_view word) {
  return word.size() == 1 && std::string_view("KMGT").find(word[0]) != std::string_view::npos;
}

// Both words as one view, when they stand in one line.
std::string_view joined(std::string_view first, std::string_view last) {
  return {first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data())};
}

// "192.0.2.1:25", "2001:db8::1.25", with "8.0" in the place of the port for ICMP.
bool cut_end(std::string_view word, std::string_view& address, std::string_view& port) {
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) return false;
  const std::size_t last_colon = word.rfind(':');
  const std::size_t at = colon == last_colon ? colon : word.find('.', last_colon);
  if (at == std::string_view::npos) return false;
  address = word.substr(0, at);
  port = word.substr(at + 1);
  return true;
}

}  // namespace

bool NfdumpLayout::take_heading(std::string_view line) {
  for (const std::string_view word : {"Date", "first", "seen", "Duration", "Proto", "Src", "IP",
                                      "Addr:Port", "Dst", "IP", "Addr:Port"}) {
    if (take_word(line) != word) return false;
  }
  columns_.clear();
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
    if (word == "In" || word == "Out") word = joined(word, take_word(line));
    columns_.push_back(flow_column(word));
  }
  return true;
}

NfdumpLayout::Outcome NfdumpLayout::cut(std::string_view line, Cells& cells) const {
  cells.clear();
  const std::string_view day = take_word(line), time = take_word(line);
  std::string_view duration = take_word(line);
  if (duration.ends_with('d')) duration = joined(duration, take_word(line));
  const std::string_view protocol = take_word(line);
  const std::string_view from = take_word(line), arrow = take_word(line), to = take_word(line);
  if (to.empty() || (arrow != "->" && arrow != "<->")) return Outcome::unreadable;
  if (from.find("..") != std::string_view::npos || to.find("..") != std::string_view::npos) {
    return Outcome::shortened;
  }
  std::string_view source, source_port, target, target_port;
  if (!cut_end(from, source, source_port) || !cut_end(to, target, target_port)) {
    return Outcome::unreadable;
  }
  cells.assign({{FlowColumn::begin, joined(day, time)},
                {FlowColumn::duration_s, duration},
                {FlowColumn::protocol, protocol},
                {FlowColumn::client, source},
                {FlowColumn::client_port, source_port},
                {FlowColumn::server, target},
                {FlowColumn::server_port, target_port}});
  for (const FlowColumn column : columns_) {
    std::string_view word = take_word(line);
    if (word.empty()) return Outcome::unreadable;
    std::string_view rest = line;
    if (const std::string_view unit = take_word(rest); is_unit(unit)) {
      word = joined(word, unit);
      line = rest;
    }
    cells.emplace_back(column, word);
  }
  return take_word(line).empty() ? Outcome::read : Outcome::unreadable;
}

}  // namespace assay
