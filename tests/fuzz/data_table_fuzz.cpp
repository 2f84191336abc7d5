#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "plimsoll/traffic/request/data_table.h"

// A table is refused with a place, or has whole rows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll::traffic;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& table : {parse_csv_table(text, "t.csv"), parse_json_lines_table(text, "t.jsonl")}) {
    if (!table && (!table.error().place || table.error().message.empty())) std::abort();
    if (table && (table->rows() == 0 || table->cells.size() != table->rows() * table->columns.size()))
      std::abort();
  }
  return 0;
}
