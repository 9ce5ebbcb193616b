#include "assay/record.h"

namespace assay {

constexpr std::size_t kRdataBytesARow = 32;

void NewNames::add(const NameKey& name, std::string_view canonical) {
  key.push_back(name.key);
  check.push_back(name.check);
  text.append(canonical);
  end.push_back(text.size());
}

std::string_view NewNames::canonical(std::size_t i) const {
  const std::uint64_t begin = i == 0 ? 0 : end[i - 1];
  return std::string_view(text).substr(begin, end[i] - begin);
}

void NewNames::clear() {
  key.clear();
  check.clear();
  end.clear();
  text.clear();
}

void RowBatch::reserve(std::size_t rows) {
  time_us.reserve(rows);
  width_us.reserve(rows);
  client.reserve(rows);
  server.reserve(rows);
  qname.reserve(rows);
  qtype.reserve(rows);
  qclass.reserve(rows);
  rcode.reserve(rows);
  id.reserve(rows);
  client_port.reserve(rows);
  ttl.reserve(rows);
  flags.reserve(rows);
  delay_us.reserve(rows);
  offset.reserve(rows);
  length.reserve(rows);
  if (!answers.empty()) {
    answers.reserve(rows);
    answer_end.reserve(rows);
    answer_rdata.reserve(kRdataBytesARow * rows);
  }
}

void RowBatch::clear() {
  time_us.clear();
  width_us.clear();
  client.clear();
  server.clear();
  qname.clear();
  qtype.clear();
  qclass.clear();
  rcode.clear();
  id.clear();
  client_port.clear();
  ttl.clear();
  flags.clear();
  delay_us.clear();
  offset.clear();
  length.clear();
  answers.clear();
  answer_end.clear();
  answer_rdata.clear();
  records.clear();
  fields.clear();
  field_end.clear();
  field_text.clear();
  names.clear();
  hosts.clear();
}

}  // namespace assay
