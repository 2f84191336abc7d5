#include "tests/support/unsynced_vfs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace test_support {
namespace {

constexpr std::size_t sector = 512;
constexpr int tracked_kinds =
    SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;

struct Write {
  std::uint64_t offset = 0;
  std::string bytes;
  bool truncate = false;  // to `offset`
};

// What the disk surely holds of a file, and what is still under way to it.
struct Image {
  std::optional<std::string> durable;  // nullopt: not even the name is
  std::vector<Write> pending;
  std::string folder = {};
  bool is_new = false;      // made since its folder was synced
  bool is_deleted = false;  // and may be back, as long as its folder was not synced
};

struct Disk {
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_io_methods methods{};
  sqlite3_vfs* real = nullptr;
  mutable std::mutex mutex;
  std::map<std::string, Image> images;
  bool power = true;
  std::uint64_t cut_after = 0;  // 0: no cut is planned
  std::optional<std::uint64_t> space;
  std::uint64_t writes = 0;
  std::uint64_t syncs = 0;

  // Counts an operation; false where the power is off, or goes off in place of it.
  bool proceed() {
    if (power && cut_after > 0) {
      --cut_after;
      power = cut_after > 0;
    }
    return power;
  }
};

// SQLite allocates this and, behind it, what the real VFS needs.
struct File {
  sqlite3_file base;
  Disk* disk;
  Image* image;  // null where the file is not tracked
};

constexpr std::size_t real_file_offset = (sizeof(File) + 15) / 16 * 16;

Disk& disk_of(sqlite3_vfs* vfs) {
  return *static_cast<Disk*>(vfs->pAppData);
}
File& file_of(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}
sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + real_file_offset);
}

void apply(std::string& content, const Write& write) {
  if (write.truncate) {
    content.resize(write.offset);
    return;
  }
  content.resize(std::max<std::size_t>(content.size(), write.offset + write.bytes.size()));
  content.replace(write.offset, write.bytes.size(), write.bytes);
}

void apply_partly(std::string& content, const Write& write, std::mt19937_64& random) {
  if (write.truncate) {
    if (random() % 2 == 0) apply(content, write);
    return;
  }
  for (std::size_t at = 0; at < write.bytes.size(); at += sector) {
    if (random() % 2 == 0) apply(content, {write.offset + at, write.bytes.substr(at, sector)});
  }
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What a file holds after the power cut; nullopt: it is not there.
std::optional<std::string> survivor(const Image& image, UnsyncedVfs::Loss loss, std::mt19937_64& random) {
  if (loss == UnsyncedVfs::Loss::everything) return image.durable;
  if ((!image.durable || image.is_deleted) && random() % 2 == 0) return std::nullopt;
  std::string content = image.durable.value_or("");
  for (const Write& write : image.pending) apply_partly(content, write, random);
  return content;
}

// --- The methods of a file.

int close_file(sqlite3_file* file) {
  return real_of(file)->pMethods->xClose(real_of(file));
}

int read_file(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  Disk& disk = *file_of(file).disk;
  {
    const std::lock_guard lock(disk.mutex);
    if (!disk.power) return SQLITE_IOERR_READ;
  }
  return real_of(file)->pMethods->xRead(real_of(file), to, amount, offset);
}

int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  auto& [base, disk, image] = file_of(file);
  sqlite3_file* real = real_of(file);
  if (image == nullptr) return real->pMethods->xWrite(real, from, amount, offset);
  const std::lock_guard lock(disk->mutex);
  if (!disk->proceed()) return SQLITE_IOERR_WRITE;
  ++disk->writes;
  sqlite3_int64 size = 0;
  real->pMethods->xFileSize(real, &size);
  const std::uint64_t growth = static_cast<std::uint64_t>(std::max<sqlite3_int64>(0, offset + amount - size));
  if (disk->space && growth > *disk->space) return SQLITE_FULL;
  if (disk->space) *disk->space -= growth;
  const int status = real->pMethods->xWrite(real, from, amount, offset);
  if (status == SQLITE_OK) {
    image->pending.push_back({static_cast<std::uint64_t>(offset),
                              {static_cast<const char*>(from), static_cast<std::size_t>(amount)}});
  }
  return status;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  auto& [base, disk, image] = file_of(file);
  sqlite3_file* real = real_of(file);
  if (image == nullptr) return real->pMethods->xTruncate(real, size);
  const std::lock_guard lock(disk->mutex);
  if (!disk->proceed()) return SQLITE_IOERR_TRUNCATE;
  ++disk->writes;
  image->pending.push_back({static_cast<std::uint64_t>(size), {}, true});
  return real->pMethods->xTruncate(real, size);
}

// A folder that is synced knows of every file that was deleted in it.
void sync_folder(Disk& disk, const std::string& folder) {
  for (auto& [path, image] : disk.images) {
    if (image.is_deleted && image.folder == folder) image = {.durable = {}, .pending = {}, .folder = folder};
  }
}

// The real file needs no sync: this disk only pretends to lose power.
int sync_file(sqlite3_file* file, int) {
  auto& [base, disk, image] = file_of(file);
  if (image == nullptr) return SQLITE_OK;
  const std::lock_guard lock(disk->mutex);
  if (!disk->proceed()) return SQLITE_IOERR_FSYNC;
  ++disk->syncs;
  if (!image->durable) image->durable.emplace();
  for (const Write& write : image->pending) apply(*image->durable, write);
  image->pending.clear();
  if (std::exchange(image->is_new, false)) sync_folder(*disk, image->folder);
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* out) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}
int control_file(sqlite3_file* file, int operation, void* argument) {
  if (operation == SQLITE_FCNTL_SIZE_HINT) return SQLITE_OK;  // would grow the file behind our back
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int sector_size(sqlite3_file*) {
  return sector;
}
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void shared_barrier(sqlite3_file* file) {
  real_of(file)->pMethods->xShmBarrier(real_of(file));
}
int unmap_shared(sqlite3_file* file, int remove) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

// Version 2: no xFetch, so that no page is read or written past us through a memory map.
sqlite3_io_methods make_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 2;
  methods.xClose = close_file;
  methods.xRead = read_file;
  methods.xWrite = write_file;
  methods.xTruncate = truncate_file;
  methods.xSync = sync_file;
  methods.xFileSize = size_of_file;
  methods.xLock = lock_file;
  methods.xUnlock = unlock_file;
  methods.xCheckReservedLock = check_reserved_lock;
  methods.xFileControl = control_file;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = characteristics;
  methods.xShmMap = map_shared;
  methods.xShmLock = lock_shared;
  methods.xShmBarrier = shared_barrier;
  methods.xShmUnmap = unmap_shared;
  return methods;
}

// --- The methods of the disk.

Image* track(Disk& disk, const std::string& path, bool existed) {
  const auto [at, is_unknown] = disk.images.try_emplace(path);
  Image& image = at->second;
  image.folder = std::filesystem::path(path).parent_path();
  if (is_unknown && existed) image.durable = content_of(path);
  if (!existed) {
    image.is_new = true;
    image.is_deleted = false;
  }
  return &image;
}

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  Disk& disk = disk_of(vfs);
  File& opened = file_of(file);
  opened.base.pMethods = nullptr;
  const std::lock_guard lock(disk.mutex);
  if (!disk.power) return SQLITE_CANTOPEN;
  const bool tracked = path != nullptr && (flags & tracked_kinds) != 0;
  const bool existed = tracked && std::filesystem::exists(path);
  const int status = disk.real->xOpen(disk.real, path, real_of(file), flags, out_flags);
  if (status != SQLITE_OK) return status;
  opened.base.pMethods = &disk.methods;
  opened.disk = &disk;
  opened.image = tracked ? track(disk, path, existed) : nullptr;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int folder_too) {
  Disk& disk = disk_of(vfs);
  const std::lock_guard lock(disk.mutex);
  if (!disk.proceed()) return SQLITE_IOERR_DELETE;
  if (const auto at = disk.images.find(path); at != disk.images.end()) {
    at->second.pending = {{0, {}, true}};  // for whoever makes a new file under the old name
    at->second.is_deleted = true;
    if (folder_too != 0 || !at->second.durable) sync_folder(disk, at->second.folder);
  }
  return disk.real->xDelete(disk.real, path, 0);
}

int access_file(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
  Disk& disk = disk_of(vfs);
  const std::lock_guard lock(disk.mutex);
  if (!disk.power) return SQLITE_IOERR_ACCESS;
  return disk.real->xAccess(disk.real, path, flags, out);
}

int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
  sqlite3_vfs* real = disk_of(vfs).real;
  return real->xFullPathname(real, path, size, out);
}

void register_disk(Disk& disk) {
  disk.real = sqlite3_vfs_find(nullptr);
  disk.methods = make_methods();
  disk.vfs = *disk.real;
  disk.vfs.iVersion = 2;
  disk.vfs.szOsFile = static_cast<int>(real_file_offset) + disk.real->szOsFile;
  disk.vfs.pNext = nullptr;
  disk.vfs.zName = disk.name.c_str();
  disk.vfs.pAppData = &disk;
  disk.vfs.xOpen = open_file;
  disk.vfs.xDelete = delete_file;
  disk.vfs.xAccess = access_file;
  disk.vfs.xFullPathname = full_path;
  if (sqlite3_vfs_register(&disk.vfs, 0) != SQLITE_OK) throw std::runtime_error("cannot register the VFS");
}

// A file that lay half-deleted or unsynced gets the content that survived, or goes.
void settle(const std::string& path, const std::optional<std::string>& content) {
  if (!content) {
    std::filesystem::remove(path);
    return;
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(content->data(), static_cast<std::streamsize>(content->size()));
}

}  // namespace

struct UnsyncedVfs::State : Disk {};

UnsyncedVfs::UnsyncedVfs(const std::string& name) : state_(std::make_unique<State>()) {
  state_->name = name;
  register_disk(*state_);
}

UnsyncedVfs::~UnsyncedVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
}

const std::string& UnsyncedVfs::name() const {
  return state_->name;
}

void UnsyncedVfs::cut_power() {
  const std::lock_guard lock(state_->mutex);
  state_->power = false;
}

void UnsyncedVfs::cut_power_after(std::uint64_t operations) {
  const std::lock_guard lock(state_->mutex);
  state_->cut_after = operations;
}

bool UnsyncedVfs::has_power() const {
  const std::lock_guard lock(state_->mutex);
  return state_->power;
}

void UnsyncedVfs::restore_power(Loss loss, std::uint64_t seed) {
  const std::lock_guard lock(state_->mutex);
  std::mt19937_64 random(seed);
  for (const auto& [path, image] : state_->images) {
    settle(path, survivor(image, loss, random));
    std::filesystem::remove(path + "-shm");
  }
  state_->images.clear();
  state_->cut_after = 0;
  state_->power = true;
}

void UnsyncedVfs::limit_space(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(state_->mutex);
  state_->space = bytes;
}

std::uint64_t UnsyncedVfs::writes() const {
  const std::lock_guard lock(state_->mutex);
  return state_->writes;
}

std::uint64_t UnsyncedVfs::syncs() const {
  const std::lock_guard lock(state_->mutex);
  return state_->syncs;
}

}  // namespace test_support
