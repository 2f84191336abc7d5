// The four files of a judged set, NUL between them; the first byte says whether the text is packed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "plimsoll/probes/eval/judged_set.h"
#include "plimsoll/probes/eval/set_file.h"

namespace {

using namespace plimsoll::probes::eval;

constexpr std::size_t limit = 1 << 16;

void require(bool promise) {
  if (!promise) std::abort();
}

std::string_view next_part(std::string_view& text) {
  const std::string_view part = text.substr(0, text.find('\0'));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

void check(const JudgedSet& set) {
  require(!set.documents.empty() && !set.queries.empty());
  for (const Query& query : set.queries) {
    require(!query.id.empty() && query.id.size() <= 200 && base::is_valid_utf8(query.id));
    require(query.answerable() == (relevant_count(query.judged) > 0));
    static_cast<void>(metadata_field(query.metadata, "difficulty"));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'z') {
    auto unpacked = unpack_zstd(text, limit);
    require(!unpacked || unpacked->size() <= limit);
    if (!unpacked) return 0;
    text = *std::move(unpacked);
  }
  std::string_view rest = text;
  SetTexts texts;
  for (std::string_view* part : {&texts.corpus, &texts.queries, &texts.qrels, &texts.judged_not_relevant}) {
    *part = next_part(rest);
  }
  const auto set =
      parse_set(texts, {"corpus", "queries", "qrels", "others"}, {.line_bytes = 4096, .entries = 100});
  if (set) {
    check(*set);
  } else {
    require(set.error().place && set.error().place->line >= 1);
    require(base::is_valid_utf8(base::to_string(set.error())));
  }
  return 0;
}
