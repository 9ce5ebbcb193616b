#include "methods/support/joins_chains.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace assay::methods {

std::string_view word_of(JoinStage stage) {
  constexpr std::array<std::string_view, kJoinStages> kWords{
      "look-up", "flow", "service", "transfer", "transfer in the other log", "message", "reply"};
  return kWords[static_cast<std::size_t>(stage)];
}

JoinChains::JoinChains(std::vector<JoinMember> members) : members_(std::move(members)) {
  parents_.resize(members_.size());
  for (std::uint32_t i = 0; i < parents_.size(); ++i) parents_[i] = i;
}

std::uint32_t JoinChains::root(std::uint32_t member) {
  while (parents_[member] != member) {
    parents_[member] = parents_[parents_[member]];
    member = parents_[member];
  }
  return member;
}

void JoinChains::join(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t x = root(a), y = root(b);
  parents_[std::max(x, y)] = std::min(x, y);
}

void JoinChains::reply(std::uint32_t reply, std::uint32_t answered) {
  replies_.emplace_back(reply, answered);
}

std::vector<JoinChain> JoinChains::take() {
  std::map<std::uint32_t, JoinChain> by_root;
  for (std::uint32_t i = 0; i < members_.size(); ++i) {
    JoinChain& chain = by_root[root(i)];
    chain.members.push_back(i);
    ++chain.of_stage[static_cast<std::size_t>(members_[i].stage)];
  }
  const auto order = [&](std::uint32_t x, std::uint32_t y) {
    const JoinMember &a = members_[x], &b = members_[y];
    return std::tie(a.stage, a.time_us, a.evidence, a.offset) <
           std::tie(b.stage, b.time_us, b.evidence, b.offset);
  };
  std::vector<JoinChain> chains;
  std::map<std::uint32_t, std::vector<std::uint32_t>> replies_of;
  for (const auto& [reply, answered] : replies_) replies_of[root(answered)].push_back(reply);
  for (auto& [top, chain] : by_root) {
    std::sort(chain.members.begin(), chain.members.end(), order);
    if (const auto found = replies_of.find(top); found != replies_of.end()) {
      std::sort(found->second.begin(), found->second.end(), order);
      chain.members.insert(chain.members.end(), found->second.begin(), found->second.end());
      chain.of_stage.back() = static_cast<std::uint32_t>(found->second.size());
    }
    if (chain.members.size() < 2) continue;
    chain.stages = static_cast<std::uint32_t>(std::count_if(
        chain.of_stage.begin(), chain.of_stage.end(), [](std::uint32_t n) { return n > 0; }));
    chains.push_back(std::move(chain));
  }
  std::sort(chains.begin(), chains.end(), [&](const JoinChain& x, const JoinChain& y) {
    const JoinMember &a = members_[x.members.front()], &b = members_[y.members.front()];
    return std::tie(y.stages, a.time_us, a.evidence, a.offset, x.members.front()) <
           std::tie(x.stages, b.time_us, b.evidence, b.offset, y.members.front());
  });
  return chains;
}

}  // namespace assay::methods
