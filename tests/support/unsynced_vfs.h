// A disk for SQLite whose power can be cut: what was written but not synced is then lost, wholly or in part.
// `kill -9` cannot show that, since the operating system still holds the dead process's writes. After
// leveldb's fault_injection_test.
//
//   UnsyncedVfs disk("flaky");       // registered, not the default
//   … open stores with the VFS named "flaky", write …
//   disk.cut_power();                // every call fails from here on, as on a machine that is off
//   … destroy the stores …
//   disk.restore_power(UnsyncedVfs::Loss::random, seed);  // the real files are now what survived
//   … open again and look …
//
// Tracked are databases, write-ahead logs and journals; the wal-index needs no disk and temporary files do
// not matter. A sync makes a file's content durable. The first sync of a new file makes its folder durable,
// too, as SQLite's unix VFS does: the file's name is then kept, and files that were deleted there stay away;
// until then they may be back. Thread-safe, except that power is restored only while no connection is open.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace test_support {

class UnsyncedVfs {
 public:
  enum class Loss {
    everything,  // all unsynced writes are lost
    random       // each 512-byte sector of an unsynced write survives or not, by the toss of a seeded coin
  };

  explicit UnsyncedVfs(const std::string& name);
  ~UnsyncedVfs();  // every connection is closed by now
  UnsyncedVfs(const UnsyncedVfs&) = delete;
  UnsyncedVfs& operator=(const UnsyncedVfs&) = delete;

  const std::string& name() const;

  void cut_power();
  // Cuts it in place of the n-th write, truncation or sync from now (n ≥ 1).
  void cut_power_after(std::uint64_t operations);
  bool has_power() const;
  void restore_power(Loss loss, std::uint64_t seed = 0);

  // Tracked files may grow by this much together, then SQLITE_FULL; nullopt: no limit.
  void limit_space(std::optional<std::uint64_t> bytes);

  std::uint64_t writes() const;  // writes and truncations seen
  std::uint64_t syncs() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace test_support
