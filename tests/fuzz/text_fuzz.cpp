// The small text parsers of lib/base: each must end, and what it accepts must hold its promise.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"

namespace {

void expect(bool promise) {
  if (!promise) std::abort();
}

void fuzz_units(std::string_view text) {
  if (const auto quantity = base::parse_quantity(text)) {
    const auto again = base::parse_quantity(base::print_quantity(*quantity));
    // Next to the largest and the smallest doubles a unit's factor leaves their range.
    const bool ordinary = quantity->value == 0 || (quantity->value > 1e-290 && quantity->value < 1e290);
    expect(!ordinary || (again && *again == *quantity));
  } else {
    expect(base::is_valid_utf8(quantity.error().message));
  }
  if (const auto duration = base::parse_duration(text)) expect(duration->count() > 0);
  if (const auto size = base::parse_size(text)) expect(base::parse_quantity(text).has_value());
}

void fuzz_rfc3339(std::string_view text) {
  const auto time = base::parse_rfc3339(text);
  if (!time) return;
  const auto again = base::parse_rfc3339(base::to_rfc3339(*time, 9));
  expect(!again || *again == *time);  // an offset may carry the first and last day of the range out of it
}

void fuzz_shell_words(std::string_view text) {
  const auto words = base::split_shell_words(text);
  if (!words) return;
  std::string line;
  for (const auto& word : *words) line += "'" + base::replace_all(word, "'", "'\\''") + "' ";
  expect(base::split_shell_words(line) == *words);
}

void fuzz_text(std::string_view text) {
  const auto shown = base::printable(text);
  expect(base::is_valid_utf8(shown) && base::printable(shown) == shown);
  const auto cut = base::truncate_utf8(text, text.size() / 2);
  expect(cut.size() <= text.size() / 2 && (base::is_valid_utf8(cut) || !base::is_valid_utf8(text)));
  base::mask_secrets(text);
  if (const auto value = base::parse_double(text))
    expect(base::parse_double(base::shortest_double(*value)) == *value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fuzz_units(text);
  fuzz_rfc3339(text);
  fuzz_shell_words(text);
  fuzz_text(text);
  return 0;
}
