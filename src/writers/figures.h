// Figures as inline SVG: no script, no colour as the only sign, a text alternative for each.
#pragma once

#include <string>
#include <string_view>

#include "assay/finding.h"

namespace assay {

// Each returns a <figure>, or "" when the finding has no such table.
std::string daily_counts_figure(const Finding& volume, const Finding* silences);
std::string shares_figure(const Finding& volume);
std::string gap_histogram_figure(const Finding& gap_law);
std::string day_hour_figure(const Finding& day_hour);

// "<figure ...><svg class=kind ...>body</svg><figcaption>...": `alternative` is read out instead
// of the picture. All texts are escaped already.
std::string wrap_figure(std::string_view kind, int width, int height,
                        const std::string& alternative, const std::string& body,
                        const std::string& caption);

}  // namespace assay
