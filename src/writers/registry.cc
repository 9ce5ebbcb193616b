#include "writers/registry.h"

namespace assay {

const std::vector<const Writer*>& all_writers() {
  static const std::vector<const Writer*> kAll{&html_report_writer(), &json_report_writer()};
  return kAll;
}

const Writer* find_writer(std::string_view name) {
  for (const Writer* writer : all_writers()) {
    if (writer->name() == name) return writer;
  }
  return nullptr;
}

}  // namespace assay
