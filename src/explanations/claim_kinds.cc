// The kinds of claim and their fields; docs/claims.md has an example of each.
#include "assay/case.h"

namespace assay {

namespace {

// Answered from look-ups, or from the quoted figures themselves.
std::vector<ClaimKind> kinds_of_look_ups() {
  return {
      {"count",
       "so many look-ups of the names bear a party's addresses",
       {"value"},
       {"party", "parties", "dedup", "window", "tolerance", "vantage"}},
      {"share",
       "such a share of the look-ups bears a party's addresses",
       {"value"},
       {"party", "parties", "of", "dedup", "window", "tolerance", "vantage"}},
      {"rate",
       "so often a look-up of the names bears a party's addresses",
       {"value", "per"},
       {"party", "parties", "dedup", "window", "tolerance", "vantage"}},
      {"exclusive",
       "no look-up of the names bears another address than these parties'",
       {"parties"},
       {"window", "of", "vantage"}},
      {"only_types",
       "only these query types were asked",
       {"types"},
       {"party", "window", "vantage"}},
      {"acts_as_one",
       "a party's addresses, or two parties, act as one machine",
       {},
       {"party", "parties", "addresses", "window", "vantage"}},
      {"order",
       "one event came before another; events of the calendar, first:Party or last:Party",
       {"before", "after"},
       {"vantage"}},
      {"coincides_with",
       "a party's look-ups pile up on the days of events; events of the calendar, default all",
       {"party"},
       {"events", "window", "vantage"}},
      {"active_in_office_hours",
       "a party's look-ups keep the working day of a zone, or of two",
       {"party", "zones"},
       {"window", "vantage"}},
      {"automated",
       "a clock or a timer makes a party's look-ups",
       {"party"},
       {"window", "vantage"}},
      {"not_automated", "no program makes a party's look-ups", {"party"}, {"window", "vantage"}},
      {"period",
       "a party looks the names up every so many seconds, minutes, hours, days or weeks",
       {"party", "value", "unit"},
       {"window", "tolerance", "vantage"}},
      {"consistent", "quoted figures can all be true of one set of records", {"figures"}, {}},
  };
}

// Answered from flows, mail, messages, registrations and payments.
std::vector<ClaimKind> kinds_of_other_records() {
  return {
      {"no_contact",
       "no host of one party had contact with one of the other; look-ups are none",
       {"parties"},
       {"window"}},
      {"no_mail", "no mail passed between the parties", {"parties"}, {"window"}},
      {"no_payment", "no payment passed between accounts of the parties", {"parties"}, {"window"}},
      {"accepts_only",
       "a mail server lets in only these askers: addresses, prefixes or parties",
       {"askers"},
       {"party", "server"}},
      {"unused_since",
       "a host has not been in use since a date",
       {"date"},
       {"party", "name", "addresses", "records"}},
      {"registered_to",
       "a name's registrant, or the holder of an address, is this one",
       {"holder"},
       {"name", "address", "date"}},
      {"controlled_by",
       "somebody controls what a name leads to",
       {"holder"},
       {"name", "address", "date"}},
  };
}

}  // namespace

const std::vector<ClaimKind>& claim_kinds() {
  static const std::vector<ClaimKind> kKinds = [] {
    std::vector<ClaimKind> kinds = kinds_of_look_ups();
    const std::vector<ClaimKind> more = kinds_of_other_records();
    kinds.insert(kinds.end(), more.begin(), more.end());
    return kinds;
  }();
  return kKinds;
}

}  // namespace assay
