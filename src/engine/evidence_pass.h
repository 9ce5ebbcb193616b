// One pass over the bytes of one evidence: sealed, decompressed, read into the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/case_impl.h"
#include "engine/overlaps.h"
#include "engine/sources.h"

namespace assay {

struct PassResult {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::string content_sha256;  // of the decompressed bytes; "" when they are the received ones
  std::uint64_t content_bytes = 0;
  PrefixDigests prefixes;  // of the content
  // The bytes could not be read to their end (the disk refused, say): nothing is sealed or kept.
  std::optional<Error> failure;
};

enum class RejectsKept { yes, no };  // no: rows are read again, the file of rejects is there

// Rows a batch: half a million make one block of the embedded store, which costs least there.
inline constexpr std::uint32_t kRowsPerBatch = 524'288;

// Reads `file` from its first byte; twice, when its stamps carry no year and the reader learns at
// the end which year they began in. Sets state, balance, notes and span of `evidence` and the
// rejects of `detail`. The rows are in the store and committed when this returns, under
// evidence.number; they do not count before the chain says so. `prefixes`: up to which lengths the
// content is to be hashed by itself. Errors: interrupted, what the store
// says, io of the case.
Result<PassResult> run_pass(Case::Impl& inside, DescriptorSource& file, Evidence& evidence,
                            EvidenceDetail& detail, RejectsKept rejects_kept,
                            PrefixDigests prefixes = {});

// Why the reader of `evidence` would not read bytes that begin with `head`: its mapping, say. What
// shows only later in the bytes is not known.
std::optional<Error> refusal_of(const Evidence& evidence, const EvidenceDetail& detail,
                                std::string_view head);

// What its records tell of, going by its format and mapping; "file" when nobody reads it.
std::string_view kind_of(const Evidence& evidence, const EvidenceDetail& detail,
                         std::string_view head);

// Why a format that a person stated is the one.
inline constexpr std::string_view kFormatIsStated = "stated by the user";

// The reader for these bytes: the one asked for, else the best sniffer. Fills format and
// format_why; format stays "" when nobody takes it. Errors: usage (no such reader).
Status choose_format(const std::string& as_format, OpenedBytes& bytes, Evidence& evidence);

}  // namespace assay
