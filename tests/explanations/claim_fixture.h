// One claim, asked of findings.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_builder.h"

namespace assay::test {

using Fields = std::map<std::string, std::string>;
using Lists = std::map<std::string, std::vector<std::string>>;

inline ClaimAnswer answer(const std::string& kind, Fields fields, Lists lists,
                          const FindingSet& findings, CaseFile file = demo_case()) {
  Claim claim;
  claim.id = "c1";
  claim.kind = kind;
  claim.question = "q1";
  claim.fields = std::move(fields);
  claim.lists = std::move(lists);
  file.claims = {claim};
  const std::vector<ClaimAnswer> answers = answer_claims(file.questions.front(), file, findings);
  EXPECT_EQ(answers.size(), 1u);
  for (const ClaimAnswer& one : answers) {
    EXPECT_EQ(one.claim, "c1");
    EXPECT_FALSE(one.statement.empty());
    EXPECT_FALSE(one.in_short.empty());
    EXPECT_FALSE(one.in_short.ends_with('.')) << one.in_short;
    for (const std::string& id : one.findings) EXPECT_NE(findings.by_id(id), nullptr) << id;
  }
  return answers.front();
}

inline ClaimAnswer answer(const std::string& kind, Fields fields, const FindingSet& findings) {
  return answer(kind, std::move(fields), {}, findings);
}

}  // namespace assay::test
