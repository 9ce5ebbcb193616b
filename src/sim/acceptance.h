// What a mail host answers to whom, by its policy alone.
#pragma once

#include <cstdint>
#include <string>

#include "sim/scenario.h"

namespace assay::sim {

inline constexpr std::uint16_t kTakesNoMail = 521, kNotOnTheList = 554;

// 250, or the code of the refusal: kTakesNoMail stands in place of a greeting, kNotOnTheList
// answers RCPT.
std::uint16_t policy_reply(const MailHost& host, const std::string& client_address);

// Strangers' addresses, each of a network of its own (2001:db8:N::25), by their number from 1.
inline constexpr std::uint32_t kStrangers = 200;
std::string stranger_address(std::uint32_t number);

}  // namespace assay::sim
