// The review's second look: at texts.
#include <fmt/format.h>

#include <algorithm>

#include "engine/files.h"
#include "engine/message_walk.h"
#include "engine/review_run.h"
#include "readers/mail/mail_text.h"
#include "readers/mail/message_reading.h"
#include "review/markings.h"
#include "review/part_texts.h"

namespace assay {
namespace {

using review::Decision;
using review::Item;
using review::kNone;

class Texts {
 public:
  explicit Texts(ReviewRun& run) : run_(run), parts_(run.fresh.items().size()) {}

  Status run() {
    ASSAY_TRY(load_lists());
    sketch();
    ASSAY_TRY(read_new());
    parts_.build_index();
    ASSAY_TRY(read_known());
    parts_.settle(run_.decisions);
    settle_unread();
    say_limits();
    return {};
  }

 private:
  // The nearest known text of each new one that keys did not settle, as sketches tell.
  void sketch() {
    crowded_bands_ = review::each_nearest(
        run_.known, run_.fresh,
        [&](std::uint32_t number) {
          return run_.decisions[number].review_class == ReviewClass::fresh;
        },
        [&](std::uint32_t number, std::uint32_t twin, std::size_t bins) {
          const double jaccard = jaccard_told_by(static_cast<double>(bins));
          if (jaccard < review::kLeastSketched) return;
          run_.decisions[number].near = twin;
          run_.decisions[number].jaccard = static_cast<float>(jaccard);
        });
  }

  Status load_lists() {
    if (run_.request.scan_markings) {
      std::string text(review::shipped_markings());
      if (!run_.request.markings_path.empty()) {
        auto file = read_regular_file(run_.request.markings_path);
        if (!file.ok()) return file.error();
        text = std::move(*file);
      }
      auto list = review::parse_markings(text, run_.request.markings_path);
      if (!list.ok()) return list.error();
      run_.markings_sha256 = list->sha256;
      markings_.emplace(std::move(*list));
    }
    if (!run_.request.words.empty()) {
      words_.emplace(review::list_of_words(run_.request.words));
      run_.has_words.assign(run_.fresh.items().size(), false);
    }
    run_.lacks_text.assign(run_.fresh.items().size(), false);
    return {};
  }

  // Fields that programs write for each other, and addresses, which --party asks for.
  static bool is_looked_at(std::string_view name) {
    constexpr std::string_view kNot[] = {"received",
                                         "dkim-signature",
                                         "domainkey-signature",
                                         "message-id",
                                         "references",
                                         "in-reply-to",
                                         "date",
                                         "from",
                                         "to",
                                         "cc",
                                         "bcc",
                                         "sender",
                                         "reply-to",
                                         "return-path",
                                         "delivered-to",
                                         "received-spf",
                                         "content-type",
                                         "mime-version",
                                         "content-transfer-encoding",
                                         "authentication-results",
                                         "subject"};
    const std::string small = lower_text(name);
    return !small.starts_with("arc-") && small.find("-dkim") == small.npos &&
           std::find(std::begin(kNot), std::end(kNot), small) == std::end(kNot);
  }

  void look_for_markings(std::uint32_t number, const std::string& text) {
    std::vector<MarkingPlace> places;
    const HeaderBlock& header = reading_.header();
    markings_->scan(decoded_text(header.first("subject")), "subject", places);
    for (std::size_t i = 0; i < header.size(); ++i) {
      const HeaderBlock::Field field = header.field(i);
      if (!is_looked_at(field.name)) continue;
      markings_->scan(decoded_text(unfolded(field.value)),
                      "header " + std::string(field.name.substr(0, 80)), places);
    }
    for (const MimePart& part : reading_.walk().parts()) {
      if (!part.file_name.empty()) markings_->scan(part.file_name, "attachment", places);
    }
    markings_->scan(text, "text", places);
    if (!places.empty()) run_.markings.emplace(number, std::move(places));
  }

  void look_for_words(std::uint32_t number, const std::string& text) {
    std::vector<bool> found(words_->list().markings.size(), false);
    for (const char* name : {"subject", "from", "to", "cc"}) {
      words_->note(decoded_text(reading_.header().first(name)), found);
    }
    for (const MimePart& part : reading_.walk().parts()) words_->note(part.file_name, found);
    words_->note(text, found);
    run_.has_words[number] = std::all_of(found.begin(), found.end(), [](bool is) { return is; });
  }

  // With nothing known there is nothing to look for within it.
  bool wants_phrases(std::uint32_t number) const {
    if (run_.known.items().empty() || !run_.fresh.items()[number].has_text) return false;
    const ReviewClass is = run_.decisions[number].review_class;
    return is == ReviewClass::fresh || is == ReviewClass::id_reused;
  }

  Status read_new() {
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t i = 0; i < run_.decisions.size(); ++i) {
      if (markings_ || words_ || wants_phrases(i)) wanted.push_back(i);
    }
    return each_message(
        run_.inside, run_.fresh.items(), std::move(wanted),
        [&](std::uint32_t number, const Evidence& evidence, ByteSource& bytes) -> Status {
          if (run_.is_stopped()) return Error{ErrorCode::interrupted, "stopped", ""};
          ASSAY_TRY(reading_.read(bytes, evidence.format));
          const std::string text = reading_.walk().text();
          if (wants_phrases(number)) beyond_memory_ += !parts_.add(number, text);
          if (!markings_ && !words_) return {};
          const std::string plain =
              reading_.walk().is_text_html() ? review::plain_of_html(text) : text;
          if (markings_) look_for_markings(number, plain);
          if (words_) look_for_words(number, plain);
          run_.lacks_text[number] = text.empty() && run_.fresh.items()[number].content.is_set();
          return {};
        });
  }

  Status read_known() {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;  // known, new
    for (std::uint32_t i = 0; i < run_.decisions.size(); ++i) {
      const Decision& decision = run_.decisions[i];
      const bool is_reused = decision.review_class == ReviewClass::id_reused;
      const std::uint32_t beside = is_reused ? decision.twin : decision.near;
      if (wants_phrases(i) && beside != kNone) pairs.emplace_back(beside, i);
    }
    std::sort(pairs.begin(), pairs.end());
    std::vector<std::uint32_t> wanted = texts_of_known(), near;
    for (const auto& [known, fresh] : pairs) {
      wanted.push_back(known);
      near.push_back(fresh);
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    return each_message(
        run_.inside, run_.known.items(), std::move(wanted),
        [&](std::uint32_t number, const Evidence& evidence, ByteSource& bytes) -> Status {
          if (run_.is_stopped()) return Error{ErrorCode::interrupted, "stopped", ""};
          ASSAY_TRY(reading_.read(bytes, evidence.format));
          const auto of_known = [&](std::uint32_t known) {
            return std::lower_bound(pairs.begin(), pairs.end(), std::pair(known, 0u)) -
                   pairs.begin();
          };
          parts_.compare(number, reading_.walk().text(), near.data() + of_known(number),
                         near.data() + of_known(number + 1), run_.decisions);
          return {};
        });
  }

  // Each text once, when any new one may lie within one of them.
  std::vector<std::uint32_t> texts_of_known() const {
    std::vector<std::uint32_t> texts;
    const auto& items = run_.known.items();
    for (std::uint32_t i = 0; i < items.size(); ++i) {
      if (items[i].has_text) texts.push_back(i);
    }
    std::sort(texts.begin(), texts.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::tie(items[a].content, a) < std::tie(items[b].content, b);
    });
    texts.erase(std::unique(texts.begin(), texts.end(),
                            [&](std::uint32_t a, std::uint32_t b) {
                              return items[a].content == items[b].content;
                            }),
                texts.end());
    return texts;
  }

  // Where memory did not reach, the sketch decides.
  void settle_unread() {
    for (Decision& decision : run_.decisions) {
      if (decision.review_class != ReviewClass::fresh) continue;
      if (decision.near != kNone && !decision.is_jaccard_exact &&
          decision.jaccard >= review::kNearJaccard) {
        decision.review_class = ReviewClass::near_copy;
        decision.rule = review::Rule::phrases_in_common;
        decision.twin = decision.near;
      } else {
        decision.jaccard = -1;
      }
    }
  }

  void say_limits() {
    auto& said = run_.limitations;
    if (crowded_bands_ > 0) {
      said.push_back(fmt::format(
          "{} new texts are like so many known ones that each was compared with some of them only.",
          crowded_bands_));
    }
    if (parts_.passed_in_haste() > 0) {
      said.push_back(fmt::format(
          "So many texts share phrases that for {} known texts only phrases of at most {} new ones "
          "were looked at: parts of them may be missing.",
          parts_.passed_in_haste(), review::kManyShare));
    }
    if (beyond_memory_ > 0) {
      said.push_back(fmt::format(
          "{} new texts lie beyond what is kept in memory: they were compared by sketches alone, "
          "and not looked for within known ones.",
          beyond_memory_));
    }
  }

  ReviewRun& run_;
  review::PartTexts parts_;
  MessageReading reading_;
  std::optional<review::MarkingScan> markings_, words_;
  std::uint64_t crowded_bands_ = 0, beyond_memory_ = 0;
};

}  // namespace

Status read_review_texts(ReviewRun& run) { return Texts(run).run(); }

}  // namespace assay
