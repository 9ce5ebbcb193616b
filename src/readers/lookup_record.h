// What a look-up says beyond its row: a record of kind dns at the same offset.
#pragma once

#include "assay/record.h"

namespace assay {

// The record of `row`; to be added with the fields that the row has no place for.
inline RecordRow record_of(const DnsRow& row) {
  RecordRow record;
  record.kind = RecordKind::dns;
  record.time_us = record.until_us = row.time_us;
  record.width_us = row.width_us;
  record.flags = row.flags & (kYearInferred | kLocalTimeAmbiguous | kLocalTimeNonexistent);
  record.client = row.client;
  record.server = row.server;
  record.client_port = row.client_port;
  record.name = row.qname;
  record.type = row.qtype;
  record.offset = row.offset;
  record.length = row.length;
  return record;
}

}  // namespace assay
