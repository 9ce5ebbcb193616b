#include "store/answer_blocks.h"

#include <algorithm>
#include <set>

#include "store/segment_sweep.h"
#include "store/side_blocks.h"
#include "store/side_tables.h"

namespace assay {
namespace {

class AnswerBlockView {
 public:
  bool parse(std::string_view bytes, std::size_t count) {
    for (ColumnView* column : {&offset_, &section_, &owner_, &type_, &rclass_, &ttl_, &length_}) {
      if (!column->parse(bytes, count)) return false;
    }
    return rdata_.parse(length_, count, bytes) && bytes.empty();
  }
  std::uint64_t offset(std::size_t i) const { return offset_.at(i); }
  AnswerRow row(std::size_t i) const {
    return {offset_.at(i),
            static_cast<std::uint8_t>(section_.at(i)),
            owner_.at(i),
            static_cast<std::uint16_t>(type_.at(i)),
            static_cast<std::uint16_t>(rclass_.at(i)),
            static_cast<std::uint32_t>(ttl_.at(i))};
  }
  std::string_view rdata(std::size_t i) const { return rdata_.at(i); }

 private:
  ColumnView offset_, section_, owner_, type_, rclass_, ttl_, length_;
  TextColumn rdata_;
};

template <class T, class Member>
void put_column(const RowBatch& batch, const std::vector<std::uint32_t>& order, std::size_t from,
                std::size_t to, std::string& out, const Member& member) {
  thread_local std::vector<T> values;
  values.clear();
  for (std::size_t i = from; i < to; ++i) {
    values.push_back(static_cast<T>(member(batch.answers[order[i]])));
  }
  encode_column(values, out);
}

void put_block(const RowBatch& batch, const std::vector<std::uint32_t>& order, std::size_t from,
               std::size_t to, std::string& out) {
  const auto put = [&]<class T>(T, const auto& member) {
    put_column<T>(batch, order, from, to, out, member);
  };
  put(std::uint64_t{}, [](const AnswerRow& answer) { return answer.offset; });
  put(std::uint16_t{}, [](const AnswerRow& answer) { return answer.section; });
  put(std::uint64_t{}, [](const AnswerRow& answer) { return answer.owner; });
  put(std::uint16_t{}, [](const AnswerRow& answer) { return answer.type; });
  put(std::uint16_t{}, [](const AnswerRow& answer) { return answer.rclass; });
  put(std::uint32_t{}, [](const AnswerRow& answer) { return answer.ttl; });
  std::vector<std::uint32_t> lengths;
  for (std::size_t i = from; i < to; ++i) {
    lengths.push_back(static_cast<std::uint32_t>(rdata_of(batch, order[i]).size()));
  }
  encode_column(lengths, out);
  // Neighbours mostly stay neighbours: their bytes go over together.
  for (std::size_t i = from; i < to;) {
    std::size_t end = i + 1;
    while (end < to && order[end] == order[end - 1] + 1) ++end;
    const std::uint64_t begin = order[i] == 0 ? 0 : batch.answer_end[order[i] - 1];
    out.append(batch.answer_rdata, begin, batch.answer_end[order[end - 1]] - begin);
    i = end;
  }
}

// Offsets of wanted rows of one evidence, ascending: the lowest from `from` on, as many as fit.
struct Loci {
  std::vector<std::uint64_t> offsets;
  bool are_all = true;
};

Result<Loci> wanted_loci(const ScanInput& input, const RowFilter& filter, std::uint64_t from,
                         std::size_t most) {
  Loci loci;
  auto& offsets = loci.offsets;
  std::uint64_t limit = ~std::uint64_t{0};
  const auto cut = [&] {
    std::sort(offsets.begin(), offsets.end());
    offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
    if (offsets.size() <= most) return;
    offsets.resize(most);
    limit = offsets.back();
    loci.are_all = false;
  };
  ASSAY_TRY(visit_rows(input, filter,
                       column_bit(RowColumn::offset) | column_bit(RowColumn::time_us),
                       [&](const RowWindow& window) {
                         for (const std::uint64_t offset : window.rows.offset) {
                           if (offset >= from && offset <= limit) offsets.push_back(offset);
                         }
                         if (offsets.size() >= 2 * most) cut();
                         return true;
                       }));
  cut();
  return loci;
}

// Answers of one evidence whose offset `wants` takes. Blocks outside [from, to] are passed over.
template <class Wants>
Result<bool> send_answers(const ScanInput& input, std::uint32_t evidence, std::uint64_t from,
                          std::uint64_t to, const Wants& wants,
                          const std::function<bool(const StoredAnswer&)>& each) {
  std::vector<SweepInput> inputs;
  for (const Segment* segment : input.segments) {
    if (segment->index.evidence != evidence) continue;
    SweepInput blocks{segment, {}};
    for (const BlockInfo& block : segment->index.of(Section::answers)) {
      if (block.last.a >= from && block.first.a <= to) blocks.blocks.push_back(&block);
    }
    if (!blocks.blocks.empty()) inputs.push_back(std::move(blocks));
  }
  Sweep<AnswerBlockView> sweep(
      std::move(inputs), input.limits.answers_per_window,
      [](const AnswerBlockView& view, std::size_t i) { return EntryKey{view.offset(i)}; });
  std::vector<StoredAnswer> window;
  for (;;) {
    window.clear();
    auto found = sweep.next([&](std::size_t, const AnswerBlockView& view, std::size_t begin,
                                std::size_t end) -> Status {
      for (std::size_t i = begin; i < end; ++i) {
        const std::uint64_t offset = view.offset(i);
        if (offset < from || offset > to || !wants(offset)) continue;
        window.push_back({evidence, view.row(i), std::string(view.rdata(i))});
      }
      return {};
    });
    if (!found.ok()) return found.error();
    if (!*found) return true;
    // Segments come in the order of their batches, so that answers of one offset stay as they came.
    std::stable_sort(window.begin(), window.end(),
                     [](const StoredAnswer& a, const StoredAnswer& b) {
                       return a.answer.offset < b.answer.offset;
                     });
    for (const StoredAnswer& answer : window) {
      if (!each(answer)) return false;
    }
  }
}

Result<bool> answers_of(const ScanInput& input, const RowFilter& filter, std::uint32_t evidence,
                        const std::function<bool(const StoredAnswer&)>& each) {
  constexpr std::uint64_t kLast = ~std::uint64_t{0};
  RowFilter own = filter;
  own.evidences = {evidence};
  // Offsets stand in the answers themselves; only other conditions need the rows.
  own.offset.reset();
  if (RowSelection(own).takes_all()) {
    const std::uint64_t from = filter.offset.value_or(0), to = filter.offset.value_or(kLast);
    return send_answers(
        input, evidence, from, to, [](std::uint64_t) { return true; }, each);
  }
  own.offset = filter.offset;
  for (std::uint64_t from = 0;;) {
    auto loci = wanted_loci(input, own, from, input.limits.loci_in_memory);
    if (!loci.ok()) return loci.error();
    const auto& offsets = loci->offsets;
    if (offsets.empty()) return true;
    auto goes_on = send_answers(
        input, evidence, offsets.front(), offsets.back(),
        [&](std::uint64_t offset) {
          return std::binary_search(offsets.begin(), offsets.end(), offset);
        },
        each);
    if (!goes_on.ok() || !*goes_on || loci->are_all || offsets.back() == kLast) return goes_on;
    from = offsets.back() + 1;
  }
}

}  // namespace

Status write_answers(SegmentWriter& writer, const RowBatch& batch, const SegmentLimits& limits,
                     RowSorter& sorter) {
  std::vector<std::uint64_t> offsets;
  offsets.reserve(batch.answers.size());
  for (const AnswerRow& answer : batch.answers) offsets.push_back(answer.offset);
  const auto& order = sorter.sort(offsets);
  for (std::size_t from = 0; from < order.size();) {
    std::size_t to = from, bytes = 0;
    while (to < order.size() && to - from < limits.answers_per_block &&
           bytes < limits.text_bytes_per_block) {
      bytes += rdata_of(batch, order[to++]).size();
    }
    put_block(batch, order, from, to, writer.buffer());
    ASSAY_TRY(writer.block(Section::answers, {.entries = static_cast<std::uint32_t>(to - from),
                                              .first = {batch.answers[order[from]].offset},
                                              .last = {batch.answers[order[to - 1]].offset}}));
    from = to;
  }
  return {};
}

Status each_answer(const ScanInput& input, const RowFilter& filter,
                   const std::function<bool(const StoredAnswer&)>& each) {
  const RowMatcher matcher(filter);
  std::set<std::uint32_t> evidences;
  for (const Segment* segment : input.segments) {
    const SegmentIndex& index = segment->index;
    if (matcher.wants_evidence(index.evidence) && !index.of(Section::answers).empty()) {
      evidences.insert(index.evidence);
    }
  }
  for (const std::uint32_t evidence : evidences) {
    auto goes_on = answers_of(input, filter, evidence, each);
    if (!goes_on.ok()) return goes_on.error();
    if (!*goes_on) break;
  }
  return {};
}

}  // namespace assay
