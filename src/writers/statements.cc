#include "writers/statements.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace assay {
namespace {

// "192.0.2.1", also as "192.0.2.1 (Bank)" where it has had several holders.
bool is_address(std::string_view subject) {
  return IpAddress::parse(subject.substr(0, subject.find(' '))).has_value();
}

// 0 everything, 1.. parties (those of the question first), then pairs, other words, addresses.
std::size_t rank_of(const CaseFile& file, const Question& question, const Finding& finding) {
  if (finding.subject.empty()) return 0;
  const std::size_t parties = question.between.size() + file.parties.size();
  for (std::size_t i = 0; i < question.between.size(); ++i) {
    if (question.between[i] == finding.subject) return 1 + i;
  }
  for (std::size_t i = 0; i < file.parties.size(); ++i) {
    if (file.parties[i].name == finding.subject) return 1 + question.between.size() + i;
  }
  if (is_about_address(finding)) return parties + 3;
  return parties + (finding.subject.find('+') != std::string::npos ? 1 : 2);
}

// Where each value was first met: the order in which methods ran and vantages were taken.
using FirstMet = std::map<std::string, std::size_t>;

std::vector<const Finding*> in_order(const CaseFile& file, const QuestionResult& result) {
  FirstMet methods, vantages, subjects;
  std::vector<const Finding*> ordered;
  for (const Finding& finding : result.findings) {
    methods.emplace(finding.method, methods.size());
    vantages.emplace(finding.vantage, vantages.size());
    subjects.emplace(finding.subject, subjects.size());
    ordered.push_back(&finding);
  }
  const auto key = [&](const Finding* finding) {
    return std::tuple(methods.at(finding->method), vantages.at(finding->vantage),
                      rank_of(file, result.question, *finding), subjects.at(finding->subject));
  };
  std::stable_sort(ordered.begin(), ordered.end(),
                   [&](const Finding* a, const Finding* b) { return key(a) < key(b); });
  return ordered;
}

}  // namespace

bool says_something(const Finding& finding) {
  return finding.outcome == Outcome::measured || finding.outcome == Outcome::found;
}

bool is_about_address(const Finding& finding) {
  return is_address(std::string_view(finding.subject).substr(0, finding.subject.find('+')));
}

Statements::Statements(const CaseModel& model) {
  for (std::size_t q = 0; q < model.questions.size(); ++q) {
    std::vector<const Finding*> ordered = in_order(model.case_file, model.questions[q]);
    by_subject_.emplace(&model.questions[q], ordered);
    std::stable_partition(ordered.begin(), ordered.end(),
                          [](const Finding* finding) { return says_something(*finding); });
    for (std::size_t i = 0; i < ordered.size(); ++i) {
      number_of_.emplace(ordered[i]->id, fmt::format("{}.{}", q + 1, i + 1));
    }
    of_.emplace(&model.questions[q], std::move(ordered));
  }
}

std::string Statements::number_of(std::string_view finding_id) const {
  const auto found = number_of_.find(std::string(finding_id));
  return found == number_of_.end() ? "" : found->second;
}

const std::vector<const Finding*>& Statements::of(const QuestionResult& result) const {
  return of_.at(&result);
}

const std::vector<const Finding*>& Statements::by_subject(const QuestionResult& result) const {
  return by_subject_.at(&result);
}

}  // namespace assay
