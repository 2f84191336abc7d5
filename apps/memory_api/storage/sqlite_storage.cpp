#include "apps/memory_api/storage/sqlite_storage.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "apps/memory_api/storage/filter_sql.h"
#include "apps/memory_api/storage/group_committer.h"
#include "apps/memory_api/storage/search_caches.h"
#include "apps/memory_api/storage/sqlite_group_writer.h"
#include "apps/memory_api/storage/sqlite_reader.h"
#include "apps/memory_api/storage/sqlite_schema.h"
#include "base/file.h"

namespace memory_api::storage {
namespace {

using base::ErrorCode;
using base::Status;
using memory::Listed;

// - WAL: readers never wait for the writer nor it for them, and a commit is one append and one sync.
// - synchronous FULL: the log is synced at each commit; NORMAL would acknowledge what a power cut takes back.
// - secure_delete: removed content is overwritten with zeros; deleted is deleted.
// - cache 4 MiB: the writer touches the index pages of all tenants; the reader's is smaller. No memory map:
//   an error of the disk shall be an error, not a SIGBUS, and mapped pages would count as ours.
// - wal_autocheckpoint 1000 pages (4 MiB) keeps the log short; journal_size_limit gives space back after a
//   burst.
// - busy_timeout: only `keys add` beside a running service ever makes us wait.
constexpr const char* writer_pragmas =
    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON; PRAGMA cache_size = "
    "-4096;"
    "PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 16777216; PRAGMA temp_store = MEMORY;"
    "PRAGMA cell_size_check = ON";

// Files up to this size are checked whole at each start; larger ones where they are read.
constexpr std::uintmax_t checked_bytes = 16u << 20;

Status sync_folder(const std::filesystem::path& folder) {
  const base::FileDescriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.valid() && ::fsync(opened.get()) == 0) return {};
  return std::unexpected(base::from_errno(folder.string(), errno));
}

// A new folder's name is made durable, too: SQLite syncs the folder that its files lie in, but none above.
Status create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  if (folder.has_parent_path()) BASE_TRY(create_folder(folder.parent_path()));
  std::filesystem::create_directory(folder, error);
  if (error) return std::unexpected(base::from_errno(folder.string(), error.value()));
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return sync_folder(folder.parent_path());
}

// flock and not fcntl: it belongs to the open file, so nothing else that this process opens and closes can
// lose it.
base::Result<base::FileDescriptor> lock_folder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "memories.lock";
  base::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return std::unexpected(base::from_errno(path.string(), errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK) return std::unexpected(base::from_errno(path.string(), errno));
  return base::fail(ErrorCode::conflict, path.string() + ": another process serves this folder",
                    "stop it, or name another --data folder");
}

// SQLite would make the file readable for everybody; made beforehand it, its log and its index are the
// owner's alone.
Status create_file(const std::filesystem::path& path) {
  const base::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return std::unexpected(base::from_errno(path.string(), errno));
  return {};
}

Status check_content(Connection& connection, const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) > checked_bytes || error) return {};
  BASE_ASSIGN(Query query, connection.query("PRAGMA quick_check(1)"));
  BASE_TRY(query.step());
  const std::string finding = query.text_at(0);
  if (finding == "ok") return {};
  return base::fail(ErrorCode::corrupt, path.string() + ": " + finding,
                    "restore it from a backup, or move it away to start empty");
}

base::Result<std::unique_ptr<GroupCommitter>> open_writer(const std::filesystem::path& path,
                                                          const SqliteOptions& options,
                                                          SearchCaches& caches) {
  BASE_ASSIGN(auto connection, Connection::open(path, Connection::Mode::write, options.vfs));
  BASE_ASSIGN(auto tokenizer, search::Tokenizer::install(connection->handle()));
  BASE_TRY(install_filter_functions(*connection));
  BASE_TRY(connection->run(options.synchronous ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF"));
  BASE_TRY(connection->run(writer_pragmas));
  BASE_TRY(migrate(*connection));
  BASE_TRY(check_content(*connection, path));
  BASE_ASSIGN(auto writer, SqliteGroupWriter::make(std::move(connection), std::move(tokenizer), caches));
  return std::make_unique<GroupCommitter>(std::move(writer));
}

class SqliteStorage final : public MemoryStorage {
 public:
  SqliteStorage(base::FileDescriptor lock, std::unique_ptr<SearchCaches> caches,
                std::unique_ptr<GroupCommitter> writer, std::vector<std::unique_ptr<SqliteReader>> readers)
      : lock_(std::move(lock)),
        caches_(std::move(caches)),
        writer_(std::move(writer)),
        readers_(std::move(readers)) {}
  ~SqliteStorage() override { close(); }

  void write(WriteOperation operation, WriteDone done) override {
    writer_->submit(std::move(operation), std::move(done));
  }
  base::Result<std::optional<TenantRow>> tenant(std::string_view key_hash) override {
    return readers_.with([&](SqliteReader& reader) { return reader.tenant(key_hash); });
  }
  base::Result<bool> has_stored_tenants() override {
    return readers_.with([&](SqliteReader& reader) { return reader.has_stored_tenants(); });
  }
  base::Result<memory::Memory> get(TenantNumber tenant, std::string_view id) override {
    return readers_.with([&](SqliteReader& reader) { return reader.get(tenant, id); });
  }
  base::Result<std::vector<memory::HistoryEntry>> history(TenantNumber tenant, std::string_view id) override {
    return readers_.with([&](SqliteReader& reader) { return reader.history(tenant, id); });
  }
  base::Result<Listed<memory::Memory>> list(const ListRequest& request) override {
    return readers_.with([&](SqliteReader& reader) { return reader.list(request); });
  }
  base::Result<std::vector<memory::Scored>> search(const SearchRequest& request) override {
    return readers_.with([&](SqliteReader& reader) { return reader.search(request); });
  }
  base::Result<std::vector<WaitingText>> texts_without_vector(std::size_t most) override {
    return readers_.with([&](SqliteReader& reader) { return reader.texts_without_vector(most); });
  }
  base::Result<VectorBacklog> vector_backlog() override {
    return readers_.with([](SqliteReader& reader) { return reader.vector_backlog(); });
  }
  base::Result<Listed<memory::Entity>> entities(TenantNumber tenant, const memory::Page& page) override {
    return readers_.with([&](SqliteReader& reader) { return reader.entities(tenant, page); });
  }
  base::Result<memory::AddEvent> event(TenantNumber tenant, std::string_view id) override {
    return readers_.with([&](SqliteReader& reader) { return reader.event(tenant, id); });
  }
  base::Result<std::string> document(TenantNumber tenant, std::string_view kind,
                                     std::string_view key) override {
    return readers_.with([&](SqliteReader& reader) { return reader.document(tenant, kind, key); });
  }
  Status probe() override {
    return readers_.with([](SqliteReader& reader) { return reader.probe(); });
  }
  std::optional<base::Error> write_error() const override { return writer_->write_error(); }
  Counters counters() const override { return writer_->counters(); }
  void close() override {
    if (caches_->graphs) caches_->graphs->close();  // what it reads would keep the log from being emptied
    writer_->close();
  }

 private:
  base::FileDescriptor lock_;             // released last
  std::unique_ptr<SearchCaches> caches_;  // outlives those who use it
  std::unique_ptr<GroupCommitter> writer_;
  ReaderPool readers_;  // closed before the writer, whose close can then empty the log
};

}  // namespace

base::Result<std::unique_ptr<MemoryStorage>> open_sqlite_storage(const std::filesystem::path& folder,
                                                                 const SqliteOptions& options) {
  const std::filesystem::path path = folder / "memories.db";
  BASE_TRY(create_folder(folder));
  base::FileDescriptor lock;
  if (options.exclusive) {
    BASE_ASSIGN(lock, lock_folder(folder));
  }
  BASE_TRY(create_file(path));
  auto caches = std::make_unique<SearchCaches>(options.postings_cache_bytes, options.vectors_bytes);
  BASE_ASSIGN(auto writer, open_writer(path, options, *caches));
  if (options.exclusive) {
    caches->graphs = std::make_unique<VectorGraphs>(path, options.vfs, options.exact_vectors);
  }
  std::vector<std::unique_ptr<SqliteReader>> readers;
  for (std::size_t i = 0; i < std::clamp<std::size_t>(options.readers, 1, 16); ++i) {
    BASE_ASSIGN(auto reader, SqliteReader::open(path, options.vfs, *caches));
    readers.push_back(std::move(reader));
  }
  return std::make_unique<SqliteStorage>(std::move(lock), std::move(caches), std::move(writer),
                                         std::move(readers));
}

}  // namespace memory_api::storage
