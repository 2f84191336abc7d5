#include "plimsoll/formats/lines.h"

#include "base/json.h"
#include "base/text.h"

namespace plimsoll::formats {

bool Lines::next() {
  if (rest_.empty()) return false;
  const std::size_t end = rest_.find('\n');
  ended_ = end != std::string_view::npos;
  line_ = rest_.substr(0, end);
  rest_.remove_prefix(ended_ ? end + 1 : rest_.size());
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  ++number_;
  return true;
}

base::Status for_each_json_line(
    const Content& content, const std::function<base::Status(const base::Json& document, int line)>& take) {
  Lines lines(content);
  while (lines.next()) {
    if (base::trim(lines.text()).empty()) continue;
    auto document = base::parse_json(lines.text(), content.source());
    if (!document) {
      base::Error error = std::move(document).error();
      if (error.place) error.place->line = lines.number();
      return std::unexpected(std::move(error));
    }
    BASE_TRY(take(*document, lines.number()));
  }
  return {};
}

}  // namespace plimsoll::formats
