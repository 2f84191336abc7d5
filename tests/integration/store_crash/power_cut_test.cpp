// The same on a disk that loses what was not synced when the power is cut: what `kill -9` alone cannot show.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/random.h"
#include "tests/integration/store_crash/workload.h"
#include "tests/support/unsynced_vfs.h"

namespace plimsoll::evidence::crash {
namespace {

using test_support::UnsyncedVfs;

// A run, the store closed (which folds the log into the file) and opened again, another run … until the power
// goes.
std::string write_until_cut(const std::string& path, const StoreOptions& options, const UnsyncedVfs& disk,
                            const Workload& workload, std::vector<Event>& events) {
  for (int run = 0; disk.has_power(); ++run) {
    auto store = open_store(path, options);
    const auto status = store ? workload.write(**store, run,
                                               [&](Event event) {
                                                 events.push_back(event);
                                                 return event.batch == kFinished || !disk.has_power();
                                               })
                              : base::Status(std::unexpected(store.error()));
    if (!status && disk.has_power()) return "failed with the power on: " + base::to_string(status.error());
  }
  return "";
}

// One store, one power cut, one look. What is wrong, or nothing.
std::string cut_once(std::uint64_t seed, bool synchronous, UnsyncedVfs::Loss loss) {
  const auto folder = base::TemporaryFolder::create("power");
  if (!folder) return base::to_string(folder.error());
  const auto path = (folder->path() / "evidence.db").string();
  const StoreOptions options{.vfs = "flaky", .synchronous = synchronous};
  UnsyncedVfs disk("flaky");
  base::Random random(seed);
  const Workload workload(seed);
  std::vector<Event> events;
  // From the very first writes, which make the file, to long after several checkpoints.
  disk.cut_power_after(1 + random.below(random.below(2) == 0 ? 60 : 1500));
  if (auto wrong = write_until_cut(path, options, disk, workload, events); !wrong.empty()) return wrong;
  disk.restore_power(loss, seed);
  auto store = open_store(path, options);
  if (!store) return base::to_string(store.error());
  return workload.judge(**store, 0, events);
}

TEST(StoreCrash, PowerCutsLoseNothingAcknowledged) {
  for (int round = 0; round < crash_rounds(); ++round) {
    const auto seed = static_cast<std::uint64_t>(round);
    ASSERT_EQ(cut_once(seed, true, UnsyncedVfs::Loss::random), "") << "seed " << seed;
    ASSERT_EQ(cut_once(seed, true, UnsyncedVfs::Loss::everything), "") << "seed " << seed;
  }
}

// The campaign is worth something only if it sees the defect it is there for.
TEST(StoreCrash, CatchesAcknowledgingBeforeSyncing) {
  int caught = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    caught += cut_once(seed, false, UnsyncedVfs::Loss::everything) != "" ? 1 : 0;
  }
  EXPECT_GE(caught, 3);
}

}  // namespace
}  // namespace plimsoll::evidence::crash
