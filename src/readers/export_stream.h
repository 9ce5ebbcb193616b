// Messages of IPFIX (RFC 7011) and packets of NetFlow v5 and v9, one behind the other in a file
// (RFC 5655).
#pragma once

#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "assay/reader.h"
#include "readers/export_record.h"
#include "readers/export_template.h"

namespace assay {

// What a message's head says.
struct ExportHead {
  std::uint16_t version = 0;
  std::uint16_t count = 0;  // of records; not of IPFIX
  std::uint32_t sequence = 0;
  std::uint32_t domain = 0;
  std::size_t bytes = 0;   // of the head
  std::size_t length = 0;  // of the whole message; 0: to be found by its sets (v9)
  ExportTimes times;
};
// Nothing when these bytes begin no message. Needs 24 bytes where there are so many.
std::optional<ExportHead> parse_export_head(std::string_view bytes);
// The bytes of a v9 packet, which its head does not tell: its sets, up to what can be none. Nothing
// when `bytes` end before that is known and `is_end` is false.
std::optional<std::size_t> v9_length(std::string_view bytes, bool is_end);

// Takes whole messages, makes records of them, and keeps what later ones need.
class ExportStream {
 public:
  // Sets whose template has not been seen wait for it within this much memory.
  static constexpr std::size_t kMostWaitingBytes = std::size_t{4} << 20;
  static constexpr std::size_t kMostDomains = 4'096;

  ExportStream(std::int64_t skew_us, RecordSink& sink) : sink_(sink), rows_(skew_us, sink) {}

  void take(const ExportHead& head, std::string_view message, std::uint64_t offset);
  void finish();

 private:
  struct Domain {
    std::uint32_t last_sequence = 0;
    std::optional<std::uint32_t> next_sequence;  // nothing before the first message
    std::optional<std::int64_t> boot_us;
  };
  struct Waiting {
    DomainKey domain = 0;
    std::uint16_t id = 0;
    std::string bytes;
    std::uint64_t offset = 0;
    ExportTimes times;
  };
  struct Place {
    ExportTimes times;
    DomainKey domain = 0;
    std::uint64_t offset = 0;
  };

  Domain* domain_of(DomainKey key);
  void check_sequence(const ExportHead& head, std::optional<std::uint32_t> records,
                      const Place& place);
  void take_v5(const ExportHead& head, std::string_view message, const Place& place);
  // The data records in the sets; nothing when there are some that cannot be counted.
  std::optional<std::uint32_t> take_sets(const ExportHead& head, std::string_view sets,
                                         Place place);
  void take_templates(std::uint16_t version, bool are_options, std::string_view set,
                      const Place& place);
  std::uint32_t take_data(const ExportTemplate& layout, std::string_view set, const Place& place);
  void take_options(const ExportValues& values, const Place& place, std::uint32_t length);
  void keep_waiting(std::uint16_t id, std::string_view set, const Place& place);
  void refuse_oldest();
  void take_waiting(DomainKey domain, std::uint16_t id);
  void reject(std::string_view code, const Place& place, std::string_view bytes,
              std::string_view why);

  RecordSink& sink_;
  ExportRows rows_;
  ExportTemplates templates_;
  std::map<DomainKey, Domain> domains_;
  std::list<Waiting> waiting_;  // the oldest first
  std::multimap<std::pair<DomainKey, std::uint16_t>, std::list<Waiting>::iterator> waiting_for_;
  std::size_t waiting_bytes_ = 0;
  std::uint32_t options_ = 0;  // records of options in this message
};

}  // namespace assay
