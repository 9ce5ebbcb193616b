#include "collect/channel.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace assay::collecting {
namespace {

constexpr std::size_t kMostLine = 64 * 1024, kMostText = 1 << 20, kMostErrors = 4096;

using Clock = std::chrono::steady_clock;

}  // namespace

Status Channel::open(const std::vector<std::string>& argv, const std::atomic<bool>* stop) {
  close();
  outgoing_.clear(), incoming_.clear(), error_text_.clear();
  stop_ = stop;
  int in[2], out[2], err[2];
  if (::pipe2(in, O_CLOEXEC) != 0) return system_problem("open", "a pipe");
  const Handle their_in(in[0]);
  to_ = Handle(in[1]);
  if (::pipe2(out, O_CLOEXEC) != 0) return system_problem("open", "a pipe");
  const Handle their_out(out[1]);
  from_ = Handle(out[0]);
  if (::pipe2(err, O_CLOEXEC) != 0) return system_problem("open", "a pipe");
  const Handle their_err(err[1]);
  errors_ = Handle(err[0]);
  std::vector<std::string> words = argv;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  child_ = ::fork();
  if (child_ < 0) return system_problem("start", argv[0]);
  if (child_ == 0) {
    ::dup2(their_in.number(), 0);
    ::dup2(their_out.number(), 1);
    ::dup2(their_err.number(), 2);
    ::signal(SIGPIPE, SIG_DFL);
    ::execvp(pointers[0], pointers.data());
    ::kill(::getpid(), SIGABRT);
    while (true) ::pause();
  }
  ::fcntl(to_.number(), F_SETFL, O_NONBLOCK);
  return {};
}

void Channel::close() {
  to_.close(), from_.close(), errors_.close();
  if (child_ <= 0) return;
  // A session that has ended leaves by itself.
  for (int i = 0; i < 100; ++i) {
    if (::waitpid(child_, nullptr, WNOHANG) != 0) {
      child_ = 0;
      return;
    }
    ::usleep(5'000);
  }
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
  child_ = 0;
}

Error Channel::cut(std::string_view how) {
  std::string said = readable(error_text_);
  while (said.ends_with("\\x0a") || said.ends_with("\\x0d")) said.resize(said.size() - 4);
  return {ErrorCode::io,
          fmt::format("the line to the host {}{}{}", how, said.empty() ? "" : ": ", said),
          "what was collected is kept: go on with --resume"};
}

Status Channel::fill() {
  if (!from_.is_open()) return cut("is closed");
  const auto deadline = Clock::now() + std::chrono::seconds(silence_s_);
  char block[kMostLine];
  while (true) {
    if (stop_ != nullptr && stop_->load()) {
      return Error{ErrorCode::interrupted, "stopped", "go on with --resume"};
    }
    if (Clock::now() > deadline) return cut(fmt::format("was silent for {} s", silence_s_));
    pollfd waits[3] = {{from_.number(), POLLIN, 0},
                       {errors_.is_open() ? errors_.number() : -1, POLLIN, 0},
                       {outgoing_.empty() ? -1 : to_.number(), POLLOUT, 0}};
    ::poll(waits, 3, 200);
    if (waits[1].revents != 0) {
      const ssize_t count = ::read(errors_.number(), block, sizeof block);
      if (count <= 0) errors_.close();
      if (count > 0 && error_text_.size() < kMostErrors) {
        error_text_.append(block, static_cast<std::size_t>(count));
      }
    }
    if (waits[2].revents != 0) {
      const ssize_t count = ::write(to_.number(), outgoing_.data(), outgoing_.size());
      if (count > 0) outgoing_.erase(0, static_cast<std::size_t>(count));
      if (count < 0 && errno != EAGAIN && errno != EINTR) outgoing_.clear();  // reading tells why
    }
    if (waits[0].revents == 0) continue;
    const ssize_t count = ::read(from_.number(), block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      // Its reason may come a moment later.
      pollfd last = {errors_.is_open() ? errors_.number() : -1, POLLIN, 0};
      if (::poll(&last, 1, 200) > 0 && error_text_.size() < kMostErrors) {
        const ssize_t more = ::read(errors_.number(), block, sizeof block);
        if (more > 0) error_text_.append(block, static_cast<std::size_t>(more));
      }
      return cut("was cut");
    }
    incoming_.append(block, static_cast<std::size_t>(count));
    return {};
  }
}

Result<std::string> Channel::line() {
  while (true) {
    const std::size_t end = incoming_.find('\n');
    if (end != std::string::npos) {
      std::string line = incoming_.substr(0, end);
      incoming_.erase(0, end + 1);
      return line;
    }
    if (incoming_.size() > kMostLine) return cut("brought a line without an end");
    ASSAY_TRY(fill());
  }
}

Status Channel::exact(std::uint64_t count, const std::function<Status(std::string_view)>& each) {
  while (count > 0) {
    if (incoming_.empty()) ASSAY_TRY(fill());
    const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(count, incoming_.size()));
    ASSAY_TRY(each(std::string_view(incoming_).substr(0, take)));
    incoming_.erase(0, take);
    count -= take;
  }
  return {};
}

Result<std::string> Channel::text(std::uint64_t count) {
  if (count > kMostText) return cut("brought a text that is too long");
  std::string text;
  ASSAY_TRY(exact(count, [&](std::string_view bytes) -> Status {
    text += bytes;
    return {};
  }));
  return text;
}

Status Channel::until(std::string_view mark, const std::function<Status(std::string_view)>& each) {
  while (true) {
    const std::size_t found = incoming_.find(mark);
    if (found != std::string::npos) {
      ASSAY_TRY(each(std::string_view(incoming_).substr(0, found)));
      incoming_.erase(0, found + mark.size());
      return {};
    }
    // The mark may have begun at the end of what is there.
    if (incoming_.size() >= mark.size()) {
      const std::size_t certain = incoming_.size() - mark.size() + 1;
      ASSAY_TRY(each(std::string_view(incoming_).substr(0, certain)));
      incoming_.erase(0, certain);
    }
    ASSAY_TRY(fill());
  }
}

}  // namespace assay::collecting
