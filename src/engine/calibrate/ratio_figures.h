// Pictures of a ratio study as SVG files of their own, for docs and model cards.
#pragma once

#include <string>

#include "engine/calibrate/ratios.h"

namespace assay {

std::string tippett_figure(const ClaimStudy& study);
std::string reliability_figure(const ClaimStudy& study);
std::string confusion_figure(const RatioStudy& study);
std::string left_out_figure(const RatioStudy& study);

}  // namespace assay
