#include "apps/memory_api/storage/graph_file.h"

#include <cerrno>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using base::Status;

base::Result<base::FileDescriptor> open(const std::filesystem::path& path, int flags) {
  base::FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return std::unexpected(base::from_errno(path.string(), errno));
  return file;
}

base::Result<std::uint64_t> size_of(const base::FileDescriptor& file, const std::filesystem::path& path) {
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return std::unexpected(base::from_errno(path.string(), errno));
  return S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Status read_all(const base::FileDescriptor& file, std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::read(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(base::from_errno("read", errno));
    if (count == 0) return base::fail(ErrorCode::corrupt, "the index ends too early");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Status write_all(const base::FileDescriptor& file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(base::from_errno("write", errno));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Status check_wanted(const IsUnwanted& is_unwanted) {
  if (is_unwanted()) return base::fail(ErrorCode::cancelled, "it is not wanted any more");
  return {};
}

Status write_new(const std::filesystem::path& path, const search::HnswIndex& index,
                 const search::IndexIdentity& identity, const IsUnwanted& is_unwanted) {
  BASE_ASSIGN(const base::FileDescriptor file, open(path, O_WRONLY | O_CREAT | O_TRUNC));
  BASE_TRY(search::write_index(index, identity, [&](std::span<const std::byte> bytes) -> Status {
    BASE_TRY(check_wanted(is_unwanted));
    return write_all(file, bytes);
  }));
  if (::fsync(file.get()) != 0) return std::unexpected(base::from_errno(path.string(), errno));
  return {};
}

}  // namespace

base::Result<std::unique_ptr<search::HnswIndex>> read_graph_file(const std::filesystem::path& path,
                                                                 const search::IndexIdentity& identity,
                                                                 std::size_t exact_up_to,
                                                                 const IsUnwanted& is_unwanted) {
  BASE_ASSIGN(const base::FileDescriptor file, open(path, O_RDONLY));
  BASE_ASSIGN(const std::uint64_t size, size_of(file, path));
  return search::read_index(identity, size, exact_up_to, [&](std::span<std::byte> bytes) -> Status {
    BASE_TRY(check_wanted(is_unwanted));
    return read_all(file, bytes);
  });
}

// The folder's entry is not synced: after a power cut the old file may stand there, which is as good.
Status write_graph_file(const std::filesystem::path& path, const search::HnswIndex& index,
                        const search::IndexIdentity& identity, const IsUnwanted& is_unwanted) {
  const std::filesystem::path fresh = path.string() + ".new";
  Status written = write_new(fresh, index, identity, is_unwanted);
  if (written && ::rename(fresh.c_str(), path.c_str()) != 0) {
    written = std::unexpected(base::from_errno(path.string(), errno));
  }
  if (!written) ::unlink(fresh.c_str());
  return written;
}

Status erase_in_graph_file(const std::filesystem::path& path, std::size_t dimensions,
                           std::span<const search::Place> places) {
  auto file = open(path, O_WRONLY);
  if (!file) return file.error().code == ErrorCode::not_found ? Status() : std::unexpected(file.error());
  BASE_ASSIGN(const std::uint64_t size, size_of(*file, path));
  const std::vector<std::byte> zeros(dimensions);
  for (const search::Place place : places) {
    const std::uint64_t offset = search::offset_of_row(place, dimensions);
    if (offset + dimensions > size) continue;
    if (::pwrite(file->get(), zeros.data(), zeros.size(), static_cast<off_t>(offset)) < 0) {
      return std::unexpected(base::from_errno(path.string(), errno));
    }
  }
  return {};
}

}  // namespace memory_api::storage
