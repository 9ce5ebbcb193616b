// What `assay sql` lets through to the engine.
#pragma once

#include <string_view>

#include "assay/result.h"

namespace assay {

// The engine's own read-only mode refuses writes, file(), url() and the like as tables, but lets
// through INTO OUTFILE, KILL, and functions that read files or the network (file, eval, ai...), by
// any spelling that its lexer knows. This check closes those for release 26.7: the statement must
// begin with a reading word, and must not name any of them outside a text in single quotes.
// Errors: usage, naming the word.
Status check_reading_statement(std::string_view statement);

}  // namespace assay
