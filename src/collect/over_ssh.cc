// A host over ssh: the fixed script runs there, and this reads what it answers.
#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "assay/collect.h"
#include "assay/instant.h"
#include "collect/channel.h"
#include "collect/list_files.h"
#include "collect/source.h"
#include "collect/system.h"
#include "core/digest.h"

namespace assay::collecting {
namespace {

constexpr std::size_t kCallsAhead = 32;
constexpr std::size_t kMostNoise = 1 << 20;  // banners before the first answer

// As one word for a POSIX shell, whatever bytes it has.
std::string quoted(std::string_view word) {
  std::string text = "'";
  for (const char c : word) c == '\'' ? text += "'\\''" : text += c;
  return text + "'";
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

std::optional<std::uint64_t> number(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "2026-05-04 20:48:56.931165496 +0000" gives what whole seconds leave out.
std::int64_t with_fraction(std::int64_t seconds, std::string_view human) {
  const std::size_t dot = human.find('.');
  const auto nanos = dot == std::string_view::npos || human.size() < dot + 10
                         ? std::nullopt
                         : number(human.substr(dot + 1, 9));
  return seconds * 1'000'000'000 + static_cast<std::int64_t>(nanos.value_or(0));
}

// What `facts` of the script prints. nullopt: something else.
std::optional<FileFacts> parse_facts(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t bar = 0; parts.size() < 4; text.remove_prefix(std::min(bar + 1, text.size()))) {
    bar = text.find('|');
    parts.emplace_back(text.substr(0, bar));
    if (bar == std::string_view::npos) break;
  }
  const auto words = words_of(parts[0]);
  if (parts.size() != 4 || words.size() != 12) return std::nullopt;
  std::uint64_t values[10] = {};
  for (std::size_t i = 0; i < 10; ++i) {
    const auto value = number(words[i], i == 4 ? 16 : 10);
    if (!value || *value > INT64_MAX / 1'000'000'000 * (i < 7 ? 1'000'000'000ULL : 1)) {
      return std::nullopt;
    }
    values[i] = *value;
  }
  FileFacts facts;
  facts.size = values[0], facts.inode = values[1], facts.device = values[2];
  facts.links = values[3], facts.mode = static_cast<std::uint32_t>(values[4]);
  facts.uid = static_cast<std::uint32_t>(values[5]);
  facts.gid = static_cast<std::uint32_t>(values[6]);
  facts.mtime_ns = with_fraction(static_cast<std::int64_t>(values[7]), parts[1]);
  facts.ctime_ns = with_fraction(static_cast<std::int64_t>(values[8]), parts[2]);
  facts.atime_ns = with_fraction(static_cast<std::int64_t>(values[9]), parts[3]);
  facts.owner = words[10], facts.group = words[11];
  return facts;
}

class OverSsh final : public Source {
 public:
  OverSsh(const CollectSurroundings& surroundings, std::vector<std::string> argv)
      : surroundings_(surroundings), argv_(std::move(argv)) {}

  Result<ClockSample> clock() override {
    ASSAY_TRY(connect());
    ClockSample sample;
    sample.before_us = surroundings_.now_us();
    channel_.send("clock\n");
    auto words = answer();
    sample.after_us = surroundings_.now_us();
    if (!words.ok()) return words.error();
    if (words->size() != 2 || (*words)[0] != "clock") return nonsense();
    const std::string& text = (*words)[1];
    const std::size_t dot = text.find('.');
    const auto seconds = number(text.substr(0, dot));
    const auto nanos = dot == std::string::npos ? std::nullopt : number(text.substr(dot + 1));
    if (!seconds || *seconds > INT64_MAX / 2'000'000) return nonsense();
    sample.host_us = static_cast<std::int64_t>(*seconds) * kMicrosPerSecond +
                     static_cast<std::int64_t>(
                         std::min<std::uint64_t>(nanos.value_or(0) / 1000, kMicrosPerSecond - 1));
    if (!nanos) sample.state = "its `date` tells whole seconds alone";
    return sample;
  }

  Result<HostFacts> look() override {
    ASSAY_TRY(connect());
    channel_.send("look\n");
    HostFacts host;
    while (true) {
      auto words = answer();
      if (!words.ok()) return words.error();
      if ((*words)[0] == "looked") return host;
      std::string value, unused;
      ASSAY_TRY(texts(*words, value, unused));
      while (value.ends_with('\n')) value.pop_back();
      if ((*words)[0] == "name") host.name = value;
      if ((*words)[0] == "system") host.system = value;
      if ((*words)[0] == "user") host.user = value;
      if ((*words)[0] == "uid") host.uid = static_cast<std::uint32_t>(number(value).value_or(0));
      if ((*words)[0] == "offset") host.offset = value;
      const std::size_t at = value.find("zoneinfo/");
      if ((*words)[0] == "zone") host.zone = at == std::string::npos ? value : value.substr(at + 9);
    }
  }

  Result<Listing> list(const Plan& plan) override;
  Status take(const std::vector<Task>& tasks, const Plan& plan, Sink& sink) override;

 private:
  Status connect();
  // The words of the next answer, without the token; at least one.
  Result<std::vector<std::string>> answer();
  // The two texts behind an answer whose last two words are their sizes.
  Status texts(const std::vector<std::string>& words, std::string& first, std::string& second);
  Error nonsense() {
    channel_.close();
    return {ErrorCode::io, "the host answered something that our script does not",
            "look at what its login prints, and whether `sh` is a POSIX shell there"};
  }
  void take_link(const PlannedFiles& files, const std::vector<std::string>& words,
                 const std::string& path, const std::string& target, Listing& listing) const;
  static std::string call_for(const Task& task, const Plan& plan, std::uint64_t room);
  Status take_file(const Task& task, const std::vector<std::string>& words, Sink& sink);
  Status take_output(const Task& task, const std::vector<std::string>& words, const Plan& plan,
                     Sink& sink);

  const CollectSurroundings& surroundings_;
  std::vector<std::string> argv_;
  Channel channel_;
  std::string token_;
  std::uint64_t most_bytes_ = 0;  // of a file
};

Status OverSsh::connect() {
  if (channel_.is_open()) return {};
  unsigned char random[16] = {};
  if (RAND_bytes(random, sizeof random) != 1) {
    return Error{ErrorCode::internal, "OpenSSL has no random numbers", ""};
  }
  token_ = "assay-" + hex_digits({reinterpret_cast<char*>(random), sizeof random});
  ASSAY_TRY(channel_.open(argv_, surroundings_.stop));
  channel_.allow_silence(120);
  channel_.send(collect_script());
  channel_.send("hello " + token_ + "\n");
  // What the login prints before it.
  std::string said;
  for (std::size_t noise = 0; noise < kMostNoise;) {
    auto line = channel_.line();
    if (!line.ok()) {
      channel_.close();
      Error error = line.error();
      if (!said.empty()) error.message += "; it said: " + readable(said);
      return error;
    }
    noise += line->size() + 1;
    said = line->substr(0, 200);
    if (line->ends_with(token_ + " hello 1")) return {};
  }
  return nonsense();
}

Result<std::vector<std::string>> OverSsh::answer() {
  auto line = channel_.line();
  if (!line.ok()) {
    channel_.close();
    return line.error();
  }
  if (!line->starts_with(token_ + " ")) return nonsense();
  auto words = words_of(std::string_view(*line).substr(token_.size() + 1));
  if (words.empty()) return nonsense();
  if (words[0] == "lacks") {
    channel_.close();
    return Error{ErrorCode::unsupported,
                 fmt::format("the host has no {}", readable(line->substr(token_.size() + 7))),
                 "run assay on the host itself, or copy the files there by hand"};
  }
  return words;
}

Status OverSsh::texts(const std::vector<std::string>& words, std::string& first,
                      std::string& second) {
  const auto size = words.size() < 3 ? std::nullopt : number(words[words.size() - 2]);
  const auto other = words.size() < 3 ? std::nullopt : number(words.back());
  if (!size || !other) return nonsense();
  auto one = channel_.text(*size);
  if (!one.ok()) return one.error();
  auto two = channel_.text(*other);
  if (!two.ok()) return two.error();
  auto end = channel_.text(1);
  if (!end.ok()) return end.error();
  if (*end != "\n") return nonsense();
  first = std::move(*one), second = std::move(*two);
  return {};
}

void OverSsh::take_link(const PlannedFiles& files, const std::vector<std::string>& words,
                        const std::string& path, const std::string& target,
                        Listing& listing) const {
  const auto refuse = [&](const char* code, const std::string& why) {
    listing.problems.push_back({files.what, path, code, why});
  };
  if (!files.follow_links) {
    return refuse("symbolic_link", fmt::format("a link to {}, not followed", readable(target)));
  }
  if (words[2] == "folder") {
    return refuse("link_to_folder", fmt::format("a link to the folder {}", readable(target)));
  }
  if (words[2] != "file") return refuse("not_there", "the link leads to no file");
  if (!is_inside(target, files.patterns)) {
    return refuse("link_leads_outside",
                  fmt::format("a link to {}, outside of what the plan names", readable(target)));
  }
  listing.items.push_back({files.what, target, path, {}, number(words[3]).value_or(0)});
}

Result<Listing> OverSsh::list(const Plan& plan) {
  ASSAY_TRY(connect());
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    for (const std::string& pattern : plan.files[i].patterns) {
      channel_.send(fmt::format("plan {} {} {} {}\n", i, plan.files[i].follow_links ? 1 : 0,
                                quoted(folder_of_pattern(pattern)), quoted(pattern)));
    }
  }
  channel_.send("answer listed\n");
  Listing listing;
  std::uint64_t left_out = 0;
  while (true) {
    auto words = answer();
    if (!words.ok()) return words.error();
    const std::string& verb = (*words)[0];
    if (verb == "listed") break;
    std::string path, second;
    ASSAY_TRY(texts(*words, path, second));
    const auto which = number((*words)[1]);
    if (!which || *which >= plan.files.size()) return nonsense();
    const PlannedFiles& files = plan.files[*which];
    if (listing.problems.size() > kMostFiles || listing.items.size() >= plan.limits.files) {
      ++left_out;
    } else if (verb == "file" && words->size() == 5) {
      listing.items.push_back({files.what, path, "", {}, number((*words)[2]).value_or(0)});
    } else if (verb == "link" && words->size() == 6) {
      take_link(files, *words, path, second, listing);
    } else if (verb == "problem" && words->size() == 5) {
      listing.problems.push_back({files.what, path, (*words)[2], second});
    } else {
      return nonsense();
    }
  }
  // What two patterns name, or a link and its target, is read once.
  std::set<std::string> seen;
  std::vector<Item> once;
  for (Item& item : listing.items) {
    if (seen.insert(item.path).second) once.push_back(std::move(item));
  }
  listing.items = std::move(once);
  if (left_out > 0) {
    listing.problems.push_back({"limits", "", "limit_of_files",
                                fmt::format("{} more paths than the plan's limit of {} files",
                                            left_out, plan.limits.files)});
  }
  add_commands(plan, listing);
  return listing;
}

std::string OverSsh::call_for(const Task& task, const Plan& plan, std::uint64_t room) {
  if (!task.item.is_command()) {
    return fmt::format("take {} {} {} {} {}\n", task.index, task.offset,
                       task.offset == 0 ? "-" : task.prefix_sha256, room, quoted(task.item.path));
  }
  std::string call;
  for (std::size_t i = 0; i < task.item.choices.size(); ++i) {
    const auto& argv = task.item.choices[i];
    call += fmt::format("{} has {}; then run {} {} {}", i == 0 ? "if" : "elif", quoted(argv[0]),
                        task.index, i, plan.limits.seconds);
    for (const std::string& word : argv) call += " " + quoted(word);
    call += "\n";
  }
  return call + fmt::format("else refuse {} no_such_program {}; fi\n", task.index,
                            quoted("this host has no " + task.item.choices[0][0]));
}

Status OverSsh::take_file(const Task& task, const std::vector<std::string>& words, Sink& sink) {
  // begin INDEX FROM SIZE FACTS
  const auto from = number(words[2]), size = number(words[3]);
  std::string rest;
  for (std::size_t i = 4; i < words.size(); ++i) rest += (i == 4 ? "" : " ") + words[i];
  const auto before = parse_facts(rest);
  if (!from || !size || !before || *from > *size || (*from != 0 && *from != task.offset) ||
      *size > most_bytes_) {
    return nonsense();
  }
  if (const std::uint64_t room = sink.room_for(task.item); *size > room) {
    // There was room when it was called for, and what came before it took it. The line brings it
    // nevertheless; a new session is quicker.
    channel_.close();
    return sink.refuse(task, "limit_of_bytes",
                       fmt::format("it has {} bytes, the plan leaves {}", *size, room));
  }
  ASSAY_TRY(sink.begin(task, before, {}, *from > 0));
  std::uint64_t at = *from;
  ASSAY_TRY(channel_.exact(*size - *from, [&](std::string_view bytes) {
    at += bytes.size();
    if (surroundings_.progress) surroundings_.progress(task.item.title(), at, *size);
    return sink.bytes(bytes);
  }));
  // end INDEX OWN HASH PLACE FACTS
  auto ended = answer();
  if (!ended.ok()) return ended.error();
  if ((*ended)[0] != "end" || ended->size() < 6) return nonsense();
  const auto own = number((*ended)[2]);
  if (!own || *own > *size) return nonsense();
  Ending ending;
  ending.host_sha256 = (*ended)[3];
  if (ending.host_sha256.size() != 64 ||
      ending.host_sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return nonsense();
  }
  rest.clear();
  for (std::size_t i = 5; i < ended->size(); ++i) rest += (i == 5 ? "" : " ") + (*ended)[i];
  ending.after = parse_facts(rest);
  if (!ending.after) return nonsense();
  if (*own < *size) {
    ending.own_bytes = *own;
    ending.remarks.push_back(truncated_remark(*size, *own));
    ending.take_again = true;
  } else if (ending.after->size > *size) {
    ending.remarks.push_back(grew_remark(*size, ending.after->size));
  }
  if (ending.after->atime_ns != before->atime_ns) ending.remarks.emplace_back(kAtimeRemark);
  if ((*ended)[4] == "1") {
    ending.remarks.emplace_back(kReplacedRemark);
    ending.take_again = true;
  } else if ((*ended)[4] == "2") {
    ending.remarks.emplace_back("its name was gone when it had been read");
  }
  return sink.end(ending);
}

Status OverSsh::take_output(const Task& task, const std::vector<std::string>& words,
                            const Plan& plan, Sink& sink) {
  // command INDEX CHOICE
  const auto choice = number(words[2]);
  if (!choice || *choice >= task.item.choices.size()) return nonsense();
  ASSAY_TRY(sink.begin(task, std::nullopt, task.item.choices[*choice], false));
  const std::uint64_t room = std::min(plan.limits.output_bytes, sink.room_for(task.item));
  std::uint64_t printed = 0;
  bool is_too_much = false;
  Status read = channel_.until("\n" + token_ + " ran ", [&](std::string_view bytes) -> Status {
    const auto fits =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), room - printed));
    printed += fits;
    ASSAY_TRY(sink.bytes(bytes.substr(0, fits)));
    is_too_much = fits < bytes.size();
    return is_too_much ? Status(Error{ErrorCode::io, "too much", ""}) : Status();
  });
  Ending ending;
  if (is_too_much) {
    // It prints on; the session ends, the next items get a new one.
    channel_.close();
    ending.remarks.push_back(fmt::format("it was stopped: it printed more than {} bytes", room));
    ending.exit_code = 128 + 13;
    return sink.end(ending);
  }
  ASSAY_TRY(std::move(read));
  auto line = channel_.line();
  if (!line.ok()) return line.error();
  const auto parts = words_of(*line);  // INDEX CODE SIZE SIZE
  const auto code = parts.size() == 4 ? number(parts[1]) : std::nullopt;
  if (!code) return nonsense();
  std::string unused;
  ASSAY_TRY(texts(parts, ending.stderr_text, unused));
  ending.exit_code = static_cast<int>(std::min<std::uint64_t>(*code, 255));
  constexpr int kTimedOut = 124, kTimedOutKilled = 137;
  if (ending.exit_code == kTimedOut || ending.exit_code == kTimedOutKilled) {
    ending.remarks.push_back(
        fmt::format("it was stopped, or ended like one that was: it ran for "
                    "more than {} seconds",
                    plan.limits.seconds));
  }
  return sink.end(ending);
}

Status OverSsh::take(const std::vector<Task>& tasks, const Plan& plan, Sink& sink) {
  most_bytes_ = plan.limits.file_bytes;
  std::size_t called = 0;  // so many of them, in this session
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Task& task = tasks[i];
    if (!channel_.is_open()) {
      ASSAY_TRY(connect());
      called = i;
    }
    // Hashing a large file is silent.
    channel_.allow_silence(1800 + static_cast<std::int64_t>(plan.limits.seconds));
    // Ahead of the answers: else each of ten thousand small files waits for the line.
    for (; called < tasks.size() && called < i + kCallsAhead; ++called) {
      channel_.send(call_for(tasks[called], plan, sink.room_for(tasks[called].item)));
    }
    auto words = answer();
    if (!words.ok()) return words.error();
    const bool is_its = words->size() >= 3 && number((*words)[1]) == task.index;
    Status done;
    if (is_its && (*words)[0] == "begin" && !task.item.is_command()) {
      done = take_file(task, *words, sink);
    } else if (is_its && (*words)[0] == "command" && task.item.is_command()) {
      done = take_output(task, *words, plan, sink);
    } else if (is_its && (*words)[0] == "refuse" && words->size() == 5) {
      std::string why, unused;
      ASSAY_TRY(texts(*words, why, unused));
      done = sink.refuse(task, (*words)[2], readable(why));
    } else {
      return nonsense();
    }
    if (!done.ok()) {
      channel_.close();
      return done;
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Source>> over_ssh(const CollectSurroundings& surroundings,
                                         const std::string& host,
                                         const std::vector<std::string>& command) {
  std::string destination = host.substr(std::string_view("ssh://").size()), port;
  while (destination.ends_with('/')) destination.pop_back();
  const std::size_t colon = destination.rfind(':');
  if (colon != std::string::npos && destination.find(']', colon) == std::string::npos) {
    port = destination.substr(colon + 1);
    destination.resize(colon);
  }
  std::erase(destination, '[');
  std::erase(destination, ']');
  const bool is_plain = destination.find_first_not_of(
                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789._-@:%") == std::string::npos;
  const bool has_port = colon != std::string::npos && !port.empty();
  if (destination.empty() || destination[0] == '-' || !is_plain ||
      (has_port && (!number(port) || *number(port) > 65535))) {
    return Error{ErrorCode::usage, fmt::format("'{}' is no host", readable(host)),
                 "ssh://[USER@]HOST[:PORT]"};
  }
  std::vector<std::string> argv = command.empty() ? std::vector<std::string>{"ssh"} : command;
  for (const char* word : {"-T", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=8"}) {
    argv.emplace_back(word);
  }
  if (has_port) argv.insert(argv.end(), {"-p", port});
  argv.insert(argv.end(), {"--", destination, "sh -s"});
  return std::unique_ptr<Source>(std::make_unique<OverSsh>(surroundings, std::move(argv)));
}

}  // namespace assay::collecting
