// review_mail: sets, records, decisions, texts, lists.
#include <fmt/format.h>

#include "engine/open_inside.h"
#include "engine/review_run.h"

namespace assay {
namespace {

RowFilter messages_of(const std::set<std::uint32_t>& evidences) {
  RowFilter filter;
  filter.evidences.assign(evidences.begin(), evidences.end());
  filter.kinds = {RecordKind::message};
  return filter;
}

Status load_items(RecordStore& store, const std::set<std::uint32_t>& evidences,
                  const std::atomic<bool>* stop, bool is_new, ReviewRun& run) {
  if (evidences.empty()) return {};
  bool is_stopped = false;
  ASSAY_TRY(store.records(messages_of(evidences), [&](const StoredRecord& record) {
    (is_new ? run.fresh : run.known).add(record);
    run.threads.add(record, is_new);
    is_stopped = stop != nullptr && *stop;
    return !is_stopped;
  }));
  if (is_stopped) return Error{ErrorCode::interrupted, "stopped", ""};
  return {};
}

ReviewSet told_set(const CaseState& state, const std::set<std::uint32_t>& numbers,
                   std::size_t messages) {
  ReviewSet set;
  set.messages = messages;
  for (const std::uint32_t number : numbers) {
    const Evidence& evidence = state.evidences[*state.index_of(number)];
    set.evidences.push_back(evidence.id);
    set.unreadable += evidence.balance.rejected;
  }
  return set;
}

void say_limits(const ReviewRun& run, MailReview& review) {
  auto& said = review.limitations;
  said = run.limitations;
  if (!run.sets.left_out.empty()) {
    said.push_back(fmt::format("{} of the evidence that was named is not read and takes no part.",
                               run.sets.left_out.size()));
  }
  if (review.known.unreadable + review.fresh.unreadable > 0) {
    said.push_back(fmt::format(
        "{} units of the known evidence and {} of the new became no message: see assay rejects.",
        review.known.unreadable, review.fresh.unreadable));
  }
  std::uint64_t encrypted = 0;
  for (const review::Item& item : run.fresh.items()) encrypted += item.is_encrypted;
  if (encrypted > 0) {
    said.push_back(fmt::format(
        "{} new messages are encrypted, wholly or in part: of what is encrypted nothing was read.",
        encrypted));
  }
}

}  // namespace

std::string_view to_string(ReviewClass review_class) {
  constexpr std::string_view kWords[] = {"known",     "id_reused", "same_text", "other_attachments",
                                         "near_copy", "part_copy", "repeated",  "undecided",
                                         "new"};
  return kWords[static_cast<std::size_t>(review_class)];
}

std::optional<ReviewClass> parse_review_class(std::string_view word) {
  for (std::size_t i = 0; i < kReviewClasses; ++i) {
    if (to_string(static_cast<ReviewClass>(i)) == word) return static_cast<ReviewClass>(i);
  }
  return std::nullopt;
}

std::string ReviewRun::locus(const review::Item& item) const {
  const auto index = inside.state.index_of(item.evidence);
  return fmt::format("{}:{}", index ? inside.state.evidences[*index].id : "?", item.offset);
}

Result<MailReview> review_mail(const std::string& directory, const Surroundings& surroundings,
                               const MailReviewRequest& request) {
  auto inside = open_inside(directory, surroundings);
  if (!inside.ok()) return inside.error();
  auto sets = parse_review_sets((*inside)->state, request.known, request.fresh);
  if (!sets.ok()) return sets.error();
  ReviewRun run{**inside, request, std::move(*sets)};
  auto store = run.inside.rows();
  if (!store.ok()) return store.error();
  ASSAY_TRY(load_items(**store, run.sets.known, surroundings.stop, false, run));
  ASSAY_TRY(load_items(**store, run.sets.fresh, surroundings.stop, true, run));
  run.decisions = review::compare_items(run.known, run.fresh);
  ASSAY_TRY(read_review_texts(run));
  MailReview review;
  std::vector<bool> is_not_known;
  for (const review::Decision& each : run.decisions) {
    is_not_known.push_back(each.review_class != ReviewClass::known &&
                           each.review_class != ReviewClass::repeated);
  }
  review::Threads::Told threads = run.threads.tell(is_not_known);
  review.threads = threads.counts;
  run.thread_of_new = std::move(threads.of_new);
  if (run.threads.is_cut()) {
    run.limitations.push_back(fmt::format(
        "More than {} ids are borne or named: threads are told of the first messages only.",
        review::kMostIds));
  }
  review.markings_sha256 = run.markings_sha256;
  review.case_hash = run.inside.custody.hash();
  review.known = told_set(run.inside.state, run.sets.known, run.known.items().size());
  review.fresh = told_set(run.inside.state, run.sets.fresh, run.fresh.items().size());
  ASSAY_TRY(list_review(run, review));
  say_limits(run, review);
  return review;
}

}  // namespace assay
