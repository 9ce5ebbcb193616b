// Case: taking evidence in.
#include "engine/acquisition.h"

namespace assay {

Result<std::vector<AddOutcome>> Case::add(const AddRequest& request,
                                          const std::function<void(const AddOutcome&)>& each) {
  Acquisition acquisition(*impl_, each);
  ASSAY_TRY(acquisition.add(request));
  return acquisition.take_outcomes();
}

Result<std::vector<AddOutcome>> Case::read_pending(
    bool rebuild, const std::function<void(const AddOutcome&)>& each) {
  Acquisition acquisition(*impl_, each);
  if (rebuild) {
    ASSAY_TRY(impl_->lock());
    ASSAY_TRY(impl_->forget_store());
    if (auto rows = impl_->rows(); !rows.ok()) return rows.error();
  }
  ASSAY_TRY(acquisition.read_pending());
  return acquisition.take_outcomes();
}

}  // namespace assay
