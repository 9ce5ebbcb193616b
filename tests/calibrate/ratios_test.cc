// What takes minutes under the sanitizers: models of simulated cases. Only optimised builds have
// it.
#include "engine/calibrate/ratios.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/calibrate/record_gains.h"

namespace assay {
namespace {

TEST(Ratios, GivesTheSameRatiosWhateverTheThreads) {
  RatioRequest request;
  request.train = 4;
  request.calibrate = request.test = 3;
  request.rounds = 5;
  const auto one = study_ratios(request);
  request.threads = 2;
  const auto two = study_ratios(request);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(ratio_page(*one, request), ratio_page(*two, request));
  EXPECT_EQ(one->model.to_text(), two->model.to_text());
  ASSERT_EQ(one->claims.size(), 3u);
  const ClaimStudy& person = one->claims.front();
  const std::size_t persons = person.claim.for_a.size(), software = person.claim.for_b.size();
  EXPECT_EQ(persons + software + 1, one->model.families().size()) << "invitations are neither";
  EXPECT_EQ(person.for_bounds.h1.size(), persons);
  EXPECT_EQ(person.training_caps_a.size(), request.trainings);
  EXPECT_LE(person.claim.cap_a, person.training_caps_a.front());
  EXPECT_EQ(person.other.h1.size(), 3 * 2 * persons)
      << "other customs, a textbook's and a school's";
  EXPECT_EQ(person.test.h1.size(), 2 * persons);
  EXPECT_EQ(person.test.h2.size(), 2 * software);
  EXPECT_EQ(person.cap_a.families.size(), software);
  EXPECT_EQ(person.cap_b.families.size(), persons);
}

TEST(Gains, FindsThatFlowsAnswerTheQuestionOfContact) {
  GainRequest request;
  request.train = 12;
  request.calibrate = request.test = 5;
  request.rounds = 20;
  request.threads = 2;
  const auto study = study_gains(request);
  ASSERT_TRUE(study.ok()) << study.error().message;
  ASSERT_EQ(study->open.size(), 6u);
  const OpenBits& alone = study->open.front();
  const auto flows = std::find_if(study->open.begin(), study->open.end(), [](const OpenBits& open) {
    return open.record == "flow_at_either_edge";
  });
  ASSERT_NE(flows, study->open.end());
  EXPECT_LT(flows->of_contact, alone.of_contact / 2);
  EXPECT_LT(study->open.back().of_family, alone.of_family);
  const auto gains = gains_of(*study);
  ASSERT_EQ(gains.size(), 4u);
  EXPECT_GE(gains.front().bits, gains.back().bits);
}

}  // namespace
}  // namespace assay
