#include "assay/collect.h"

// C++20 has no #embed; the assembler has. The path comes from src/CMakeLists.txt.
asm(".pushsection .rodata\n"
    ".global assay_collect_script\n"
    "assay_collect_script:\n"
    ".incbin \"" ASSAY_COLLECT_SCRIPT
    "\"\n"
    ".global assay_collect_script_end\n"
    "assay_collect_script_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern "C" {
extern const char assay_collect_script[];
extern const char assay_collect_script_end[];
}

namespace assay {

std::string_view collect_script() {
  return {assay_collect_script,
          static_cast<std::size_t>(assay_collect_script_end - assay_collect_script)};
}

}  // namespace assay
