// Which files of this machine a plan names.
#pragma once

#include "collect/source.h"

namespace assay::collecting {

Listing list_files(const Plan& plan, const std::vector<std::string>& own);
// The fixed folder of a pattern: "/var/log/named" of "/var/log/named/query.log*".
std::string folder_of_pattern(const std::string& pattern);
// Whether following a link stays inside what these patterns name.
bool is_inside(const std::string& path, const std::vector<std::string>& patterns);
void add_commands(const Plan& plan, Listing& listing);

}  // namespace assay::collecting
