#include "apps/memory_api/search/standalone_tokenizer.h"

#include <sqlite3.h>

namespace memory_api::search {

void StandaloneTokenizer::CloseConnection::operator()(sqlite3* connection) const {
  sqlite3_close(connection);
}

base::Result<std::unique_ptr<StandaloneTokenizer>> StandaloneTokenizer::make() {
  sqlite3* opened = nullptr;
  const int status = sqlite3_open(":memory:", &opened);
  Connection connection(opened);
  if (status != SQLITE_OK) return base::fail(base::ErrorCode::internal, "SQLite opens no database in memory");
  BASE_ASSIGN(Tokenizer tokenizer, Tokenizer::install(opened));
  return std::unique_ptr<StandaloneTokenizer>(
      new StandaloneTokenizer(std::move(connection), std::move(tokenizer)));
}

std::vector<std::string> StandaloneTokenizer::terms(std::int64_t tenant, std::string_view text) {
  const std::lock_guard lock(mutex_);
  return tokenizer_.terms(tenant, text);
}

}  // namespace memory_api::search
