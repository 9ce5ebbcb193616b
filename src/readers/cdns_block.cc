#include "readers/cdns_block.h"

namespace assay {
namespace {

std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool read_index(Cbor& cbor, CdnsIndex& index) {
  std::int64_t value = 0;
  if (!cbor.number(value)) return false;
  // One that no table can have is kept as one that none has.
  index = value >= 0 && value < UINT32_MAX ? static_cast<std::uint32_t>(value) : UINT32_MAX;
  return true;
}

bool read_text(Cbor& cbor, std::string& into) {
  Bytes bytes;
  if (!cbor.string(Cbor::text, bytes)) return false;
  into = text_of(bytes);
  return true;
}

bool read_number(Cbor& cbor, std::optional<std::int64_t>& into) {
  return cbor.number(into.emplace());
}

// An array of which each member is read by `read` into an entry of its own.
template <class Entry, class Read>
bool read_table(Cbor& cbor, std::vector<Entry>& table, Read read) {
  return for_each_member(cbor, [&] {
    if (table.size() >= kMaxCdnsTable) return cbor.refuse();
    return read(table.emplace_back());
  });
}

bool read_numbers(Cbor& cbor, std::vector<std::int64_t>& into) {
  return read_table(cbor, into, [&](std::int64_t& value) { return cbor.number(value); });
}

bool read_bytes(Cbor& cbor, std::vector<Bytes>& into) {
  return read_table(cbor, into, [&](Bytes& value) { return cbor.string(Cbor::bytes, value); });
}

bool read_lists(Cbor& cbor, std::vector<std::vector<std::uint32_t>>& into) {
  return read_table(cbor, into, [&](std::vector<std::uint32_t>& list) {
    return read_table(cbor, list, [&](std::uint32_t& value) {
      CdnsIndex index;
      if (!read_index(cbor, index)) return false;
      value = *index;
      return true;
    });
  });
}

bool read_signature(Cbor& cbor, CdnsSignature& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    switch (key) {
      case 0:
        return read_index(cbor, into.server);
      case 1:
        return cbor.number(into.server_port);
      case 2:
        into.has_transport = true;
        return cbor.number(into.transport);
      case 3:
        return cbor.number(into.kind);
      case 4:
        return read_number(cbor, into.flags);
      case 5:
        return cbor.number(into.opcode);
      case 6:
        return cbor.number(into.dns_flags);
      case 7:
        return cbor.number(into.query_rcode);
      case 8:
        return read_index(cbor, into.classtype);
      case 15:
        return read_index(cbor, into.opt_rdata);
      case 16:
        return read_number(cbor, into.response_rcode);
      default:
        return false;
    }
  });
}

bool read_record(Cbor& cbor, CdnsRecord& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    switch (key) {
      case 0:
        return read_index(cbor, into.name);
      case 1:
        return read_index(cbor, into.classtype);
      case 2:
        return read_number(cbor, into.ttl);
      case 3:
        return read_index(cbor, into.rdata);
      default:
        return false;
    }
  });
}

bool read_classtype(Cbor& cbor, CdnsClassType& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    std::int64_t value = 0;
    if (key != 0 && key != 1) return false;
    if (!cbor.number(value)) return false;
    if (value < 0 || value > 0xffff) return cbor.refuse();
    (key == 0 ? into.type : into.rclass) = static_cast<std::uint16_t>(value);
    return true;
  });
}

bool read_malformed(Cbor& cbor, CdnsMalformed& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    switch (key) {
      case 0:
        return read_index(cbor, into.server);
      case 1:
        return cbor.number(into.server_port);
      case 2:
        return cbor.number(into.transport);
      case 3:
        return cbor.string(Cbor::bytes, into.payload);
      default:
        return false;
    }
  });
}

bool read_tables(Cbor& cbor, CdnsTables& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    const auto record = [&cbor](CdnsRecord& entry) { return read_record(cbor, entry); };
    switch (key) {
      case 0:
        return read_bytes(cbor, into.addresses);
      case 1:
        return read_table(cbor, into.classtypes,
                          [&](CdnsClassType& entry) { return read_classtype(cbor, entry); });
      case 2:
        return read_bytes(cbor, into.names);
      case 3:
        return read_table(cbor, into.signatures,
                          [&](CdnsSignature& entry) { return read_signature(cbor, entry); });
      case 4:
        return read_lists(cbor, into.question_lists);
      case 5:
        return read_table(cbor, into.questions, record);
      case 6:
        return read_lists(cbor, into.record_lists);
      case 7:
        return read_table(cbor, into.records, record);
      case 8:
        return read_table(cbor, into.malformed,
                          [&](CdnsMalformed& entry) { return read_malformed(cbor, entry); });
      default:
        return false;
    }
  });
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
    if (key == 3) return read_numbers(cbor, into.opcodes);
    if (key == 4) return read_numbers(cbor, into.types);
    if (key == 5) return cbor.number(into.flags);
    if (key >= 6 && key <= 9) return cbor.number(into.prefixes[static_cast<std::size_t>(key - 6)]);
    if (key == 10) return read_text(cbor, into.sampling);
    return key == 11 && read_text(cbor, into.anonymisation);
  });
}

bool read_extended(Cbor& cbor, CdnsExtended& into) {
  return for_each_pair(cbor, [&](std::int64_t key) {
    CdnsIndex* const indices[] = {&into.questions, &into.answers, &into.authority,
                                  &into.additional};
    return key >= 0 && key < 4 && read_index(cbor, *indices[key]);
  });
}

}  // namespace

bool parse_cdns_parameters(Cbor& cbor, CdnsParameters& into) {
  const bool is_whole = for_each_pair(cbor, [&](std::int64_t key) {
    if (key == 0) return read_storage(cbor, into);
    if (key != 1) return false;
    return for_each_pair(cbor, [&](std::int64_t which) {
      if (which == 8) return read_text(cbor, into.generator);
      return which == 9 && read_text(cbor, into.host);
    });
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
          if (which != 1 || !read_index(cbor, index)) return false;
          into.parameters = *index;
          return true;
        });
      case 2:
        return read_tables(cbor, into.tables);
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
  return for_each_pair(cbor, [&](std::int64_t key) {
    switch (key) {
      case 0:
        return read_number(cbor, into.time_offset);
      case 1:
        return read_index(cbor, into.client);
      case 2:
        return cbor.number(into.client_port);
      case 3:
        return cbor.number(into.id);
      case 4:
        return read_index(cbor, into.signature);
      case 6:
        return read_number(cbor, into.response_delay);
      case 7:
        return read_index(cbor, into.name);
      case 11:
        return read_extended(cbor, into.query);
      case 12:
        return read_extended(cbor, into.response);
      default:
        return false;
    }
  });
}

}  // namespace assay
