// The storage engines that the contract is asked of, and stores of each to ask.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/postgres_storage.h"
#include "base/file.h"
#include "tests/support/memory_service.h"
#include "tests/support/postgres_server.h"

namespace memory_api::testing {

enum class Engine { sqlite, postgresql, pgvector };  // pgvector: PostgreSQL that has it

inline std::string name_of(Engine engine) {
  if (engine == Engine::pgvector) return "Pgvector";
  return engine == Engine::sqlite ? "Sqlite" : "Postgresql";
}
inline void PrintTo(Engine engine, std::ostream* out) {
  *out << name_of(engine);
}

// One store, empty at first, which may be opened again and again.
class Store {
 public:
  explicit Store(Engine engine) : engine_(engine) {
    if (engine == Engine::sqlite) return;
    using Kind = test_support::PostgresServer::Kind;
    const Kind kind = engine == Engine::pgvector ? Kind::with_vectors : Kind::usual;
    missing_ = test_support::PostgresServer::missing(kind);
    if (missing_.empty()) url_ = test_support::shared_postgres(kind).create_database();
  }

  // Why no store of this engine can be had here; empty: it can.
  const std::string& missing() const { return missing_; }

  // `beside`: while it is open already.
  std::unique_ptr<storage::MemoryStorage> open(bool beside = false) {
    auto opened =
        engine_ == Engine::sqlite
            ? storage::open_sqlite_storage(folder_.path(), {.exclusive = !beside, .synchronous = false})
            : storage::open_postgres_storage({.url = url_, .synchronous = false});
    if (!opened) throw std::runtime_error(base::to_string(opened.error()));
    return *std::move(opened);
  }

 private:
  Engine engine_;
  std::string missing_;
  std::string url_;
  base::TemporaryFolder folder_ = base::TemporaryFolder::create("contract").value();
};

// A test of what every engine promises, over one store.
class ContractTest : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!store.missing().empty()) GTEST_SKIP() << store.missing();
  }

  Service open(const base::Clock& clock = base::system_clock(),
               memory::MemoryService::Keys keys = memory::MemoryService::Keys::open, bool beside = false) {
    return Service(store.open(beside), clock, keys);
  }

  Store store{GetParam()};
};

#define PLIMSOLL_VECTOR_ENGINES(Suite)                                                                   \
  INSTANTIATE_TEST_SUITE_P(                                                                              \
      Every, Suite,                                                                                      \
      ::testing::Values(::memory_api::testing::Engine::sqlite, ::memory_api::testing::Engine::pgvector), \
      [](const auto& instance) { return ::memory_api::testing::name_of(instance.param); })

#define PLIMSOLL_EVERY_ENGINE(Suite)                                                                       \
  INSTANTIATE_TEST_SUITE_P(                                                                                \
      Every, Suite,                                                                                        \
      ::testing::Values(::memory_api::testing::Engine::sqlite, ::memory_api::testing::Engine::postgresql), \
      [](const auto& instance) { return ::memory_api::testing::name_of(instance.param); })

}  // namespace memory_api::testing
