#include "readers/path_changes.h"

#include <charconv>
#include <utility>

#include "readers/lookup_record.h"

namespace assay {
namespace {

constexpr std::uint8_t kTcpNumber = 6, kUdpNumber = 17;

std::string_view text_of(std::int32_t value, std::array<char, 12>& room) {
  const auto end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
  return {room.data(), static_cast<std::size_t>(end - room.data())};
}

}  // namespace

void PathChanges::take(const DnsRow& query, const QueryPath& path) {
  if (query.client == 0 || path == QueryPath()) return;
  Slot& slot = slot_of(query.client, (query.flags & kTcp) != 0);
  const bool is_other_hop = path.hop_limit != slot.hop_limit;
  const bool is_other_size = path.edns_size != QueryPath::kNotTold &&  // it may be left out
                             path.edns_size != slot.edns_size;
  if (!is_other_hop && !is_other_size) return;
  slot.hop_limit = static_cast<std::int16_t>(path.hop_limit);
  if (is_other_size) slot.edns_size = path.edns_size;
  write(query, slot);
}

void PathChanges::write(const DnsRow& query, const Slot& slot) {
  static const FieldId kHopLimit = field_id("hop_limit"), kEdnsSize = field_id("edns_size");
  RecordRow record = record_of(query);
  record.protocol = slot.is_tcp ? kTcpNumber : kUdpNumber;
  sink_.add_record(record);
  std::array<char, 12> room{};
  if (slot.hop_limit >= 0) sink_.add_field(kHopLimit, text_of(slot.hop_limit, room));
  if (slot.edns_size >= 0) sink_.add_field(kEdnsSize, text_of(slot.edns_size, room));
}

PathChanges::Slot& PathChanges::slot_of(std::uint64_t client, bool is_tcp) {
  const std::size_t bucket = bucket_of(client, is_tcp);
  for (std::size_t way = 0; way < kWays; ++way) {
    Slot& slot = slots_[bucket + way];
    if (slot.client == client && slot.is_tcp == is_tcp) return slot;
  }
  if (used_ >= slots_.size() / 2 && slots_.size() < most_slots_) {
    grow();
    return slot_of(client, is_tcp);
  }
  Slot& slot = free_slot(bucket);
  slot.client = client;
  slot.is_tcp = is_tcp;
  return slot;
}

// A free slot of the bucket, or one whose client is forgotten.
PathChanges::Slot& PathChanges::free_slot(std::size_t bucket) {
  for (std::size_t way = 0; way < kWays; ++way) {
    if (slots_[bucket + way].client != 0) continue;
    ++used_;
    return slots_[bucket + way];
  }
  next_way_ = (next_way_ + 1) % kWays;
  return slots_[bucket + next_way_] = Slot();
}

void PathChanges::grow() {
  const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  used_ = 0;
  for (const Slot& slot : before) {
    if (slot.client != 0) free_slot(bucket_of(slot.client, slot.is_tcp)) = slot;
  }
}

}  // namespace assay
