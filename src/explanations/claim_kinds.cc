// The kinds of claim and their fields; docs/claims.md has an example of each.
#include "assay/case.h"

namespace assay {

const std::vector<ClaimKind>& claim_kinds() {
  static const std::vector<ClaimKind> kKinds{
      {"count",
       "a party looked the names up so many times",
       {"value"},
       {"party", "parties", "dedup", "window", "tolerance", "vantage"}},
      {"share",
       "a party made such a share of the look-ups",
       {"value"},
       {"party", "parties", "of", "dedup", "window", "tolerance", "vantage"}},
      {"rate",
       "a party looked the names up so often",
       {"value", "per"},
       {"party", "parties", "dedup", "window", "tolerance", "vantage"}},
      {"exclusive",
       "nobody but these parties looked the names up",
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
      {"consistent", "quoted figures can all be true of one set of records", {"figures"}, {}},
  };
  return kKinds;
}

}  // namespace assay
