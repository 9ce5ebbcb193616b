// Edits of case.toml that keep what a person wrote there: comments, order, spacing.
#pragma once

#include <string>
#include <string_view>

#include "assay/case.h"

namespace assay {

std::string toml_string(std::string_view text);
std::string toml_list(const std::vector<std::string>& items);

std::string party_table(const Party& party);
std::string question_table(const Question& question);
std::string claim_table(const Claim& claim);

// Appends a table after a blank line.
std::string append_table(std::string text, std::string_view table);
// Adds items to the list `key` of the party's table, writing the list anew when there is none.
// Errors: unsupported, when the text cannot be edited safely; says what to write by hand.
Result<std::string> add_to_party(std::string text, std::string_view party, std::string_view key,
                                 const std::vector<std::string>& items);
// Takes out the lines of the party's [[party]] table, up to the next table.
Result<std::string> remove_party_table(std::string text, std::string_view party);

}  // namespace assay
