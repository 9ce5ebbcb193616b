// The bytes of messages, in the order in which they lie in their evidence.
#pragma once

#include <functional>
#include <vector>

#include "engine/case_impl.h"
#include "review/review_item.h"

namespace assay {

// Calls `each(number, evidence, bytes)` for the items of these numbers; each evidence is read once,
// and what `each` leaves of a message is passed over. Errors: of each_content(), what `each`
// returns, malformed when an evidence ends before one of its messages.
Status each_message(Case::Impl& inside, const std::vector<review::Item>& items,
                    std::vector<std::uint32_t> numbers,
                    const std::function<Status(std::uint32_t, const Evidence&, ByteSource&)>& each);

}  // namespace assay
