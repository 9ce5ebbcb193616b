// The words by which registries and registrars call the same thing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

// Whose the lines are: of a contact, or of the object itself.
enum class WhoisRole { none, registrant, admin, tech, billing, registrar, name_servers, dates };

// "Registrant:", "Administrative Contact", "Domain servers in listed order": the role that a
// heading opens. Nothing when it opens none.
std::optional<WhoisRole> whois_heading(std::string_view key);

// The field's word for a key in lower case, within a role; "" for one that has none. Keys that
// carry their role themselves ("registrant name", "tech email") need none.
std::string whois_field(std::string_view key, WhoisRole role);

// True for a key that begins an object of its own: RPSL's classes (RFC 2622) and ARIN's blocks.
bool begins_object(std::string_view key);

// True when the text stands for what somebody withheld.
bool is_redacted(std::string_view value);

// The time behind "Last update of whois database:" and the other ways in which a reply says when it
// was made; nothing for any other line.
std::optional<std::string_view> reply_time(std::string_view line);

// "[Querying whois.example]", "# whois.example", "Found a referral to whois.example:43.": the
// server of the reply that follows.
std::optional<std::string_view> next_server(std::string_view line);

// "No match for ...": the source says that it has no such object.
bool says_not_found(std::string_view line);

}  // namespace assay
