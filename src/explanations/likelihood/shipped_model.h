// The model that is built into the program: models/timing/timing.model, with its card beside it.
#pragma once

#include <string>

#include "explanations/likelihood/family_model.h"

namespace assay::likelihood {

struct ShippedModel {
  FamilyModel model;
  std::string sha256;  // of the file: what card.md states
};
// nullptr when the bytes cannot be read as a model, which a test of the build excludes.
const ShippedModel* shipped_model();

}  // namespace assay::likelihood
