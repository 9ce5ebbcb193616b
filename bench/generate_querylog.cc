// generate_querylog N OUT.log [SEED]: N lines as BIND 9.18 writes them with print-time,
// print-category and print-severity, over seven days, in UTC, to the millisecond.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "traffic.h"

namespace {

using assay::bench::Lookup;

constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Recursion desired, EDNS version, transport, DNSSEC OK, as named prints them.
std::string flags(const Lookup& l) {
  std::string out = l.is_recursion_desired ? "+" : "-";
  if (l.has_edns) out += "E(0)";
  if (l.wants_dnssec) out += "D";
  return out;
}

void append_time(std::int64_t time_us, std::string& out) {
  const std::time_t seconds = time_us / 1'000'000;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  char text[64];
  std::snprintf(text, sizeof text, "%02d-%s-%04d %02d:%02d:%02d.%03d", tm.tm_mday,
                kMonths[static_cast<std::size_t>(tm.tm_mon)], tm.tm_year + 1900, tm.tm_hour,
                tm.tm_min, tm.tm_sec, static_cast<int>(time_us / 1000 % 1000));
  out += text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: generate_querylog N OUT.log [SEED]\n", stderr);
    return 2;
  }
  const auto lines = std::strtoull(argv[1], nullptr, 10);
  const auto seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  std::FILE* out = std::fopen(argv[2], "wb");
  if (!out) {
    std::perror(argv[2]);
    return 3;
  }
  assay::bench::Traffic traffic(seed, lines, 7);
  std::string line;
  for (std::uint64_t i = 0; i < lines; ++i) {
    const Lookup& l = traffic.next();
    line.clear();
    append_time(l.time_us, line);
    char pointer[40];  // named prints the client object; a server reuses a few thousand of them
    std::snprintf(pointer, sizeof pointer, " queries: info: client @0x7f%02x%06x68 ",
                  unsigned(l.id & 3), unsigned(assay::bench::mix(l.client_port) & 0xfff) << 8);
    line.append(pointer).append(l.client.text()).append("#");
    line.append(std::to_string(l.client_port)).append(" (").append(l.qname).append("): query: ");
    line.append(l.qname).append(" IN ").append(type_mnemonic(l.qtype)).append(" ");
    line.append(flags(l)).append(" (").append(l.server.text()).append(")\n");
    if (std::fwrite(line.data(), 1, line.size(), out) != line.size()) break;
  }
  const bool is_written = !std::ferror(out) && std::fclose(out) == 0;
  if (!is_written) std::perror(argv[2]);
  return is_written ? 0 : 3;
}
