// That somebody asserted a name or address to be an indicator, on its way to a record: what every
// list of indicators has in common, whatever its format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readers/claim_time.h"
#include "readers/held_records.h"
#include "readers/text_keys.h"

namespace assay {

struct IndicatorClaim {
  // STIX's words: "domain-name", "ipv4-addr", "ipv6-addr", "email-addr", "url"; "" when the value
  // itself has to tell.
  std::string_view type;
  std::string_view value;           // "192.0.2.7", "192.0.2.0/24", "mail1.sender.example", a URL
  std::string_view valid_from;      // as the list writes it; "" when it tells none
  std::string_view valid_until;     // the last moment or day; "" when it tells none
  bool is_until_exclusive = false;  // the first moment that is no longer within (STIX)
  std::string_view part;            // why this alone is not all that was asserted; "" when it is
  std::vector<std::pair<FieldId, std::string_view>> fields;  // asserted_by, confidence, marking ...
};

// The word of STIX for what `value` looks like; "" when it is none of them.
std::string_view indicator_type_of(std::string_view value);
// "hxxp://x[.]example" as "http://x.example": lists are written so that nobody clicks on them.
std::string without_defang(std::string_view text);

class IndicatorRows {
 public:
  IndicatorRows(LogClock clock, RecordSink& sink)
      : sink_(sink), keys_(sink), clock_(std::move(clock)) {}

  // Why no record could be made; the code follows the format's own prefix ("value_unreadable").
  struct Problem {
    std::string_view code;
    std::string_view why;
  };
  // Adds a record, or says why not. Notes: indicator.defanged, indicator.bits_dropped (a network
  // with bits behind its length).
  std::optional<Problem> add(const IndicatorClaim& claim, std::uint64_t offset,
                             std::uint64_t length);

 private:
  std::optional<Problem> set_value(const IndicatorClaim& claim, std::string_view type);
  bool set_host(std::string_view text, HeldRecord& record);
  bool set_network(std::string_view text, HeldRecord& record);
  bool set_name(std::string_view text, HeldRecord& record);
  std::optional<Problem> set_period(const IndicatorClaim& claim);

  RecordSink& sink_;
  TextKeys keys_;
  ClaimClock clock_;
  HeldRecord record_;
};

}  // namespace assay
