#include "assay/store.h"

namespace assay {

bool has_embedded_store() { return false; }

Result<std::unique_ptr<RecordStore>> open_embedded_store(const StoreOptions&) {
  return Error{ErrorCode::unsupported, "this build has no embedded record store",
               "build it with -DASSAY_EMBEDDED_STORE=ON"};
}

}  // namespace assay
