// From the items of a C-DNS block to rows. See docs/formats/c_dns.md.
#pragma once

#include <string>
#include <string_view>

#include "assay/reader.h"
#include "readers/cdns_block.h"
#include "readers/packet/key_cache.h"
#include "readers/path_changes.h"

namespace assay {

struct CdnsPlace {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};

// One per read; used by one thread.
class CdnsRows {
 public:
  CdnsRows(RecordSink& sink, std::int64_t skew_us)
      : sink_(sink), skew_us_(skew_us), keys_(sink), paths_(sink) {}

  // What the items of the next block may make of their lists goes by its length.
  void begin_block(std::size_t bytes);
  // Each settles one unit.
  void take_item(const CdnsBlock& block, const CdnsParameters& parameters, const CdnsItem& item,
                 CdnsPlace place);
  void take_malformed(const CdnsBlock& block, CdnsIndex data, CdnsPlace place);
  void take_event(const CdnsBlock& block, const CdnsParameters& parameters, const CdnsEvent& event,
                  CdnsPlace place);

 private:
  struct Problem {
    std::string_view code, why;
    explicit operator bool() const { return !code.empty(); }
  };

  Problem add_item(const CdnsBlock& block, const CdnsParameters& parameters, const CdnsItem& item,
                   CdnsPlace place);
  void add_transport(const CdnsSignature& signature, const DnsRow& row);
  void add_path(const CdnsSignature& signature, const CdnsItem& item, const DnsRow& row);
  Problem set_time(const CdnsBlock& block, const CdnsParameters& parameters, const CdnsItem& item,
                   DnsRow& row) const;
  Problem set_ends(const CdnsTables& tables, const CdnsItem& item, const CdnsSignature& signature,
                   DnsRow& row);
  Problem read_host(const CdnsTables& tables, CdnsIndex index, bool is_v6, std::uint64_t& host);
  Problem set_name(const CdnsTables& tables, CdnsIndex index, DnsRow& row);
  Problem add_records(const CdnsTables& tables, const CdnsExtended& lists, bool is_query,
                      DnsRow& row);
  Problem add_record(const CdnsTables& tables, const CdnsRecord& record, std::uint8_t section,
                     bool is_query, DnsRow& row);
  Problem add_questions(const CdnsTables& tables, CdnsIndex list, const DnsRow& row);

  bool take_room(std::size_t bytes);

  RecordSink& sink_;
  std::int64_t skew_us_;
  std::uint64_t room_ = 0;  // left for the lists of this block
  KeyCache keys_;
  PathChanges paths_;
  WireName name_;
};

}  // namespace assay
