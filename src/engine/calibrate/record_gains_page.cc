#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/calibrate/record_gains.h"

namespace assay {

std::string gain_page(const GainStudy& study, const GainRequest& request) {
  std::string page = fmt::format(
      "{} cases of {} families; of each {} to train, {} to calibrate, {} to test; seeds {} to {}. "
      "To begin with, {:.2f} bits are open of the family.\n\n"
      "| look-ups and | bits open: was there contact | adds | bits open: did persons answer | bits "
      "open: did persons act at these moments | bits open: which family "
      "|\n|---|---|---|---|---|---|\n",
      study.cases, study.families, request.train, request.calibrate, request.test,
      request.first_seed, request.first_seed + study.cases - 1,
      std::log2(static_cast<double>(study.families)));
  for (const OpenBits& open : study.open) {
    page +=
        fmt::format("| {} | {:.2f} | {} | {:.2f} | {:.2f} | {:.2f} |\n", open.text, open.of_contact,
                    open.record.empty()
                        ? std::string("-")
                        : fmt::format("{:.2f}", study.open.front().of_contact - open.of_contact),
                    open.of_exchange, open.of_persons, open.of_family);
  }
  return page;
}

nlohmann::ordered_json gain_json(const GainStudy& study, const GainRequest& request) {
  nlohmann::ordered_json open = nlohmann::ordered_json::array();
  for (const OpenBits& each : study.open) {
    open.push_back({{"record", each.record},
                    {"text", each.text},
                    {"bits_open_family", each.of_family},
                    {"bits_open_contact", each.of_contact},
                    {"bits_open_exchange", each.of_exchange},
                    {"bits_open_persons", each.of_persons}});
  }
  return {{"first_seed", request.first_seed},
          {"runs", study.cases},
          {"families", study.families},
          {"with", open}};
}

}  // namespace assay
