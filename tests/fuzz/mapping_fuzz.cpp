#include "format_fuzz.h"
#include "plimsoll/formats/mapping.h"

// A mapping, a line of ---, a file to read by it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = text.find("\n---\n");
  const std::string_view mapping = text.substr(0, cut);
  if (cut == std::string_view::npos || !plimsoll::formats::is_mapping_text(mapping)) return 0;
  return fuzz_format(data + cut + 5, size - cut - 5, mapping);
}
