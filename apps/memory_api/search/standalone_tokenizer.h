// The tokenizer of search/tokenizer.h for engines that are not SQLite.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/search/tokenizer.h"
#include "base/error.h"

namespace memory_api::search {

// Thread-safe.
class StandaloneTokenizer {
 public:
  static base::Result<std::unique_ptr<StandaloneTokenizer>> make();

  // As Tokenizer::terms.
  std::vector<std::string> terms(std::int64_t tenant, std::string_view text);

 private:
  struct CloseConnection {
    void operator()(sqlite3* connection) const;
  };
  using Connection = std::unique_ptr<sqlite3, CloseConnection>;

  StandaloneTokenizer(Connection connection, Tokenizer tokenizer)
      : connection_(std::move(connection)), tokenizer_(std::move(tokenizer)) {}

  Connection connection_;  // outlives the tokenizer
  std::mutex mutex_;
  Tokenizer tokenizer_;
};

}  // namespace memory_api::search
