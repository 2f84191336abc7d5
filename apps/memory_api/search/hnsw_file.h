// The file of an index (search/hnsw_index.h), version 1, all numbers little-endian:
//
//   header   "PLHNSW1\n", version u32, dimensions u32, tenant i64, embedder i64, places u64, words u64,
//            XXH3 of all this u64
//   blocks   one for each 1,024 places:
//            documents i64, digests u64, scale + loss + length 3 × f32, bytes i8 × dimensions,
//            XXH3 of a row (document, digest, scale, loss, length, bytes) u64     each 1,024 times;
//            levels u8, counts u8, links u32 × 32                                 each 1,024 times;
//            XXH3 of levels, counts and links u64
//   above    for each row and level above the lowest: place, level, count, links; u32 each, `words` in all;
//            XXH3 of these u64
//
// Every row has its own checksum: one that was overwritten, torn or changed counts as erased and costs its
// own document only. A header, links or a size that are not what was written make the file worthless. It is
// read into memory and not mapped: each byte is checked before it is used anyhow, and an error of the disk,
// or a file that somebody shortens, would otherwise end the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "apps/memory_api/search/hnsw_index.h"
#include "base/error.h"

namespace memory_api::search {

struct IndexIdentity {
  std::int64_t tenant = 0;
  std::int64_t embedder = 0;
  std::size_t dimensions = 0;  // 1–4,096
};

// Writes all of it, one piece after the other.
using WriteBytes = std::function<base::Status(std::span<const std::byte>)>;
// Fills all of it with what comes next.
using ReadBytes = std::function<base::Status(std::span<std::byte>)>;

// For the one that works on the index; others may change it meanwhile, and then the file holds each row as it
// was at some moment of the writing. The errors are those of `write`.
base::Status write_index(const HnswIndex& index, const IndexIdentity& identity, const WriteBytes& write);

// From a file of `file_bytes`. corrupt, unsupported (another version), conflict (of another tenant or
// embedder), or the error of `read`. Allocates no more than the file's size calls for.
base::Result<std::unique_ptr<HnswIndex>> read_index(const IndexIdentity& identity, std::uint64_t file_bytes,
                                                    std::size_t exact_up_to, const ReadBytes& read);

// Where the bytes of a row lie in the file: overwritten with zeros, the row is erased there, too.
std::uint64_t offset_of_row(Place place, std::size_t dimensions);

}  // namespace memory_api::search
