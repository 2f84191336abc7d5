// Chunks of observations as a damaged or hostile store might hold them. Version and checksum are made right,
// since no mutation would get past them.
#include <cstdlib>
#include <string>

#include "base/hash.h"
#include "plimsoll/evidence/byte_codec.h"
#include "plimsoll/evidence/chunk_codec.h"

namespace {

using namespace plimsoll;

base::Status decode(const std::string& bytes, std::vector<model::Observation>& all) {
  return evidence::decode_chunk(
      bytes, [](model::SeriesHandle) { return true; },
      [&](model::Observation&& observation) { all.push_back(std::move(observation)); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  evidence::ByteWriter chunk;
  chunk.byte(1);
  chunk.fixed(base::xxh3_64(body));
  chunk.text(body);
  std::vector<model::Observation> all;
  if (!decode(chunk.take(), all)) return 0;
  // What decodes encodes again, to as many.
  std::vector<model::Observation> again;
  if (!decode(evidence::encode_chunk(all), again) || again.size() != all.size()) std::abort();
  return 0;
}
