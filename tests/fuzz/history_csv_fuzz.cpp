// Histories from anywhere: what is read has one value a row and column, finite or missing, in order of time.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "plimsoll/formats/history_csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto table = plimsoll::formats::read_history_csv(text, "h.csv");
  if (!table) return table.error().place ? 0 : (std::abort(), 0);
  for (const auto& column : table->columns) {
    if (column.values.size() != table->rows() || column.name.empty()) std::abort();
    for (const double value : column.values) {
      if (std::isinf(value)) std::abort();
    }
  }
  for (std::size_t i = 1; i < table->rows(); ++i) {
    if (table->times[i] < table->times[i - 1]) std::abort();
  }
  if (!table->commits.empty() && table->commits.size() != table->rows()) std::abort();
  return 0;
}
