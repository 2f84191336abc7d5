// Filters of requests, as JSON and as the Python text that mem0's client sends: any bytes either make a
// filter that SQL accepts and that means the same there, or an error.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "apps/memory_api/memory/filter_json.h"
#include "apps/memory_api/storage/filter_sql.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace memory_api;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto filter = memory::read_filter_text(text);
  if (!filter) {
    if (filter.error().code != base::ErrorCode::invalid_argument) std::abort();
    return 0;
  }
  if (!memory::names_an_entity(*filter)) std::abort();
  static auto connection =
      storage::Connection::open(":memory:", storage::Connection::Mode::write, "").value();
  static const auto installed = [] {
    if (!storage::install_filter_functions(*connection)) std::abort();
    return connection->run(
        "CREATE TABLE memories(id BLOB, text, user_id, agent_id, app_id, run_id, metadata, categories,"
        "  created_at, updated_at, expires_at);"
        "INSERT INTO memories VALUES(zeroblob(16), 'tea', 'ann', NULL, 'app', NULL, '{\"a\":1}', '[\"c\"]', "
        "1, 2, NULL)");
  }();
  if (!installed) std::abort();
  memory::Memory same;
  same.id = "00000000-0000-0000-0000-000000000000";
  same.text = "tea";
  same.entities = {"ann", "", "app", ""};
  same.metadata = R"({"a":1})";
  same.categories = {"c"};
  same.created_at = base::UtcTime(std::chrono::microseconds(1));
  same.updated_at = base::UtcTime(std::chrono::microseconds(2));
  const auto sql = storage::to_sql(*filter);
  auto query = connection->query("SELECT count(*) FROM memories WHERE " + sql.sql);
  if (!query) std::abort();
  sql.bind(*query);
  const auto stepped = query->step();
  if (!stepped || (query->integer_at(0) == 1) != memory::matches(*filter, same)) std::abort();
  return 0;
}
