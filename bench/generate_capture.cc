// generate_capture N OUT.pcap [SEED]: N packets, half of them queries and half their answers, in
// time order over one day, Ethernet, classic pcap with microseconds.
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <utility>
#include <vector>

#include "traffic.h"
#include "wire.h"

namespace {

using assay::bench::Bytes;
using assay::bench::Lookup;

struct Pending {
  std::int64_t time_us;
  std::uint64_t order;  // ties keep the order of the queries
  Bytes frame;

  bool operator>(const Pending& other) const {
    return std::pair(time_us, order) > std::pair(other.time_us, other.order);
  }
};

void write_packet(std::FILE* out, std::int64_t time_us, const Bytes& frame) {
  const std::uint32_t length = static_cast<std::uint32_t>(frame.size());
  const std::uint32_t head[4] = {static_cast<std::uint32_t>(time_us / 1'000'000),
                                 static_cast<std::uint32_t>(time_us % 1'000'000), length, length};
  std::fwrite(head, sizeof head, 1, out);
  std::fwrite(frame.data(), 1, frame.size(), out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: generate_capture N OUT.pcap [SEED]\n", stderr);
    return 2;
  }
  const auto lookups = std::strtoull(argv[1], nullptr, 10) / 2;
  const auto seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  std::FILE* out = std::fopen(argv[2], "wb");
  if (!out) {
    std::perror(argv[2]);
    return 3;
  }
  const std::uint32_t head[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 262144, 1};
  std::fwrite(head, sizeof head, 1, out);

  assay::bench::Traffic traffic(seed, lookups, 1);
  std::priority_queue<Pending, std::vector<Pending>, std::greater<>> answers;
  const auto write_answers_before = [&](std::int64_t time_us) {
    while (!answers.empty() && answers.top().time_us < time_us) {
      write_packet(out, answers.top().time_us, answers.top().frame);
      answers.pop();
    }
  };
  Bytes frame;
  for (std::uint64_t i = 0; i < lookups; ++i) {
    const Lookup& l = traffic.next();
    write_answers_before(l.time_us);
    write_query_frame(l, frame);
    write_packet(out, l.time_us, frame);
    write_answer_frame(l, frame);
    answers.push({l.time_us + l.delay_us, i, frame});
  }
  write_answers_before(INT64_MAX);
  const bool is_written = !std::ferror(out) && std::fclose(out) == 0;
  if (!is_written) std::perror(argv[2]);
  return is_written ? 0 : 3;
}
