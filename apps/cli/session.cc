#include "session.h"

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

std::atomic<bool> g_stop{false};
bool g_has_progress = false;

extern "C" void on_signal(int) { g_stop.store(true); }

extern "C" void end_at_once(int) { _exit(kInterrupted); }

bool is_plain_terminal() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

std::string login_name() {
  if (const char* stated = std::getenv("ASSAY_ACTOR")) return stated;
  const passwd* entry = getpwuid(getuid());
  return entry != nullptr ? entry->pw_name : "";
}

void show_progress(std::string_view name, std::uint64_t done, std::uint64_t total) {
  const std::string amount =
      total > 0
          ? fmt::format("{:3.0f} %", 100.0 * static_cast<double>(done) / static_cast<double>(total))
          : fmt::format("{} MB", done >> 20);
  g_has_progress = true;
  std::fputs(fmt::format("\r\x1b[K{}  {}", amount, safe(name)).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

const std::atomic<bool>& stop_flag() { return g_stop; }

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second one ends the program at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A reader that goes away (head) is seen by the failing write, not by a signal.
  std::signal(SIGPIPE, SIG_IGN);
}

void end_on_signals() {
  struct sigaction action {};
  action.sa_handler = end_at_once;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

Surroundings Session::surroundings() const {
  Surroundings surroundings;
  surroundings.now_us = [] {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  surroundings.actor = actor.empty() ? login_name() : actor;
  surroundings.engine_version = ASSAY_VERSION;
  if (store == "memory") surroundings.store = StoreChoice::memory;
  if (store == "segments") surroundings.store = StoreChoice::segments;
  if (store == "embedded") surroundings.store = StoreChoice::embedded;
  if (const char* path = std::getenv("ASSAY_STORE_LIBRARY")) surroundings.store_library_path = path;
  surroundings.stop = &g_stop;
  if (isatty(STDERR_FILENO) != 0 && !is_plain_terminal() && !is_quiet && !wants_json) {
    surroundings.progress = show_progress;
  }
  return surroundings;
}

void Session::clear_progress() const {
  if (!g_has_progress) return;
  std::fputs("\r\x1b[K", stderr);
  g_has_progress = false;
}

bool Session::print(std::string_view text) {
  clear_progress();
  if (output_error_ != 0) return false;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) output_error_ = errno;
  return output_error_ == 0;
}

int Session::finish() {
  if (output_error_ == 0 && std::fflush(stdout) != 0) output_error_ = errno;
  return output_error_ == EPIPE ? 0 : output_error_;
}

void Session::print_json(Json payload) {
  Json document = {{"assay", ASSAY_VERSION}, {"schema", 1}, {"command", command}};
  document.update(payload);
  print(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Session::say(std::string_view text) {
  if (is_quiet) return;
  clear_progress();
  // Both may be one terminal: keep the order.
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

void Session::suggest(std::string_view command_line) {
  if (!wants_json) say(fmt::format("next: {}", command_line));
}

void Session::show_remarks(const Case& opened) {
  for (; remarks_shown_ < opened.remarks().size(); ++remarks_shown_) {
    const std::string& remark = opened.remarks()[remarks_shown_];
    if (!remark.starts_with("warning: ")) {
      say("note: " + safe(remark));
      continue;
    }
    // Also with --quiet: what is shown of such a case may be anybody's.
    clear_progress();
    std::fflush(stdout);
    std::fputs((safe(remark) + "\n").c_str(), stderr);
  }
}

std::string Session::bold(std::string_view text) const {
  const bool is_coloured =
      isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr && !is_plain_terminal();
  return is_coloured ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
}

Result<Case> Session::open(const std::string& directory) {
  auto opened = Case::open(directory, surroundings());
  if (opened.ok()) show_remarks(*opened);
  return opened;
}

}  // namespace assay::cli
