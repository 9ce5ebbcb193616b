// Records whose time is told only after them: the line WHEN of a transfer, "Last update" of a
// registry's reply. They wait here until it comes, up to a limit.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "readers/claim_time.h"

namespace assay {

struct HeldRecord {
  RecordRow row;
  std::vector<std::pair<FieldId, std::string>> fields;

  void add(FieldId field, std::string_view text) {
    if (!text.empty()) fields.emplace_back(field, std::string(text));
  }
};

class HeldRecords {
 public:
  static constexpr std::size_t kMostRecords = 100'000;
  static constexpr std::size_t kMostBytes = std::size_t{32} << 20;

  explicit HeldRecords(RecordSink& sink) : sink_(sink) {}

  void add(HeldRecord record);
  // Sends all that wait with this time and these fields; a time not known stays so.
  void release(const ClaimTime& time,
               const std::vector<std::pair<FieldId, std::string>>& fields = {});
  bool empty() const { return records_.empty(); }
  static void send(RecordSink& sink, const HeldRecord& record);

 private:
  RecordSink& sink_;
  std::vector<HeldRecord> records_;
  std::size_t bytes_ = 0;
};

}  // namespace assay
