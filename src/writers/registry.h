// Every output, one function each; registry.cc lists them.
#pragma once

#include "assay/writer.h"

namespace assay {

const Writer& html_report_writer();
const Writer& json_report_writer();

}  // namespace assay
