// Custody payloads about evidence, as JSON. Only for .cc files of this folder.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/case_state.h"

namespace assay {

// Bytes in JSON: as text when they are UTF-8, else as text with '\xNN' for a person to read and, in
// `key`_hex, exactly. File names and members of archives are bytes, not text.
void put_bytes(nlohmann::ordered_json& object, const std::string& key, std::string_view bytes);
std::string get_bytes(const nlohmann::json& object, const std::string& key);
bool is_utf8(std::string_view bytes);
// Printable ASCII as it is, a backslash doubled, every other byte as \xNN. Reversible.
std::string escape_bytes(std::string_view bytes);
std::string unescape_bytes(std::string_view text);

void read_begun(const nlohmann::json& payload, const CustodyLine& line, Evidence& evidence,
                EvidenceDetail& detail);
// `evidence`, `read` and `read_failed`.
void read_progress(const nlohmann::json& payload, const CustodyLine& line, Evidence& evidence,
                   EvidenceDetail& detail);

}  // namespace assay
