// Power cuts at seeded moments, on a disk that loses what was not synced (tests/support/unsynced_vfs.h).
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/memory_api/memory/memory_service.h"
#include "apps/memory_api/storage/sqlite_storage.h"
#include "base/file.h"
#include "base/random.h"
#include "tests/integration/memory_api_crash/ledger.h"
#include "tests/support/unsynced_vfs.h"

namespace memory_api::crash {
namespace {

using memory::MemoryService;
using test_support::UnsyncedVfs;
using ::testing::IsEmpty;

// Counts operations that have not been answered yet.
class InFlight {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    --count_;
    changed_.notify_all();
  }
  void wait_below(int limit) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ < limit; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

// One disk, one store on it, cut again and again.
class Campaign {
 public:
  Campaign(const std::string& name, bool synchronous)
      : folder_(base::TemporaryFolder::create("power_cut").value()), disk_(name), synchronous_(synchronous) {
    open();
  }

  // Writes until the power goes, which it does at a moment that the seed chooses; what the store then broke.
  std::vector<std::string> round(std::uint64_t seed) {
    base::Random random(seed);
    disk_.cut_power_after(1 + random.below(400));
    while (disk_.has_power()) step(random);
    in_flight_.wait_below(1);
    service_.reset();
    disk_.restore_power(random.below(2) == 0 ? UnsyncedVfs::Loss::everything : UnsyncedVfs::Loss::random,
                        seed);
    open();
    return settle();
  }

  std::size_t acknowledged() const { return ledger_.acknowledged(); }

 private:
  void open() {
    auto storage =
        storage::open_sqlite_storage(folder_.path(), {.vfs = disk_.name(), .synchronous = synchronous_});
    if (!storage) throw std::runtime_error(base::to_string(storage.error()));
    service_ =
        std::make_unique<MemoryService>(*std::move(storage), MemoryService::Keys::open, base::system_clock());
    tenant_ = service_->authenticate("key").value();
  }

  void step(base::Random& random) {
    in_flight_.wait_below(static_cast<int>(1 + random.below(12)));
    const std::uint64_t choice = random.below(10);
    if (choice < 6) return add(random);
    const auto id = ledger_.take();
    if (!id) return;
    choice < 8 ? update(*id) : remove(*id);
  }

  void add(base::Random& random) {
    memory::NewMemory memory;
    memory.entities.user_id = "ann";
    memory.text = next_text() + std::string(random.below(3'000), 'x');
    in_flight_.begin();
    service_->add(tenant_, {memory}, [this](const base::Result<memory::Added>& added) {
      if (added) ledger_.added(added->memories[0].id, added->memories[0].text);
      in_flight_.end();
    });
  }
  void update(const std::string& id) {
    const std::string text = next_text();
    ledger_.updating(id, text);
    in_flight_.begin();
    service_->update(tenant_, id, {.text = text}, [this, id](const base::Result<memory::Memory>& updated) {
      if (updated) ledger_.updated(id);
      in_flight_.end();
    });
  }
  void remove(const std::string& id) {
    ledger_.removing(id);
    in_flight_.begin();
    service_->remove(tenant_, id, [this, id](const base::Status& removed) {
      if (removed) ledger_.removed(id);
      in_flight_.end();
    });
  }
  std::string next_text() { return "text n" + std::to_string(++texts_) + " "; }

  // Each memory by its id, and the word index knows it, too.
  std::vector<std::string> settle() {
    std::vector<std::string> unfound;
    auto violations = ledger_.settle([&](const std::string& id) -> std::optional<std::string> {
      const auto memory = service_->get(tenant_, id);
      if (!memory) return std::nullopt;
      const std::string word = memory->text.substr(5, memory->text.find(' ', 5) - 5);
      const auto found = service_->search(tenant_, {.text = word, .filter = {}, .top_k = 5, .threshold = 0});
      const bool is_found =
          found && std::ranges::any_of(*found, [&](const auto& hit) { return hit.memory.id == id; });
      if (!is_found) unfound.push_back("stored, but not found by its word " + word + ": " + id);
      return memory->text;
    });
    violations.insert(violations.end(), unfound.begin(), unfound.end());
    return violations;
  }

  base::TemporaryFolder folder_;
  UnsyncedVfs disk_;
  bool synchronous_;
  std::unique_ptr<MemoryService> service_;
  memory::Tenant tenant_;
  Ledger ledger_;
  InFlight in_flight_;
  std::uint64_t texts_ = 0;
};

// A store is cut a few times in its life, so that the first cut meets a new file and the others a used one.
TEST(PowerCut, LosesNothingAcknowledged) {
  constexpr int cuts_of_a_store = 4;
  std::optional<Campaign> campaign;
  std::size_t acknowledged = 0;
  for (int seed = 1; seed <= crash_rounds(20); ++seed) {
    if (seed % cuts_of_a_store == 1) {
      campaign.reset();
      campaign.emplace("power_cut", true);
    }
    ASSERT_THAT(campaign->round(static_cast<std::uint64_t>(seed)), IsEmpty()) << "seed " << seed;
    acknowledged += campaign->acknowledged();
  }
  EXPECT_GT(acknowledged, 20u) << "the campaign hardly wrote anything";
}

// A store that acknowledges before the disk has it: if the campaign above did not see this, it would prove
// nothing.
TEST(PowerCut, CatchesAStoreThatAcknowledgesTooEarly) {
  std::size_t losses = 0;
  for (std::uint64_t seed = 1; seed <= 20 && losses == 0; ++seed) {
    Campaign campaign("too_early", false);
    try {
      losses += campaign.round(seed).size();
    } catch (const std::runtime_error&) {
      ++losses;  // the whole file was lost
    }
  }
  EXPECT_GT(losses, 0u);
}

}  // namespace
}  // namespace memory_api::crash
