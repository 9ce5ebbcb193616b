// Every method, one line each in registry.cc.
#pragma once

#include "assay/method.h"

namespace assay::methods {

const Method& volume_method();
const Method& type_profile_method();
const Method& bursts_method();
const Method& gap_law_method();

}  // namespace assay::methods
