// What tell_who is put together from.
#pragma once

#include <map>
#include <vector>

#include "assay/method.h"
#include "assay/store.h"
#include "assay/who.h"
#include "engine/clock_shifts.h"
#include "methods/support/held_values.h"
#include "methods/support/signs_of_use.h"

namespace assay::who {

// Everything that one call rests on; the pointers of `context` lead into it.
struct Loaded {
  CaseFile case_file;
  Question question;
  std::vector<Evidence> evidences;
  OtherRecords others;
  std::vector<QuestionRecords> lookups;  // of the name, without anything else
  MethodContext context;
  std::vector<methods::Assertion> assertions;
  methods::Asked asked;
  std::optional<Interval> at;
  std::size_t listed = 0;

  std::string record_of(const methods::Assertion& assertion) const;  // "file-1:118"
  std::string record_of(const OtherRow& row) const;
};

// Of one role, by thing: the nearest zone or network first.
std::vector<WhoLine> lines_of(const Loaded& loaded, methods::Role role,
                              const std::vector<methods::Held>& held);
WhoLine line_of(const Loaded& loaded, methods::Role role, const methods::Held& held);
WhoRole summary_of(std::string_view role, std::string_view words, const std::vector<WhoLine>& lines,
                   const std::optional<Interval>& at);

// `roles`, `lines` and `signs` of the report are there.
std::vector<WhoPower> powers_of(const WhoReport& report);
std::vector<WhoChange> changes_of(const Loaded& loaded, methods::Role role,
                                  const std::vector<const methods::Assertion*>& assertions);
std::vector<WhoNeighbour> neighbours_of(const Loaded& loaded);
std::vector<WhoSign> signs_of(const Loaded& loaded, const methods::UseSubject& subject);

// Beside the roles of registrations.
std::vector<methods::Assertion> soas_of(const Loaded& loaded);
std::vector<methods::Assertion> addresses_of(const Loaded& loaded);
std::vector<methods::Assertion> certificates_of(const Loaded& loaded);
std::vector<methods::Assertion> nameless_of(const Loaded& loaded);
WhoRole name_server_operator_of(const std::vector<WhoLine>& lines, const WhoRole& servers);

std::string day_text(std::int64_t us);

}  // namespace assay::who
