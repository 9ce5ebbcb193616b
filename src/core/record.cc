#include "assay/record.h"

namespace assay {

void DnsBatch::clear() {
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
  names.clear();
  hosts.clear();
}

}  // namespace assay
