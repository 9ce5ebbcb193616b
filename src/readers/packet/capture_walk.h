// What every reader of captures does alike: sniffs one, goes through its packets, and refuses those
// that nobody could read.
#pragma once

#include <functional>

#include "assay/reader.h"
#include "readers/packet/packet.h"

namespace assay {

// By the magic of pcap and pcapng.
SniffScore sniff_capture(std::string_view head);

// Hands on every packet whose link type is known and whose time, set right by the clock's skew,
// lies in the years 0000 to 9999; each is one unit, to be settled by whoever gets it. The others
// are rejected, and so is what damage left. `finish` is called once, after the last packet.
Status walk_capture(ByteSource& source, const ReadContext& context, RecordSink& sink,
                    const std::function<void(const CapturedPacket&)>& each,
                    const std::function<void()>& finish);

}  // namespace assay
