// The words by which the columns of a delimited file are known.
#pragma once

#include <string>
#include <string_view>

#include "readers/delimited_plan.h"

namespace assay {

std::string simplified_header(std::string_view header);
// How sure this simplified header means this cell: 0 is surest, -1 not at all.
int header_rank(Cell cell, std::string_view simplified);

}  // namespace assay
