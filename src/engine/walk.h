// Finds the files that a person named: as such, or below a folder.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace assay {

struct FoundFile {
  std::string path;  // absolute
  std::string name;  // as it is called in the case: base name, below a folder with its path there
  std::string skip;  // why it is not looked at; "" = it is
  // It was to be looked at and cannot be: named by the person, or a folder that the system keeps.
  bool is_refused = false;
};

// Sorted by path, so that the numbers of evidences do not depend on the disk. Symbolic links below
// a folder are not followed, special files and `case_folder` are skipped; each is named with the
// reason. A link that is named itself is followed: the person asked for it.
std::vector<FoundFile> find_files(const std::string& path, const std::string& case_folder);

}  // namespace assay
