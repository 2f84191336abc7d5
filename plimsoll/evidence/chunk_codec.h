// Observations packed into a blob, column by column: what the store's `chunk` and `summary` rows hold.
//
//   chunk    = 0x01, xxh3-64 of what follows, segments (varint), start (f64), seconds (f64), segment …
//   segment  = series handle (zigzag varint from the one before), flags (byte), count (varint), size
//   (varint), columns columns  = start, [seconds], [block], [base side], [subject], value
// A segment holds consecutive observations of one series and one kind, so that a reader skips series it does
// not want. Starts are differences of the doubles' bit patterns, which for neighbouring times are small
// integers and always exact. A column whose flag is not set holds its default throughout: the chunk's
// seconds, no block, head, no subject. A scalar in a full batch costs 8 bytes and 1 to 5 for its time; alone
// in its series some 5 more.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/model/observation.h"

namespace plimsoll::evidence {

inline constexpr std::size_t kChunkObservations = 65'536;  // a batch of more becomes several chunks

// Within a series the order is kept; between series it is not.
std::string encode_chunk(std::span<const model::Observation> observations);

// Every observation whose series `wanted` says yes to, grouped by series in order of handle. corrupt where
// the bytes are damaged, of an unknown version, or contradict themselves; never trusts them.
base::Status decode_chunk(std::string_view bytes, const std::function<bool(model::SeriesHandle)>& wanted,
                          const std::function<void(model::Observation&&)>& take);

}  // namespace plimsoll::evidence
