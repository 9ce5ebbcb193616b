#include "store/shown_evidences.h"

#include <utility>

#include "store/embedded_store.h"

namespace assay {

void show_only(RecordStore& store, std::set<std::uint32_t> evidences) {
  if (auto* embedded = dynamic_cast<EmbeddedStore*>(&store)) {
    embedded->show_only(std::move(evidences));
  }
}

}  // namespace assay
