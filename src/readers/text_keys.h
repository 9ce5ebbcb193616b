// Keys of the words that a text log repeats line after line.
//
// Types are few and kept in a small table. Names and hosts are not: the sink hides the cost of its
// own tables, and a cache in front of them only competed for the processor's (measured on 5 M lines
// with 1.2 M names and 16,000 clients).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/names.h"
#include "assay/reader.h"

namespace assay {

// One per read; used by one thread.
class TextKeys {
 public:
  explicit TextKeys(RecordSink& sink) : sink_(sink) {}

  // An address in text, without a port. Nothing when it is none.
  std::optional<std::uint64_t> host(std::string_view text);
  // Of an IPv4 address as a number in host order, which is its own key.
  std::optional<std::uint64_t> host_v4(std::uint32_t address) { return address; }
  // The same for a word that stands unchanged through most of a log: the address of its server.
  std::optional<std::uint64_t> constant_host(std::string_view text);

  struct Name {
    std::uint64_t key = 0;
    bool had_capitals = false;
  };
  // A name in presentation form (RFC 1035 section 5.1). On a problem the name is not stored.
  std::optional<NameProblem> name(std::string_view presentation, Name& out);
  // A name whose labels stand unescaped between dots, as any bytes.
  std::optional<NameProblem> raw_name(std::string_view bytes, Name& out);
  // A lossy name (names.h) whose canonical text the reader has put together.
  void lossy_name(std::string_view canonical, Name& out);

  std::optional<std::uint16_t> qtype(std::string_view mnemonic);
  std::optional<std::uint16_t> qclass(std::string_view mnemonic);

 private:
  RecordSink& sink_;
  struct Type {
    std::uint64_t packed = 0;  // the mnemonic's bytes
    std::uint16_t value = 0;
  };
  std::array<Type, 64> types_{};
  std::string canonical_;
  std::string constant_text_;
  std::uint64_t constant_key_ = 0;
};

}  // namespace assay
