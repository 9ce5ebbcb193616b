// RowFilter and GroupKey as SQL. Only numbers go into the text: nothing to escape.
#pragma once

#include <string>
#include <string_view>

#include "assay/store.h"

namespace assay {

// A condition on the columns of dns, each written with `prefix` ("d."); "1" for an empty filter.
// What a look-up calls qname and qtype has other names in other tables.
struct NameColumns {
  std::string_view qname = "qname", qtype = "qtype";
};
std::string filter_sql(const RowFilter& filter, std::string_view prefix = "",
                       const NameColumns& columns = {});

// One group key as a UInt64 expression; hours and days round down, also before 1970.
std::string group_sql(GroupKey key);

}  // namespace assay
