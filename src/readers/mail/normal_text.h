// One form for the text of a message that came by different ways.
#pragma once

#include <string>
#include <string_view>

namespace assay {

// Lines end in LF; blanks at the end of lines, '>' before "From " at the start of lines, empty
// lines at both ends, and a byte order mark are left out.
std::string normal_text(std::string_view text);

}  // namespace assay
