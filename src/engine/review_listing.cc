// The review's messages as people and programs read them.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/mail_address.h"
#include "engine/review_files.h"
#include "engine/review_run.h"

namespace assay {
namespace {

using review::Decision;
using review::Item;
using review::kNone;

struct Fields {
  const FieldId message_id = field_id("message_id"), from = field_id("header_from"),
                to = field_id("header_to"), cc = field_id("header_cc"),
                bcc = field_id("header_bcc"), sender = field_id("sender"),
                subject = field_id("subject"), sha256 = field_id("message_sha256");
};

// Lists of recipients can have thousands.
constexpr std::size_t kMostText = 2'000;

void append(std::string& list, const std::string& text) {
  if (list.size() > kMostText) return;
  list += (list.empty() ? "" : ", ") + text;
}

class Listing {
 public:
  Listing(ReviewRun& run, MailReview& review, ReviewFiles* files)
      : run_(run), review_(review), files_(files) {}

  Status run() {
    ASSAY_TRY(find_parties());
    if (!run_.request.classes.empty()) {
      is_wanted_.fill(false);
      for (const ReviewClass each : run_.request.classes) is_wanted_[static_cast<int>(each)] = true;
    } else {
      is_wanted_.fill(true);
    }
    selected_.assign(run_.decisions.size(), false);
    auto store = run_.inside.rows();
    if (!store.ok()) return store.error();
    RowFilter filter;
    filter.evidences.assign(run_.sets.fresh.begin(), run_.sets.fresh.end());
    filter.kinds = {RecordKind::message};
    std::uint32_t number = 0;
    Status status;
    ASSAY_TRY((*store)->records(filter, [&](const StoredRecord& record) {
      status = take(record, number++);
      return status.ok() && !run_.is_stopped();
    }));
    ASSAY_TRY(status);
    if (run_.is_stopped()) return Error{ErrorCode::interrupted, "stopped", ""};
    gather();
    return {};
  }

  const std::vector<bool>& selected() const { return selected_; }

 private:
  // Names of parties stand for what case.toml says that they hold; other words for themselves.
  Status find_parties() {
    if (run_.request.parties.empty()) return {};
    const std::string path = run_.inside.path_in("case.toml");
    auto text = read_regular_file(path);
    if (!text.ok()) return text.error();
    auto file = parse_case_file(*text, path);
    if (!file.ok()) return file.error();
    for (const std::string& word : run_.request.parties) {
      if (const Party* party = file->find_party(word)) {
        parties_.push_back(*party);
      } else {
        words_.push_back(lower_case(word));
      }
    }
    return {};
  }

  static std::string lower_case(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return text;
  }

  bool is_of_party(const std::string& mailbox) const {
    const std::string lower = lower_case(mailbox);
    const std::string domain(domain_of_mailbox(lower));
    return std::any_of(words_.begin(), words_.end(),
                       [&](const std::string& word) { return lower.find(word) != lower.npos; }) ||
           std::any_of(parties_.begin(), parties_.end(),
                       [&](const Party& party) { return party.holds_name(domain); });
  }

  Status take(const StoredRecord& record, std::uint32_t number) {
    const auto& items = run_.fresh.items();
    if (number >= items.size() || items[number].offset != record.row.offset ||
        items[number].evidence != record.evidence) {
      return Error{ErrorCode::internal, "the records of the new set changed while they were read",
                   ""};
    }
    const Decision& decision = run_.decisions[number];
    const auto marked = run_.markings.find(number);
    ++review_.counts[static_cast<std::size_t>(decision.review_class)];
    review_.holding_known += decision.holds != kNone;
    ReviewedMessage message;
    const bool is_of_parties = fill_header(record, message) || run_.request.parties.empty();
    const Item& item = items[number];
    const bool is_in_window = !run_.request.window || (!item.is_time_unknown &&
                                                       run_.request.window->contains(item.time_us));
    selected_[number] = is_of_parties && is_in_window &&
                        is_wanted_[static_cast<std::size_t>(decision.review_class)] &&
                        (run_.has_words.empty() || run_.has_words[number]) &&
                        (!run_.request.only_marked || marked != run_.markings.end());
    if (!selected_[number]) return {};
    ++review_.selected;
    fill(number, message);
    if (marked != run_.markings.end()) message.markings = marked->second;
    if (files_ != nullptr) ASSAY_TRY(files_->add_row(message));
    auto& list = lists_[static_cast<std::size_t>(decision.review_class)];
    if (list.size() < run_.request.listed) list.push_back(std::move(message));
    return {};
  }

  // True when one of the parties wrote it or was written to.
  bool fill_header(const StoredRecord& record, ReviewedMessage& message) const {
    static const Fields kFields;
    bool is_of_parties = false;
    const auto party = [&](const std::string& mailbox) {
      if (!run_.request.parties.empty()) is_of_parties |= is_of_party(mailbox);
    };
    for (const auto& [field, text] : record.fields) {
      if (field == kFields.from || field == kFields.sender) {
        if (field == kFields.from) append(message.from, text);
        party(text);
      } else if (field == kFields.to || field == kFields.cc || field == kFields.bcc) {
        append(message.to, text);
        party(text);
      } else if (field == kFields.message_id && message.message_id.empty()) {
        message.message_id = text;
      } else if (field == kFields.subject && message.subject.empty()) {
        message.subject = text;
      } else if (field == kFields.sha256) {
        message.sha256 = text;
      }
    }
    if ((record.row.flags & kTimeUnknown) == 0) {
      message.date = format_instant({record.row.time_us, record.row.width_us});
    }
    message.length = record.row.bytes_sent;
    return is_of_parties;
  }

  void fill(std::uint32_t number, ReviewedMessage& message) const {
    const Item& item = run_.fresh.items()[number];
    const Decision& decision = run_.decisions[number];
    message.locus = run_.locus(item);
    message.review_class = decision.review_class;
    message.rule = to_string(decision.rule);
    const Item* twin = nullptr;
    if (decision.twin != kNone) {
      twin = &(decision.is_twin_new ? run_.fresh : run_.known).items()[decision.twin];
      message.twin = run_.locus(*twin);
    }
    if (decision.jaccard >= 0) message.jaccard = decision.jaccard;
    message.is_jaccard_exact = decision.is_jaccard_exact;
    if (decision.contained >= 0) message.contained = decision.contained;
    if (decision.holds != kNone) message.holds = run_.locus(run_.known.items()[decision.holds]);
    const bool is_one_text = decision.review_class != ReviewClass::id_reused;
    message.group = twin != nullptr && is_one_text ? message.twin : message.locus;
    message.thread = run_.thread_of_new[number];
    auto& remarks = message.remarks;
    if (decision.review_class == ReviewClass::id_reused) {
      if (twin->content != item.content) remarks.emplace_back("text differs");
      if (twin->attachments != item.attachments) remarks.emplace_back("attachments differ");
    }
    if (item.is_encrypted) remarks.emplace_back("encrypted, wholly or in part");
    if (!item.has_text) remarks.emplace_back("no text was hashed; bytes were compared");
    if (item.is_time_unknown) remarks.emplace_back("without a date");
    if (number < run_.lacks_text.size() && run_.lacks_text[number]) {
      remarks.emplace_back("its text was not searched");
    }
  }

  // What somebody has to look at comes first.
  void gather() {
    constexpr ReviewClass kOrder[] = {
        ReviewClass::id_reused,         ReviewClass::fresh,     ReviewClass::undecided,
        ReviewClass::other_attachments, ReviewClass::part_copy, ReviewClass::near_copy,
        ReviewClass::same_text,         ReviewClass::repeated,  ReviewClass::known};
    static_assert(std::size(kOrder) == kReviewClasses);
    for (const ReviewClass each : kOrder) {
      for (ReviewedMessage& message : lists_[static_cast<std::size_t>(each)]) {
        if (review_.messages.size() == run_.request.listed) return;
        review_.messages.push_back(std::move(message));
      }
    }
  }

  ReviewRun& run_;
  MailReview& review_;
  ReviewFiles* files_;
  std::vector<Party> parties_;
  std::vector<std::string> words_;
  std::array<bool, kReviewClasses> is_wanted_{};
  std::array<std::vector<ReviewedMessage>, kReviewClasses> lists_;
  std::vector<bool> selected_;
};

void count_markings(const ReviewRun& run, MailReview& review) {
  std::map<std::pair<std::string, std::string>, std::uint64_t> counted;
  for (const auto& [number, places] : run.markings) {
    std::set<std::pair<std::string, std::string>> of_message;
    for (const MarkingPlace& place : places) of_message.emplace(place.kind, place.marking);
    for (const auto& each : of_message) ++counted[each];
  }
  review.marked = run.markings.size();
  for (const auto& [marking, messages] : counted) {
    review.markings.push_back({marking.second, marking.first, messages});
  }
}

}  // namespace

Status list_review(ReviewRun& run, MailReview& review) {
  count_markings(run, review);
  if (run.request.output.empty()) return Listing(run, review, nullptr).run();
  auto files = ReviewFiles::make(run.request.output);
  if (!files.ok()) return files.error();
  Listing listing(run, review, &**files);
  Status status = listing.run();
  if (status.ok()) status = (*files)->write_messages(run, listing.selected());
  if (status.ok()) status = (*files)->finish(review);
  if (!status.ok()) (*files)->remove();  // a part of the messages would look like all of them
  return status;
}

}  // namespace assay
