// A batch as INSERTs: one block a table, so that each is atomic.
#pragma once

#include <cstdint>
#include <string>

#include "assay/record.h"
#include "assay/result.h"
#include "store/chdb_connection.h"
#include "store/native_block.h"

namespace assay {

// One block of one table, known by its token.
Status send_once(chdb::Session& session, std::string_view table, std::string_view token,
                 const NativeWriter& block);

// Sends names, hosts and answers before the rows that need them. Blocks of answers, records and
// rows carry a token made of evidence and batch number, so that a batch sent again, also after a
// crash, adds nothing.
Status insert_batch(chdb::Session& session, std::uint32_t evidence, std::uint64_t batch_number,
                    const RowBatch& batch);

}  // namespace assay
