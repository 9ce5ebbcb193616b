// Which evidences could be the one that is looked for, among very many.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace assay {

struct Evidence;
struct EvidenceDetail;

// A superset: whoever asks looks at what is found again. What was stated anew or dropped since is
// found as before, and texts are told apart by a hash.
class EvidenceIndex {
 public:
  void note(const Evidence& evidence, const EvidenceDetail& detail);

  // Numbers, ascending.
  using Numbers = std::vector<std::uint32_t>;
  const Numbers& at_path(std::string_view path) const { return found('p', path); }
  const Numbers& of_name(std::string_view name) const { return found('n', name); }
  const Numbers& of_bytes(std::string_view sha256) const { return found('b', sha256); }
  const Numbers& of_content(std::string_view sha256) const { return found('c', sha256); }
  const Numbers& of_size(std::uint64_t bytes) const { return found('s', std::to_string(bytes)); }
  const Numbers& of_id(std::string_view id) const { return found('i', id); }
  const Numbers& members_of(std::uint32_t container) const {
    return found('m', std::to_string(container));
  }
  const Numbers& member_of(std::uint32_t container, std::string_view member) const {
    return found('m', std::to_string(container) + "/" + std::string(member));
  }

 private:
  const Numbers& found(char what, std::string_view text) const;
  static std::size_t key(char what, std::string_view text);
  void add(char what, std::string_view text, std::uint32_t number);

  std::unordered_map<std::size_t, Numbers> numbers_;  // by hash of what and text
};

}  // namespace assay
