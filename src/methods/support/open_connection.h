// Whether a flow with packets both ways shows that its client's address took part: whoever forges a
// source makes servers answer as well, and a sensor beside the server sees both ways.
#pragma once

#include "assay/method.h"

namespace assay::methods {

// TCP or SCTP in which the server did what it does in an open connection alone (RFC 9293, 3.5): it
// sent content or closed in order. Who forges a source from elsewhere cannot open one. `back` is
// the row of the other way where an exporter writes each apart, else nullptr.
bool is_opened(const OtherRow& flow, const OtherRow* back);
// The client's end has the port of a service and the server's has not: who began is in doubt.
bool has_doubtful_client(const OtherRow& flow);

}  // namespace assay::methods
