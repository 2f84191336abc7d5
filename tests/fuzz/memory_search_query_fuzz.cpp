// Any text may be searched for: it is refused or answered with scores in their range, and never another
// tenant's memory.
#include <cstdint>
#include <cstdlib>
#include <future>
#include <optional>
#include <string>

#include "apps/memory_api/memory/memory_service.h"
#include "apps/memory_api/storage/sqlite_storage.h"
#include "base/file.h"
#include "base/text.h"

namespace {

using namespace memory_api;

constexpr const char* texts[] = {"Ann drinks green tea", "NEAR AND OR NOT", "café 日本 \"quoted\" c0:col",
                                 "1 22 333"};

// Two tenants with the same memories.
struct World {
  World() {
    auto storage = storage::open_sqlite_storage(folder.path(), {.readers = 1, .synchronous = false}).value();
    service.emplace(std::move(storage), memory::MemoryService::Keys::open, base::system_clock());
    tenant = service->authenticate("key").value();
    fill(tenant, "ann");
    fill(service->authenticate("other").value(), "bob");
  }
  void fill(const memory::Tenant& who, const char* user) {
    std::vector<memory::NewMemory> memories;
    for (const char* text : texts) {
      memories.push_back({.text = text, .entities = {.user_id = user}});
    }
    std::promise<bool> promise;
    service->add(who, memories, [&](const auto& added) { promise.set_value(added.has_value()); });
    if (!promise.get_future().get()) std::abort();
  }
  base::TemporaryFolder folder = base::TemporaryFolder::create("fuzz").value();
  std::optional<memory::MemoryService> service;
  memory::Tenant tenant;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto found =
      world.service->search(world.tenant, {.text = text, .filter = {}, .top_k = 10, .threshold = 0});
  const bool is_text = base::is_valid_utf8(text) && !base::trim(text).empty();
  if (found.has_value() != is_text) std::abort();
  if (!is_text) return 0;
  double last = 1;
  for (const auto& [memory, score] : *found) {
    if (!(score > 0 && score < 1 && score <= last) || memory.entities.user_id != "ann") std::abort();
    last = score;
  }
  return 0;
}
