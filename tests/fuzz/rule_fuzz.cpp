// Whatever reads as a rule must print, and read back as the same rule.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plimsoll/plan/rule_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rule = plimsoll::plan::parse_rule(text, {"rule", 1, 1});
  if (!rule) return 0;
  const auto printed = plimsoll::plan::print_rule(*rule);
  if (printed.size() > 4096) return 0;  // quoting made it longer than what is read
  const auto again = plimsoll::plan::parse_rule(printed);
  if (!again || !(*again == *rule)) std::abort();
  return 0;
}
