#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "plimsoll/traffic/engine/response_parser.h"

namespace {

using plimsoll::traffic::ResponseParser;
using Progress = ResponseParser::Progress;
using Captured = std::tuple<int, std::vector<std::pair<std::string, std::string>>, std::string, bool>;
using Reading = std::tuple<Progress, int, std::uint64_t, std::uint64_t, std::size_t, Captured>;

// The whole at once, or in pieces of `length`; the connection closes at the end.
Reading read(std::string_view bytes, bool head, std::size_t length) {
  ResponseParser parser;
  plimsoll::traffic::ResponseCapture capture{.body_limit = 100};
  parser.start(head, &capture);
  Progress progress = Progress::more;
  std::size_t consumed = 0;
  for (std::size_t at = 0; at < bytes.size() && progress == Progress::more; at += length) {
    const std::string_view piece = bytes.substr(at, length);
    const auto fed = parser.feed(piece);
    if (fed.consumed > piece.size()) std::abort();
    consumed += fed.consumed;
    progress = fed.progress;
  }
  if (progress == Progress::more) progress = parser.close();
  if (progress == Progress::more || (progress == Progress::failed && parser.problem().empty())) std::abort();
  if (capture.body.size() > capture.body_limit) std::abort();
  return {progress,
          parser.status(),
          parser.body_bytes(),
          parser.events(),
          progress == Progress::complete ? consumed : 0,
          {capture.status, capture.fields, capture.body, capture.body_cut}};
}

}  // namespace

// However an answer is cut into pieces, the same is read from it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const bool head = (data[0] & 1) != 0;
  const std::size_t length = static_cast<std::size_t>(data[1]) % 17 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Reading whole = read(bytes, head, size);
  if (read(bytes, head, length) != whole || read(bytes, head, 1) != whole) std::abort();
  return 0;
}
