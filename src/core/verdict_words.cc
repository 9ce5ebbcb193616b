// The words of explanation.h and verdict.h, and the two ways to construct an Exclusion.
#include "assay/verdict.h"

namespace assay {

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::strongly_for:
      return "strongly_for";
    case Direction::weakly_for:
      return "weakly_for";
    case Direction::neutral:
      return "neutral";
    case Direction::weakly_against:
      return "weakly_against";
    case Direction::strongly_against:
      return "strongly_against";
  }
  return "neutral";
}

std::string_view to_string(Support support) {
  switch (support) {
    case Support::none:
      return "none";
    case Support::weak:
      return "weak";
    case Support::moderate:
      return "moderate";
    case Support::strong:
      return "strong";
  }
  return "none";
}

std::string_view to_string(ExplanationRole role) {
  switch (role) {
    case ExplanationRole::cause:
      return "cause";
    case ExplanationRole::filter:
      return "filter";
    case ExplanationRole::recording:
      return "recording";
  }
  return "cause";
}

std::string_view to_string(Rung rung) {
  switch (rung) {
    case Rung::nothing:
      return "nothing";
    case Rung::asked_for_a_name:
      return "asked_for_a_name";
    case Rung::contacted_an_address:
      return "contacted_an_address";
    case Rung::service_answered:
      return "service_answered";
    case Rung::content_passed:
      return "content_passed";
    case Rung::content_answered:
      return "content_answered";
    case Rung::persons_communicated:
      return "persons_communicated";
  }
  return "nothing";
}

std::string_view describe(Rung rung) {
  switch (rung) {
    case Rung::nothing:
      return "nothing about the question";
    case Rung::asked_for_a_name:
      return "a look-up was recorded that bears a party's address as its source";
    case Rung::contacted_an_address:
      return "a host contacted an address";
    case Rung::service_answered:
      return "a service answered";
    case Rung::content_passed:
      return "content passed";
    case Rung::content_answered:
      return "content was answered";
    case Rung::persons_communicated:
      return "identified persons or organisations communicated";
  }
  return "nothing about the question";
}

Rung ceiling_of(std::string_view record_kind) {
  if (record_kind == "dns") return Rung::asked_for_a_name;
  if (record_kind == "flow") return Rung::content_passed;
  if (record_kind == "mail") return Rung::content_answered;
  if (record_kind == "message") return Rung::persons_communicated;
  return Rung::nothing;
}

std::string_view to_string(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::settled:
      return "settled";
    case Conclusion::inconclusive:
      return "inconclusive";
    case Conclusion::insufficient:
      return "insufficient";
  }
  return "insufficient";
}

std::string_view to_string(Answer answer) {
  switch (answer) {
    case Answer::supported:
      return "supported";
    case Answer::contradicted:
      return "contradicted";
    case Answer::supported_only_within_these_files:
      return "supported_only_within_these_files";
    case Answer::not_testable:
      return "not_testable";
  }
  return "not_testable";
}

Exclusion::Exclusion(const Absence& absence, const Finding& cited)
    : statement_(absence.statement()), findings_{cited.id} {}

Exclusion::Exclusion(Contradiction contradiction)
    : statement_(std::move(contradiction.statement)),
      findings_(std::move(contradiction.findings)) {}

}  // namespace assay
