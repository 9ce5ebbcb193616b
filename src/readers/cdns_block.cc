#include "readers/cdns_block.h"

namespace assay {
namespace {

// One reader for each kind of value, all called `read`: what a map holds is then a list of keys.
// False when the value is none of its kind.
bool read(Cbor& cbor, std::int64_t& into) { return cbor.number(into); }
bool read(Cbor& cbor, Bytes& into) { return cbor.string(Cbor::bytes, into); }
bool read(Cbor& cbor, std::optional<std::int64_t>& into) { return cbor.number(into.emplace()); }

bool read(Cbor& cbor, CdnsIndex& index) {
  std::int64_t value = 0;
  if (!cbor.number(value)) return false;
  // One that no table can have is kept as one that none has.
  index = value >= 0 && value < UINT32_MAX ? static_cast<std::uint32_t>(value) : UINT32_MAX;
  return true;
}

bool read(Cbor& cbor, std::uint32_t& into) {
  CdnsIndex index;
  if (!read(cbor, index)) return false;
  into = *index;
  return true;
}

bool read(Cbor& cbor, std::string& into) {
  Bytes bytes;
  if (!cbor.string(Cbor::text, bytes)) return false;
  into.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return true;
}

template <class Value>
struct Member {
  std::int64_t key;
  Value& value;
};
template <class Value>
Member(std::int64_t, Value&) -> Member<Value>;

// A map whose other keys are passed over.
template <class... Values>
bool read_map(Cbor& cbor, Member<Values>... members);
// An array of which each member is an entry of its own.
template <class Entry>
bool read(Cbor& cbor, std::vector<Entry>& table);

bool read(Cbor& cbor, CdnsClassType& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    std::int64_t value = 0;
    if (key != 0 && key != 1) return false;
    if (!cbor.number(value)) return false;
    if (value < 0 || value > 0xffff) return cbor.refuse();
    (key == 0 ? into.type : into.rclass) = static_cast<std::uint16_t>(value);
    return true;
  });
}

bool read(Cbor& cbor, CdnsSignature& into);
bool read(Cbor& cbor, CdnsRecord& into);
bool read(Cbor& cbor, CdnsMalformed& into);
bool read(Cbor& cbor, CdnsExtended& into);

template <class... Values>
bool read_map(Cbor& cbor, Member<Values>... members) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    return ((key == members.key && read(cbor, members.value)) || ...);
  });
}

template <class Entry>
bool read(Cbor& cbor, std::vector<Entry>& table) {
  return for_each_member(cbor, [&] {
    if (table.size() >= kMaxCdnsTable) return cbor.refuse();
    return read(cbor, table.emplace_back());
  });
}

bool read(Cbor& cbor, CdnsSignature& into) {
  return read_map(cbor, Member{0, into.server}, Member{1, into.server_port},
                  Member{2, into.transport}, Member{3, into.kind}, Member{4, into.flags},
                  Member{5, into.opcode}, Member{6, into.dns_flags}, Member{7, into.query_rcode},
                  Member{8, into.classtype}, Member{14, into.udp_size}, Member{15, into.opt_rdata},
                  Member{16, into.response_rcode});
}

bool read(Cbor& cbor, CdnsRecord& into) {
  return read_map(cbor, Member{0, into.name}, Member{1, into.classtype}, Member{2, into.ttl},
                  Member{3, into.rdata});
}

bool read(Cbor& cbor, CdnsMalformed& into) {
  return read_map(cbor, Member{0, into.server}, Member{1, into.server_port},
                  Member{2, into.transport}, Member{3, into.payload});
}

bool read(Cbor& cbor, CdnsExtended& into) {
  return read_map(cbor, Member{0, into.questions}, Member{1, into.answers},
                  Member{2, into.authority}, Member{3, into.additional});
}

bool read(Cbor& cbor, CdnsTables& into) {
  return read_map(cbor, Member{0, into.addresses}, Member{1, into.classtypes},
                  Member{2, into.names}, Member{3, into.signatures}, Member{4, into.question_lists},
                  Member{5, into.questions}, Member{6, into.record_lists}, Member{7, into.records},
                  Member{8, into.malformed});
}

bool read_time(Cbor& cbor, CdnsBlock& into) {
  int members = 0;
  into.has_time = for_each_member(cbor, [&] {
    return ++members > 2 ? cbor.skip() : cbor.number(members == 1 ? into.seconds : into.ticks);
  });
  into.has_time = into.has_time && members == 2;
  return into.has_time || cbor.refuse();
}

bool read_storage(Cbor& cbor, CdnsParameters& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    if (key == 0) return cbor.number(into.ticks_per_second);
    if (key == 2) {
      into.has_hints = true;
      return for_each_pair(cbor, [&](std::int64_t which) {
        return which >= 0 && which < 4 && cbor.number(into.hints[static_cast<std::size_t>(which)]);
      });
    }
    if (key == 3) return read(cbor, into.opcodes);
    if (key == 4) return read(cbor, into.types);
    if (key == 5) return cbor.number(into.flags);
    if (key >= 6 && key <= 9) return cbor.number(into.prefixes[static_cast<std::size_t>(key - 6)]);
    if (key == 10) return read(cbor, into.sampling);
    return key == 11 && read(cbor, into.anonymisation);
  });
}

}  // namespace

bool parse_cdns_parameters(Cbor& cbor, CdnsParameters& into) {
  const bool is_whole = for_each_pair(cbor, [&](std::int64_t key) {
    if (key == 0) return read_storage(cbor, into);
    if (key != 1) return false;
    return read_map(cbor, Member{8, into.generator}, Member{9, into.host});
  });
  constexpr std::int64_t kMostTicks = 1'000'000'000'000;
  return is_whole && into.ticks_per_second > 0 && into.ticks_per_second <= kMostTicks;
}

bool parse_cdns_block(Cbor& cbor, CdnsBlock& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    switch (key) {
      case 0:
        return for_each_pair(cbor, [&](std::int64_t which) {
          if (which == 0) return read_time(cbor, into);
          CdnsIndex index;
          if (which != 1 || !read(cbor, index)) return false;
          into.parameters = *index;
          return true;
        });
      case 2:
        return read(cbor, into.tables);
      case 3:
        into.items_at = cbor.at();
        return cbor.skip();
      case 4:
        into.events_at = cbor.at();
        return cbor.skip();
      case 5:
        into.malformed_at = cbor.at();
        return cbor.skip();
      default:
        return false;
    }
  });
}

bool parse_cdns_item(Cbor& cbor, CdnsItem& into) {
  return read_map(cbor, Member{0, into.time_offset}, Member{1, into.client},
                  Member{2, into.client_port}, Member{3, into.id}, Member{4, into.signature},
                  Member{5, into.hop_limit}, Member{6, into.response_delay}, Member{7, into.name},
                  Member{11, into.query}, Member{12, into.response});
}

bool parse_cdns_event(Cbor& cbor, CdnsEvent& into) {
  return read_map(cbor, Member{0, into.type}, Member{1, into.code}, Member{2, into.address},
                  Member{3, into.transport}, Member{4, into.count});
}

}  // namespace assay
