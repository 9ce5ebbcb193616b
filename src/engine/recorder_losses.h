// Records in which recorders tell of themselves (Zeek's capture_loss.log, the statistics in
// eve.json), joined with the evidences whose completeness they speak of.
#pragma once

#include <vector>

#include "assay/method.h"
#include "assay/store.h"
#include "engine/clock_shifts.h"

namespace assay {

inline constexpr std::size_t kMaxLosses = 10'000;  // beyond it the last interval is widened

// `teller` and `other` are of one recorder: they are the same evidence, or they lie in one folder
// (or one folder of one archive) and no two vantages were stated for them.
bool is_one_recorder(const Evidence& teller, const Evidence& other);

// Losses within `window`, by (begin, evidence, offset). Errors: those of the store.
Result<std::vector<RecorderLoss>> load_losses(RecordStore& store,
                                              const std::vector<Evidence>& evidences,
                                              const Interval& window, const ClockShifts& shifts);

// A recorder that says itself that it lost something in the window vouches for nothing there.
void object_to_losses(const std::vector<RecorderLoss>& losses,
                      const std::vector<Evidence>& evidences, std::vector<Recorder>& recorders);

}  // namespace assay
