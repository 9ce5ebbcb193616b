// Templates of IPFIX (RFC 7011) and NetFlow v9 (RFC 3954): which fields a data record has.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace assay {

inline constexpr std::uint16_t kVariableLength = 0xffff;
inline constexpr std::uint32_t kReversePen = 29305;  // RFC 5103: the field of the way back

struct ExportField {
  std::uint16_t id = 0;
  std::uint16_t length = 0;
  std::uint32_t enterprise = 0;  // 0: IANA's registry
};

struct ExportTemplate {
  bool is_options = false;
  std::vector<ExportField> fields;
  std::size_t least_bytes = 0;  // of one record
};

// One observation domain of one version: templates of others are not its own.
using DomainKey = std::uint64_t;
inline DomainKey domain_key(std::uint16_t version, std::uint32_t domain) {
  return std::uint64_t{version} << 32 | domain;
}

class ExportTemplates {
 public:
  static constexpr std::size_t kMostTemplates = 65'536;
  static constexpr std::size_t kMostFields = 1'000'000;  // of all templates together

  const ExportTemplate* find(DomainKey domain, std::uint16_t id) const;
  // False when there is no room for more.
  bool put(DomainKey domain, std::uint16_t id, ExportTemplate fresh);
  void withdraw(DomainKey domain, std::uint16_t id);
  void withdraw_all(DomainKey domain, bool are_options);

 private:
  using Templates = std::map<std::pair<DomainKey, std::uint16_t>, ExportTemplate>;
  // Of data, and of options: what withdraws all of one kind is not to walk over the other.
  std::array<Templates, 2> templates_;
  std::size_t fields_ = 0;
};

// The next template record of a set, which loses it.
struct TemplateRecord {
  std::uint16_t id = 0;
  ExportTemplate fields;  // without fields: a withdrawal
};
enum class TemplateOutcome { read, padding, damaged, empty };
TemplateOutcome take_template(std::uint16_t version, bool is_options, std::string_view& set,
                              TemplateRecord& out);

}  // namespace assay
