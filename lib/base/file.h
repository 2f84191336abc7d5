// Files as a seam. Paths are UTF-8 or raw bytes as the system gives them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace base {

// What the programs need of a disk; a test puts a failing or write-dropping one behind it. Thread-safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // The whole file. too_large above `limit` bytes; not_found, permission, io.
  virtual Result<std::string> read(const std::filesystem::path& path, std::uint64_t limit) = 0;

  // Writes a temporary file beside `path`, syncs it, renames it over `path`, syncs the folder: afterwards
  // `path` holds either its old content or all of the new one, also after a power cut. Nothing half-written
  // stays on failure. The umask applies to `mode`; a symbolic link is replaced.
  virtual Status write_atomically(const std::filesystem::path& path, std::string_view content,
                                  unsigned mode = 0644) = 0;

  virtual Status create_folders(const std::filesystem::path& path) = 0;
  // A file or an empty folder; not_found where there is nothing.
  virtual Status remove(const std::filesystem::path& path) = 0;
  virtual bool exists(const std::filesystem::path& path) = 0;

  // Names of what lies directly in a folder, sorted.
  virtual Result<std::vector<std::string>> list(const std::filesystem::path& folder) = 0;
};

// The machine's disk; lives as long as the program.
FileSystem& system_files();

// A file of configuration or data at most 64 MiB, from the machine's disk; "-" reads standard input.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit = 64ull << 20);

// A folder that is removed with everything in it when the object goes.
class TemporaryFolder {
 public:
  // Under $TMPDIR or /tmp, mode 0700.
  static Result<TemporaryFolder> create(std::string_view prefix);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }
  void keep();  // do not remove it after all

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
  bool keep_ = false;
};

// A file descriptor that is closed when the object goes.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~FileDescriptor() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release();
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

}  // namespace base
