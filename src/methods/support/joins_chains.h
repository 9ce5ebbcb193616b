// Joined records hung together: how far up from the look-up each chain leads.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::methods {

enum class JoinStage : std::uint8_t { lookup, flow, service, transfer, other_log, message, reply };
inline constexpr std::size_t kJoinStages = 7;
std::string_view word_of(JoinStage stage);

struct JoinMember {
  JoinStage stage = JoinStage::lookup;
  std::int64_t time_us = 0;
  std::uint32_t evidence = 0;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};

struct JoinChain {
  std::array<std::uint32_t, kJoinStages> of_stage{};  // members
  std::vector<std::uint32_t> members;                 // ascending by stage, time, number
  std::uint32_t stages = 0;
};

// Members by number. Those joined are one chain; a reply is a stage of the chain of what it answers
// and begins one of its own, so that a thread is no single chain.
class JoinChains {
 public:
  explicit JoinChains(std::vector<JoinMember> members);
  void restage(std::uint32_t member, JoinStage stage) { members_[member].stage = stage; }
  void join(std::uint32_t a, std::uint32_t b);
  void reply(std::uint32_t reply, std::uint32_t answered);
  // Of two members and more; most stages first, then by time.
  std::vector<JoinChain> take();
  const std::vector<JoinMember>& members() const { return members_; }

 private:
  std::uint32_t root(std::uint32_t member);

  std::vector<JoinMember> members_;
  std::vector<std::uint32_t> parents_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> replies_;
};

}  // namespace assay::methods
