// What the disk may do to a store: fill up, be read-only, lose its tail, change a byte, be somebody else's.
#include <gmock/gmock.h>
#include <sys/mount.h>

#include "tests/integration/memory_api/service_fixture.h"

namespace memory_api::testing {
namespace {

using ::testing::HasSubstr;

// A file system of its own in memory. Only root may mount one.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path folder, const char* size) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, fmt::format("size={}", size).c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  bool make_read_only() {
    return ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }

 private:
  std::filesystem::path folder_;
  bool mounted_ = false;
};

class StorageFaults : public ::testing::Test {
 protected:
  std::filesystem::path data() const { return folder_.path() / "data"; }

  // A closed store with a hundred memories, and its largest file.
  std::filesystem::path make_store() {
    RunningService service(data());
    Caller ann(service, "k");
    for (int i = 0; i < 100; ++i) ids_.push_back(ann.add_one("ann", text(i)));
    EXPECT_EQ(service.terminate().code, 0);
    std::filesystem::path largest;
    for (const auto& entry : std::filesystem::directory_iterator(data())) {
      if (!entry.is_regular_file()) continue;
      if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest)) largest = entry.path();
    }
    return largest;
  }

  static std::string text(int i) {
    return fmt::format("memory number {} with words of its own w{}", i, i * 7919);
  }

  base::Exit run_on_data() { return run({"--port", "0", "--open-keys", "--data", data().string()}); }

  // Either the program refuses the store and names the file, or every memory that it serves is right.
  void expect_refused_or_right(const std::filesystem::path& file, const std::string& what) {
    RunningService service(data());
    if (service.port() == 0) {
      EXPECT_EQ(service.wait().code, 3) << what;
      EXPECT_THAT(service.log(), HasSubstr(file.filename().string())) << what;
      return;
    }
    Caller ann(service, "k");
    for (int i = 0; i < 100; ++i) {
      const Answer got = ann.call("GET", "/v1/memories/" + ids_[static_cast<std::size_t>(i)] + "/");
      ASSERT_GT(got.status, 0) << what;
      if (got.status == 200) {
        EXPECT_EQ(got.json.at("memory"), text(i)) << what;
      }
    }
    service.terminate();
  }

  base::TemporaryFolder folder_ = base::TemporaryFolder::create("memory_api_faults").value();
  std::vector<std::string> ids_;
};

TEST_F(StorageFaults, AFullDiskStopsWritesAndNothingElse) {
  SmallDisk disk(data(), "8m");
  if (!disk.mounted()) GTEST_SKIP() << "only root may mount a small disk";
  RunningService service(data());
  ASSERT_GT(service.port(), 0) << service.log();
  Caller ann(service, "k");
  std::vector<std::string> ids;
  Answer added;
  for (int i = 0; i < 4'000; ++i) {
    added = ann.add("ann", fmt::format("note {} {}", i, std::string(4'000, 'x')));
    if (added.status != 200) break;
    ids.push_back(added.json.at("results").at(0).at("id"));
  }
  EXPECT_TRUE(is_problem(added, 507));
  EXPECT_EQ(ann.call("GET", "/health").status, 200);
  EXPECT_EQ(ann.call("GET", "/ready").json.at("status"), "degraded");
  EXPECT_EQ(ann.count("ann"), ids.size());
  EXPECT_EQ(ann.call("GET", "/v1/memories/" + ids.back() + "/").status, 200);
  EXPECT_FALSE(ann.search("ann", "note 7").json.at("results").empty());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(is_problem(ann.add("ann", std::string(200'000, 'y')), 507));
  EXPECT_EQ(ann.count("ann"), ids.size());
  EXPECT_EQ(service.terminate().code, 0);
}

TEST_F(StorageFaults, AReadOnlyFolderIsNamed) {
  make_store();
  const auto elsewhere = folder_.path() / "read_only";
  SmallDisk disk(elsewhere, "8m");
  if (!disk.mounted()) GTEST_SKIP() << "only root may mount a disk";
  for (const auto& entry : std::filesystem::directory_iterator(data())) {
    std::filesystem::copy(entry.path(), elsewhere / entry.path().filename());
  }
  ASSERT_TRUE(disk.make_read_only());
  for (const auto& folder : {elsewhere, elsewhere / "new"}) {
    const base::Exit exit = run({"--port", "0", "--open-keys", "--data", folder.string()});
    EXPECT_EQ(exit.code, 3);
    EXPECT_THAT(exit.error_tail, HasSubstr(folder.string()));
    EXPECT_THAT(exit.error_tail, HasSubstr("ead-only"));
  }
}

TEST_F(StorageFaults, ALostTailIsNoticed) {
  const auto file = make_store();
  const std::string whole = base::read_file(file).value();
  for (const std::size_t lost :
       {std::size_t{1}, std::size_t{100}, std::size_t{4096}, whole.size() / 2, whole.size() - 50}) {
    ASSERT_TRUE(base::system_files().write_atomically(file, whole.substr(0, whole.size() - lost)));
    expect_refused_or_right(file, fmt::format("{} bytes lost", lost));
  }
}

TEST_F(StorageFaults, GarbageAtTheEndIsNoticedOrHarmless) {
  const auto file = make_store();
  const std::string whole = base::read_file(file).value();
  for (const std::size_t more : {std::size_t{1}, std::size_t{512}, std::size_t{4096}, std::size_t{10'000}}) {
    ASSERT_TRUE(base::system_files().write_atomically(file, whole + std::string(more, '\x5a')));
    expect_refused_or_right(file, fmt::format("{} bytes of garbage", more));
  }
}

TEST_F(StorageFaults, AFlippedByteIsNoticedOrHarmless) {
  const auto file = make_store();
  const std::string whole = base::read_file(file).value();
  for (std::size_t i = 0; i < 24; ++i) {
    std::string flipped = whole;
    const std::size_t at = i < 4 ? i * 25 : i * whole.size() / 24;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    ASSERT_TRUE(base::system_files().write_atomically(file, flipped));
    expect_refused_or_right(file, fmt::format("byte {} of {}", at, whole.size()));
  }
}

// The version stands in the four bytes from 60 on (https://www.sqlite.org/fileformat2.html).
TEST_F(StorageFaults, AStoreOfANewerProgramIsLeftAlone) {
  const auto file = make_store();
  std::string bytes = base::read_file(file).value();
  bytes[62] = 1;
  ASSERT_TRUE(base::system_files().write_atomically(file, bytes));
  const base::Exit exit = run_on_data();
  EXPECT_EQ(exit.code, 3);
  EXPECT_THAT(exit.error_tail, HasSubstr("newer"));
  EXPECT_THAT(exit.error_tail, HasSubstr(file.filename().string()));
  EXPECT_EQ(base::read_file(file).value(), bytes);
}

}  // namespace
}  // namespace memory_api::testing
