// The folder of the demo case, when it is there already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/result.h"

namespace assay {

inline constexpr std::string_view kDemoTitle = "Demo";
inline constexpr std::uint64_t kDemoKeySeed = 143;  // with the title the mark of a demo's chain

enum class DemoFolder {
  free,      // nothing is there
  demo,      // the demo as it was made, or a part of it: it can be made again
  lived_in,  // the demo, and something of somebody's in it: files, evidence, edits of case.toml
  foreign,   // anything else
};

// `shipped`: the text of the demo's case.toml.
DemoFolder look_at_demo_folder(const std::string& directory, std::string_view shipped);
// Empties a folder that is DemoFolder::demo. Errors: io.
Status clear_demo_folder(const std::string& directory);

}  // namespace assay
