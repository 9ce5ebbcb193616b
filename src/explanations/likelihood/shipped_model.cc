#include "explanations/likelihood/shipped_model.h"

#include <optional>

#include "core/digest.h"

// C++20 has no #embed; the assembler has. The path comes from src/CMakeLists.txt.
asm(".pushsection .rodata\n"
    ".global assay_timing_model\n"
    "assay_timing_model:\n"
    ".incbin \"" ASSAY_TIMING_MODEL
    "\"\n"
    ".global assay_timing_model_end\n"
    "assay_timing_model_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern "C" {
extern const char assay_timing_model[];
extern const char assay_timing_model_end[];
}

namespace assay::likelihood {

const ShippedModel* shipped_model() {
  static const std::optional<ShippedModel> kModel = []() -> std::optional<ShippedModel> {
    const std::string_view text(
        assay_timing_model, static_cast<std::size_t>(assay_timing_model_end - assay_timing_model));
    auto model = FamilyModel::from_text(text);
    if (!model.ok()) return std::nullopt;
    return ShippedModel{std::move(*model), sha256_hex(text)};
  }();
  return kModel ? &*kModel : nullptr;
}

}  // namespace assay::likelihood
