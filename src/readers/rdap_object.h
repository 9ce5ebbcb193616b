// One object of RDAP (RFC 9083) as a record.
#pragma once

#include <simdjson.h>

#include "readers/held_records.h"

namespace assay {

// Makes a record of a domain, name server, entity, network, AS number or error; nothing of anything
// else. The time is that of the answer's event "last update of RDAP database", else not known.
class RdapObject {
 public:
  RdapObject(ClaimClock& clock, RecordSink& sink) : clock_(clock), sink_(sink) {}
  bool make(simdjson::dom::object object, HeldRecord& record);

 private:
  void take_names(simdjson::dom::object object, std::string_view type);
  void take_network(simdjson::dom::object object);
  void take_events(simdjson::dom::element events);
  void take_servers(simdjson::dom::element servers);
  void take_dnssec(simdjson::dom::object secure);
  void take_entities(simdjson::dom::element entities, int depth, bool of_registrar);
  void take_entity(simdjson::dom::object entity, std::string_view role, bool of_registrar);
  void take_card(simdjson::dom::element card, std::string_view role, bool of_registrar);
  void take_texts(simdjson::dom::element remarks, std::string_view field);
  void take_redacted(simdjson::dom::element redacted);
  void add(std::string_view field, std::string_view text);

  ClaimClock& clock_;
  RecordSink& sink_;
  HeldRecord* record_ = nullptr;
  ClaimTime time_;
};

}  // namespace assay
