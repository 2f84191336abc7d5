#include "plimsoll/cli/format_option.h"

#include "base/file.h"
#include "plimsoll/formats/mapping.h"

namespace plimsoll::cli {

base::Result<std::string> read_format_option(const std::string& given) {
  if (!given.starts_with('@')) return given;
  const std::string path = given.substr(1);
  BASE_ASSIGN(std::string text, base::read_file(path, 1 << 20));
  BASE_TRY(formats::parse_mapping(text, path));
  return text;
}

}  // namespace plimsoll::cli
