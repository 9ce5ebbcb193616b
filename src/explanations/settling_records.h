// The records that would settle an explanation, each under one word and one text, so that the
// ranking of what is missing adds up over explanations.
#pragma once

#include "assay/explanation.h"

namespace assay::records {

#define ASSAY_SETTLING_RECORD(word, text) \
  constexpr SettlingRecord word(int weight) { return {#word, text, weight}; }

ASSAY_SETTLING_RECORD(application_log,
                      "log of the service on the named host: who used it, when, from where, and "
                      "for which customer")
ASSAY_SETTLING_RECORD(capture_at_servers,
                      "a capture at the name servers, with message ids and answers")
ASSAY_SETTLING_RECORD(collection_method,
                      "how the records were taken: by whom, where, with which filter, outages and "
                      "hash")
ASSAY_SETTLING_RECORD(control_name_same_sensor,
                      "look-ups of sibling and of unrelated, busy names at the same servers or "
                      "sensor")
ASSAY_SETTLING_RECORD(flow_at_either_edge, "flow records at either network's edge")
ASSAY_SETTLING_RECORD(edge_capture,
                      "a capture at the asker's edge, with questions that left and answers that "
                      "arrived")
ASSAY_SETTLING_RECORD(host_configuration,
                      "configuration and process list of the inside host that asked")
ASSAY_SETTLING_RECORD(host_forensics,
                      "forensic image of the inside host that asked: programs, tasks and traces of "
                      "what ran")
ASSAY_SETTLING_RECORD(indicator_list,
                      "lists of known indicators, with who asserted them and for which time")
ASSAY_SETTLING_RECORD(mailboxes, "the mailboxes of the persons in question, both sides")
ASSAY_SETTLING_RECORD(message_archive, "a search of the asker's mail archive for the name")
ASSAY_SETTLING_RECORD(publication_dates,
                      "when and where the name was first made known, and to whom before that")
ASSAY_SETTLING_RECORD(receiving_mail_log, "mail log of the asker's receiving gateway")
ASSAY_SETTLING_RECORD(resolver_client_log,
                      "the asker's resolver log with the inside host that asked")
ASSAY_SETTLING_RECORD(resolver_configuration, "configuration of the asker's resolver")
ASSAY_SETTLING_RECORD(scan_schedule, "schedule and log of the asker's mail security software")
ASSAY_SETTLING_RECORD(second_vantage, "an independent copy from another vantage")
ASSAY_SETTLING_RECORD(sending_mail_log, "mail log of the sending host, with its queue")
ASSAY_SETTLING_RECORD(stub_configuration, "search list of the asker's inside hosts")
ASSAY_SETTLING_RECORD(zone_server_log,
                      "log of all names below the zone at its servers, with the answers given")
ASSAY_SETTLING_RECORD(zone_change_log,
                      "change log of the zone: the record's TTL and address over time")

#undef ASSAY_SETTLING_RECORD

}  // namespace assay::records
