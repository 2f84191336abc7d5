#include "base/file.h"

#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace base {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FileTest : public testing::Test {
 protected:
  fs::path in(std::string_view name) const { return folder_.path() / name; }
  std::vector<std::string> names() const { return files_.list(folder_.path()).value(); }

  FileSystem& files_ = system_files();
  TemporaryFolder folder_ = TemporaryFolder::create("file-test-").value();
};

unsigned mode_of(const fs::path& path) {
  struct stat info{};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 07777;
}

TEST_F(FileTest, WritesAndReadsAnyBytes) {
  const std::string content("a\0b\xFF\n", 5);
  ASSERT_TRUE(files_.write_atomically(in("f"), content));
  EXPECT_EQ(files_.read(in("f"), 5), content);
  ASSERT_TRUE(files_.write_atomically(in("f"), ""));
  EXPECT_EQ(files_.read(in("f"), 5), "");
  EXPECT_THAT(names(), ElementsAre("f"));
}

TEST_F(FileTest, ReadsAMegabyteWhole) {
  std::string content;
  for (int i = 0; content.size() < (1u << 20); ++i) content += std::to_string(i);
  ASSERT_TRUE(files_.write_atomically(in("f"), content));
  EXPECT_EQ(files_.read(in("f"), 2 << 20), content);
}

TEST_F(FileTest, RefusesMoreThanTheLimit) {
  ASSERT_TRUE(files_.write_atomically(in("f"), "123456"));
  EXPECT_TRUE(files_.read(in("f"), 6));
  EXPECT_EQ(files_.read(in("f"), 5).error().code, ErrorCode::too_large);
  // A file whose size the system does not tell is cut off too.
  EXPECT_EQ(files_.read("/dev/zero", 100).error().code, ErrorCode::too_large);
}

TEST_F(FileTest, SaysWhatCannotBeRead) {
  const auto missing = read_file(in("none"));
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr(in("none").string()));
  EXPECT_EQ(read_file(folder_.path()).error().code, ErrorCode::io);
}

TEST_F(FileTest, ADashIsStandardInput) {
  ASSERT_TRUE(files_.write_atomically(in("f"), "from outside"));
  const FileDescriptor saved(::dup(STDIN_FILENO));
  const FileDescriptor file(::open(in("f").c_str(), O_RDONLY | O_CLOEXEC));
  ::dup2(file.get(), STDIN_FILENO);
  const auto content = read_file("-");
  if (saved.valid()) ::dup2(saved.get(), STDIN_FILENO);
  EXPECT_EQ(content, "from outside");
}

TEST_F(FileTest, GivesTheModeFromTheStartAndWhenReplacing) {
  const mode_t before = ::umask(022);
  ASSERT_TRUE(files_.write_atomically(in("open"), "x", 0666));
  ASSERT_TRUE(files_.write_atomically(in("key"), "x"));
  ASSERT_TRUE(files_.write_atomically(in("key"), "y", 0600));
  ::umask(before);
  EXPECT_EQ(mode_of(in("open")), 0644u);
  EXPECT_EQ(mode_of(in("key")), 0600u);
}

TEST_F(FileTest, AWriteIntoNoFolderFailsAsNotFound) {
  const auto status = files_.write_atomically(in("gone/f"), "x");
  EXPECT_EQ(status.error().code, ErrorCode::not_found);
  EXPECT_THAT(status.error().message, HasSubstr("gone/f"));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(FileTest, AFailedRenameLeavesNoTemporaryFile) {
  ASSERT_TRUE(files_.create_folders(in("taken/inside")));
  EXPECT_FALSE(files_.write_atomically(in("taken"), "x"));
  EXPECT_THAT(names(), ElementsAre("taken"));
}

TEST_F(FileTest, AFailedWriteKeepsTheOldFileAndLeavesNothing) {
  ASSERT_TRUE(files_.write_atomically(in("f"), "old"));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{4096, before.rlim_max};
  auto* handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto status = files_.write_atomically(in("f"), std::string(100'000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(status);
  EXPECT_EQ(files_.read(in("f"), 100), "old");
  EXPECT_THAT(names(), ElementsAre("f"));
}

TEST_F(FileTest, AReadOnlyFolderIsAPermissionError) {
  ASSERT_TRUE(files_.write_atomically(in("f"), "old"));
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
  const uid_t user = ::geteuid();
  if (user == 0) {
    ASSERT_EQ(::seteuid(65534), 0);  // nothing is read-only for root
  }
  const auto status = files_.write_atomically(in("f"), "new");
  if (user == 0) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  EXPECT_EQ(status.error().code, ErrorCode::permission);
  EXPECT_EQ(files_.read(in("f"), 100), "old");
  EXPECT_THAT(names(), ElementsAre("f"));
}

TEST_F(FileTest, AReaderNeverSeesHalfAWrite) {
  const std::string texts[2] = {std::string(50'000, 'a'), std::string(70'000, 'b')};
  ASSERT_TRUE(files_.write_atomically(in("f"), texts[0]));
  std::vector<std::jthread> writers;
  for (const auto& text : texts) {
    writers.emplace_back([&] {
      for (int i = 0; i < 20; ++i) EXPECT_TRUE(files_.write_atomically(in("f"), text));
    });
  }
  for (int i = 0; i < 100; ++i) {
    const auto seen = files_.read(in("f"), 1 << 20);
    ASSERT_TRUE(seen);
    ASSERT_TRUE(*seen == texts[0] || *seen == texts[1]) << seen->size();
  }
  writers.clear();
  EXPECT_THAT(names(), ElementsAre("f"));
}

TEST_F(FileTest, ListsSortedAndRemoves) {
  ASSERT_TRUE(files_.create_folders(in("c/d")));
  ASSERT_TRUE(files_.write_atomically(in("b"), ""));
  ASSERT_TRUE(files_.write_atomically(in("a"), ""));
  EXPECT_THAT(names(), ElementsAre("a", "b", "c"));
  EXPECT_TRUE(files_.exists(in("a")));
  EXPECT_TRUE(files_.remove(in("a")));
  EXPECT_FALSE(files_.exists(in("a")));
  EXPECT_EQ(files_.remove(in("a")).error().code, ErrorCode::not_found);
  EXPECT_FALSE(files_.remove(in("c")));  // not empty
  EXPECT_EQ(files_.list(in("none")).error().code, ErrorCode::not_found);
}

TEST_F(FileTest, CreatesFoldersThatMayBeThere) {
  EXPECT_TRUE(files_.create_folders(in("x/y")));
  EXPECT_TRUE(files_.create_folders(in("x/y")));
  ASSERT_TRUE(files_.write_atomically(in("f"), ""));
  EXPECT_FALSE(files_.create_folders(in("f/y")));
}

TEST(TemporaryFolder, GoesWithEverythingInIt) {
  fs::path path;
  {
    auto folder = TemporaryFolder::create("temporary-test-").value();
    path = folder.path();
    EXPECT_EQ(mode_of(path), 0700u);
    ASSERT_TRUE(system_files().create_folders(path / "a/b"));
    ASSERT_TRUE(system_files().write_atomically(path / "a/b/c", "x"));
    const TemporaryFolder moved = std::move(folder);
    EXPECT_EQ(moved.path(), path);
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, StaysWhenKept) {
  fs::path path;
  {
    auto folder = TemporaryFolder::create("temporary-test-").value();
    path = folder.path();
    folder.keep();
    EXPECT_EQ(folder.path(), path);
  }
  EXPECT_TRUE(fs::exists(path));
  fs::remove_all(path);
}

TEST(FileDescriptor, ClosesOnce) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  FileDescriptor first(ends[0]);
  FileDescriptor second(ends[1]);
  FileDescriptor moved = std::move(first);
  EXPECT_EQ(moved.get(), ends[0]);
  moved.reset();
  EXPECT_EQ(::fcntl(ends[0], F_GETFD), -1);
  EXPECT_EQ(second.release(), ends[1]);
  EXPECT_FALSE(second.valid());
  EXPECT_EQ(::close(ends[1]), 0);
}

}  // namespace
}  // namespace base
