// limits FILE: what the machine itself allows with this file's bytes: reading it (from the page
// cache when it is there), copying it in memory, SHA-256, XXH3 of 24-byte pieces, finding its line
// ends, and inflating it when it is gzip. CPU seconds and MB/s of each, one a line.
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <string>

#include "assay/names.h"
#include "core/digest.h"

namespace {

constexpr std::size_t kBlock = std::size_t{1} << 18;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

using Take = std::function<void(const char*, std::size_t)>;

std::size_t for_each_block(int file, const Take& take) {
  ::lseek(file, 0, SEEK_SET);
  static char block[kBlock];
  std::size_t total = 0;
  for (ssize_t count; (count = ::read(file, block, kBlock)) > 0;) {
    take(block, static_cast<std::size_t>(count));
    total += static_cast<std::size_t>(count);
  }
  return total;
}

double g_reading = 0;  // CPU seconds of reading alone, which the others include

void measure(const char* what, int file, const Take& take, const std::size_t* output = nullptr) {
  const double begin = cpu_seconds();
  const std::size_t bytes = for_each_block(file, take);
  double seconds = cpu_seconds() - begin;
  if (g_reading == 0) {
    g_reading = seconds;
  } else {
    seconds -= g_reading;
  }
  const auto amount = static_cast<double>(output != nullptr ? *output : bytes);
  std::printf("%-28s %8.3f CPU s %8.0f MB/s\n", what, seconds, amount / seconds / 1e6);
}

void measure_inflate(int file) {
  auto state = std::make_unique<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_GZIP;
  static std::uint8_t out[kBlock];
  std::size_t inflated = 0;
  measure(
      "gzip through ISA-L (output)", file,
      [&](const char* bytes, std::size_t size) {
        state->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes));
        state->avail_in = static_cast<std::uint32_t>(size);
        do {
          state->next_out = out;
          state->avail_out = kBlock;
          if (isal_inflate(state.get()) != ISAL_DECOMP_OK) return;
          inflated += kBlock - state->avail_out;
        } while (state->avail_out == 0 && state->block_state != ISAL_BLOCK_FINISH);
      },
      &inflated);
}

}  // namespace

int main(int argc, char** argv) {
  const int file = argc > 1 ? ::open(argv[1], O_RDONLY) : -1;
  if (file < 0) {
    std::fputs("usage: limits FILE\n", stderr);
    return 2;
  }
  for_each_block(file, [](const char*, std::size_t) {});  // into the page cache
  measure("reading", file, [](const char*, std::size_t) {});
  static char copy[kBlock];
  measure("memory copy", file, [](const char* bytes, std::size_t size) {
    std::memcpy(copy, bytes, size);
    asm volatile("" : : "r"(copy) : "memory");
  });
  assay::Sha256 digest;
  measure("SHA-256", file, [&](const char* bytes, std::size_t size) {
    digest.update({bytes, size});
  });
  std::uint64_t sum = 0;
  measure("XXH3, a key every 24 bytes", file, [&](const char* bytes, std::size_t size) {
    for (std::size_t at = 0; at + 24 <= size; at += 24) {
      sum += assay::name_key({bytes + at, 24}, 1).key;
    }
  });
  measure("line ends", file, [&](const char* bytes, std::size_t size) {
    const char* end = bytes + size;
    while ((bytes = static_cast<const char*>(
                std::memchr(bytes, '\n', static_cast<std::size_t>(end - bytes)))) != nullptr) {
      ++bytes;
      ++sum;
    }
  });
  if (std::string(argv[1]).ends_with(".gz")) measure_inflate(file);
  std::fprintf(stderr, "%llu\n", static_cast<unsigned long long>(sum));
  return 0;
}
