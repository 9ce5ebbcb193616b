#include "readers/held_records.h"

namespace assay {

void HeldRecords::send(RecordSink& sink, const HeldRecord& record) {
  sink.add_record(record.row);
  for (const auto& [field, text] : record.fields) sink.add_field(field, text);
}

void HeldRecords::add(HeldRecord record) {
  if (records_.size() >= kMostRecords || bytes_ >= kMostBytes) {
    sink_.note(
        "registration.time_not_awaited",
        "so many records stand before the time of their fetch that they were not kept for it",
        records_.size());
    release(ClaimTime{});
  }
  bytes_ += sizeof(HeldRecord);
  for (const auto& [field, text] : record.fields) bytes_ += sizeof(record.fields[0]) + text.size();
  records_.push_back(std::move(record));
}

void HeldRecords::release(const ClaimTime& time,
                          const std::vector<std::pair<FieldId, std::string>>& fields) {
  for (HeldRecord& record : records_) {
    time.set(record.row);
    for (const auto& [field, text] : fields) record.add(field, text);
    send(sink_, record);
  }
  if (!time.is_known && !records_.empty()) {
    sink_.note("registration.time_unknown", "nothing tells when these were fetched",
               records_.size());
  }
  records_.clear();
  bytes_ = 0;
}

}  // namespace assay
