#include "base/file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace base {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot(std::string_view verb, const fs::path& path, int error_number) {
  return std::unexpected(from_errno(fmt::format("cannot {} {}", verb, path.string()), error_number));
}

std::unexpected<Error> cannot(std::string_view verb, const fs::path& path, const std::error_code& error) {
  return cannot(verb, path, error.value());
}

std::unexpected<Error> too_large(const fs::path& path, std::uint64_t limit) {
  return fail(ErrorCode::too_large, fmt::format("{} is larger than {} bytes", path.string(), limit));
}

// To the end of the file, which may be a pipe or a file of /proc without a size.
Result<std::string> read_all(int fd, const fs::path& path, std::uint64_t limit, std::size_t size_hint) {
  std::string content;
  content.reserve(size_hint);
  char block[64 << 10];
  for (;;) {
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot("read", path, errno);
    if (got == 0) return content;
    content.append(block, static_cast<std::size_t>(got));
    if (content.size() > limit) return too_large(path, limit);
  }
}

Status write_all(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot("write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

fs::path folder_of(const fs::path& path) {
  const fs::path folder = path.parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

// A renamed file survives a power cut only once its folder is on the disk too.
Status sync_folder(const fs::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return cannot("open the folder", folder, errno);
  // EINVAL: a file system that cannot sync folders and so promises nothing anyway.
  if (::fsync(fd.get()) != 0 && errno != EINVAL) return cannot("sync the folder", folder, errno);
  return {};
}

// A new file beside the one it will replace; removed again unless it was renamed.
class TemporaryFile {
 public:
  static Result<TemporaryFile> create(const fs::path& target, unsigned mode) {
    static std::atomic<unsigned> counter = 0;
    const fs::path folder = folder_of(target);
    for (;;) {
      fs::path path = folder / fmt::format(".{}-{}.tmp", ::getpid(), counter++);
      // The final mode from the start, so that a secret is never readable; open() applies the umask, chmod
      // would not.
      const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
      if (fd >= 0) return TemporaryFile(std::move(path), fd);
      if (errno != EEXIST) return cannot("write", target, errno);
    }
  }
  TemporaryFile(TemporaryFile&& other) noexcept
      : path_(std::exchange(other.path_, fs::path())), fd_(std::move(other.fd_)) {}
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  Status fill(std::string_view content, const fs::path& target) {
    BASE_TRY(write_all(fd_.get(), content, target));
    if (::fsync(fd_.get()) != 0) return cannot("sync", target, errno);
    // Network file systems report a full disk only here.
    if (::close(fd_.release()) != 0) return cannot("close", target, errno);
    return {};
  }

  Status rename_to(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) return cannot("replace", target, errno);
    path_.clear();
    return {};
  }

 private:
  TemporaryFile(fs::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  fs::path path_;
  FileDescriptor fd_;
};

class SystemFiles final : public FileSystem {
 public:
  Result<std::string> read(const fs::path& path, std::uint64_t limit) override {
    const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return cannot("read", path, errno);
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) return cannot("read", path, errno);
    if (S_ISDIR(info.st_mode)) return cannot("read", path, EISDIR);
    const std::uint64_t size = S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
    if (size > limit) return too_large(path, limit);
    return read_all(fd.get(), path, limit, static_cast<std::size_t>(size));
  }

  Status write_atomically(const fs::path& path, std::string_view content, unsigned mode) override {
    BASE_ASSIGN(TemporaryFile temporary, TemporaryFile::create(path, mode));
    BASE_TRY(temporary.fill(content, path));
    BASE_TRY(temporary.rename_to(path));
    return sync_folder(folder_of(path));
  }

  Status create_folders(const fs::path& path) override {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return cannot("create the folder", path, error);
    return {};
  }

  Status remove(const fs::path& path) override {
    if (std::remove(path.c_str()) != 0) return cannot("remove", path, errno);
    return {};
  }

  bool exists(const fs::path& path) override {
    std::error_code error;
    return fs::exists(path, error);
  }

  Result<std::vector<std::string>> list(const fs::path& folder) override {
    std::error_code error;
    fs::directory_iterator at(folder, error);
    std::vector<std::string> names;
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
      names.push_back(at->path().filename().string());
    }
    if (error) return cannot("list", folder, error);
    std::ranges::sort(names);
    return names;
  }
};

}  // namespace

FileSystem& system_files() {
  static SystemFiles files;
  return files;
}

Result<std::string> read_file(const fs::path& path, std::uint64_t limit) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", limit, 0);
  return system_files().read(path, limit);
}

Result<TemporaryFolder> TemporaryFolder::create(std::string_view prefix) {
  const char* configured = std::getenv("TMPDIR");
  const fs::path parent = configured != nullptr && *configured != '\0' ? configured : "/tmp";
  std::string name = parent / fmt::format("{}XXXXXX", prefix);
  if (::mkdtemp(name.data()) == nullptr) return cannot("create a folder in", parent, errno);
  return TemporaryFolder(fs::path(name));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, fs::path())), keep_(other.keep_) {}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(keep_, other.keep_);
  return *this;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // nobody is left to hear it
  if (!path_.empty() && !keep_) fs::remove_all(path_, ignored);
}

void TemporaryFolder::keep() {
  keep_ = true;
}

int FileDescriptor::release() {
  return std::exchange(fd_, -1);
}

void FileDescriptor::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

}  // namespace base
