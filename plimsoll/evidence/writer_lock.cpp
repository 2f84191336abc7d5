#include "plimsoll/evidence/writer_lock.h"

#include <array>
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace plimsoll::evidence {
namespace {

std::string holder(int fd) {
  std::array<char, 32> text{};
  const auto size = ::pread(fd, text.data(), text.size(), 0);
  return size > 0 ? " (process " + std::string(text.data(), static_cast<std::size_t>(size)) + ")" : "";
}

// Only for the message of whoever comes second; the lock holds without it.
void leave_number(int fd) {
  const std::string number = std::to_string(::getpid());
  if (::ftruncate(fd, 0) == 0) [[maybe_unused]]
    const auto written = ::pwrite(fd, number.data(), number.size(), 0);
}

}  // namespace

base::Result<WriterLock> WriterLock::acquire(const std::filesystem::path& store) {
  const std::string path = store.string() + ".lock";
  base::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file.valid()) return std::unexpected(base::from_errno(path, errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
    leave_number(file.get());
    return WriterLock(std::move(file));
  }
  if (errno != EWOULDBLOCK) return std::unexpected(base::from_errno(path, errno));
  return base::fail(
      base::ErrorCode::conflict,
      store.string() + ": another process" + holder(file.get()) + " writes to the evidence store now",
      "wait until it is done, or name another store with --store");
}

}  // namespace plimsoll::evidence
