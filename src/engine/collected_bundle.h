// A bundle of `assay collect` on its way into the case: what its manifest says of each member.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "assay/evidence.h"
#include "assay/result.h"
#include "collect/bundle_file.h"
#include "engine/archive_reader.h"

namespace assay {

class CollectedBundle {
 public:
  // nullptr: these are other bytes. Errors: check_failed, when the bundle does not hold.
  static Result<std::unique_ptr<CollectedBundle>> look_at(DescriptorSource& file);

  // Says of new evidence where it lay, who took it, when, what changed; what was stated with `add`
  // stays. False for the manifest and what else a bundle holds beside what was collected.
  bool tell(const ArchiveMember& member, Evidence& evidence) const;
  std::string why() const;
  std::vector<Note> notes() const;  // sorted by code

 private:
  BundleReport report_;
  collecting::Manifest manifest_;
  std::map<std::string, const collecting::Member*> members_;
};

}  // namespace assay
