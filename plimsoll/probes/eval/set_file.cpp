#include "plimsoll/probes/eval/set_file.h"

#include <algorithm>
#include <memory>

#include <zstd.h>

#include "base/file.h"

namespace plimsoll::probes::eval {
namespace {

constexpr int largest_window_log = 27;  // 128 MiB: a small file cannot ask for more memory than that

struct FreeStream {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

std::unexpected<base::Error> broken(std::string_view why) {
  return base::fail(base::ErrorCode::corrupt, "no whole Zstandard file: " + std::string(why));
}

}  // namespace

base::Result<std::string> unpack_zstd(std::string_view packed, std::size_t limit) {
  const std::unique_ptr<ZSTD_DStream, FreeStream> stream(ZSTD_createDStream());
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, largest_window_log);
  std::string text;
  std::string chunk(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::size_t wanted = 1;  // 0 at the end of a frame
  bool full = false;       // the last chunk was filled, so more may come without further input
  while (in.pos < in.size || full) {
    ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
    wanted = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(wanted) != 0) return broken(ZSTD_getErrorName(wanted));
    text.append(chunk, 0, out.pos);
    if (text.size() > limit) return base::fail(base::ErrorCode::too_large, "it unpacks to too many bytes");
    full = wanted != 0 && out.pos == out.size;
  }
  if (wanted != 0) return broken("it ends too early");
  return text;
}

base::Result<std::string> read_set_file(const std::filesystem::path& file, std::size_t limit) {
  BASE_ASSIGN(std::string bytes, base::read_file(file, limit));
  if (file.extension() != ".zst") return bytes;
  auto text = unpack_zstd(bytes, limit);
  if (!text) return std::unexpected(base::with_context(text.error(), file.string()));
  return text;
}

}  // namespace plimsoll::probes::eval
