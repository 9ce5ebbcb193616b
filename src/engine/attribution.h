// Whose resolver asked: parties for the clients of a question's rows.
#pragma once

#include "assay/method.h"

namespace assay {

// Gives every client its party: of all prefixes that hold the address at the row's time, the
// longest decides; a party without a stated time holds always. An address that changes hands inside
// the record becomes a host for each holder. O(rows) for such addresses, else O(hosts x prefixes).
void attribute_clients(const CaseFile& case_file, QuestionRecords& records);

// The same for both ends and the name of records that are no look-ups; a record without a time gets
// the holder of the longest prefix, whenever that held it. O(addresses x prefixes + rows).
void attribute_others(const CaseFile& case_file, std::vector<OtherRow>& rows);

}  // namespace assay
