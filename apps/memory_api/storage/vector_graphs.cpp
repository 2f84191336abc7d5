#include "apps/memory_api/storage/vector_graphs.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "apps/memory_api/storage/graph_file.h"
#include "apps/memory_api/storage/vector_rows.h"

namespace memory_api::storage {

// What `mutex_` guards, except for what only the thread touches.
struct VectorGraphs::Entry {
  explicit Entry(TenantNumber number) : tenant(number) {}

  const TenantNumber tenant;
  TenantGraph graph;                          // the index is set once, when it was read
  std::vector<search::VectorChange> changes;  // committed while it is being read
  std::vector<search::Place> erased;          // rows to be overwritten in the file
  bool is_idle = false;                       // nothing to do until something changes
  std::chrono::steady_clock::time_point retry_at;
  std::uint64_t turn = 0;  // when it was served last

  std::uint64_t saved_changes = 0;  // the thread's own: HnswIndex::changes when it was saved
};

namespace {

using base::Status;
using search::HnswIndex;
using search::VectorChange;

constexpr std::chrono::seconds retry_after(1);
constexpr std::string_view prefix = "vectors-", suffix = ".hnsw";
constexpr int steps_at_once = 32;

void lower_priority() {
  constexpr int nicer = 10;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nicer);
}

std::optional<TenantNumber> tenant_of(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
  TenantNumber tenant = 0;
  const char* end = name.data() + name.size() - suffix.size();
  const auto parsed = std::from_chars(name.data() + prefix.size(), end, tenant);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return tenant;
}

bool is_unfinished(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with(prefix) && name.ends_with(std::string(suffix) + ".new");
}

// Of the rows that a file held those stay that the store has, too.
void drop_others(HnswIndex& index, std::span<const VectorDigest> digests) {
  for (const std::int64_t document : index.documents()) {
    const auto known = std::ranges::lower_bound(digests, document, {}, &VectorDigest::row);
    const bool is_same =
        known != digests.end() && known->row == document && index.holds(document, known->checksum);
    if (!is_same) index.remove(document);
  }
}

void carry_out(HnswIndex& index, const VectorChange& change) {
  if (!change.values.empty() && change.values.size() == index.dimensions()) {
    index.put(change.document, change.digest, change.values);
  } else {
    index.remove(change.document);
  }
}

}  // namespace

VectorGraphs::VectorGraphs(std::filesystem::path database, std::string vfs, std::size_t exact_up_to)
    : database_(std::move(database)), vfs_(std::move(vfs)), exact_up_to_(exact_up_to) {
  open_files();
  thread_ = std::thread([this] { work(); });
}

VectorGraphs::~VectorGraphs() {
  close();
}

void VectorGraphs::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::filesystem::path VectorGraphs::file_of(TenantNumber tenant) const {
  return database_.parent_path() / fmt::format("{}{}{}", prefix, tenant, suffix);
}

void VectorGraphs::open_files() {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(database_.parent_path(), error)) {
    if (const auto tenant = tenant_of(file.path())) open(*tenant);
    if (is_unfinished(file.path())) unwanted_.push_back(file.path());
  }
}

VectorGraphs::SharedEntry VectorGraphs::open(TenantNumber tenant) {
  SharedEntry& entry = entries_[tenant];
  if (!entry) entry = std::make_shared<Entry>(tenant);
  return entry;
}

std::optional<TenantGraph> VectorGraphs::of(TenantNumber tenant, std::size_t memories) {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(tenant);
  if (known != entries_.end()) return known->second->graph;
  if (memories <= exact_up_to_ || is_closed_) return std::nullopt;
  open(tenant);
  changed_.notify_all();
  return TenantGraph{};
}

void VectorGraphs::apply(std::span<const VectorChange> changes) {
  const std::lock_guard lock(mutex_);
  for (const VectorChange& change : changes) {
    const auto known = entries_.find(change.tenant);
    if (known == entries_.end()) continue;
    Entry& entry = *known->second;
    if (!entry.graph.index) {
      entry.changes.push_back(change);
      continue;
    }
    const search::Place old = entry.graph.index->place_of(change.document);
    if (old != search::no_place) entry.erased.push_back(old);
    carry_out(*entry.graph.index, change);
    entry.is_idle = false;
    changed_.notify_all();
  }
}

void VectorGraphs::clear() {
  const std::lock_guard lock(mutex_);
  for (const auto& [tenant, entry] : entries_) unwanted_.push_back(file_of(tenant));
  entries_.clear();
  changed_.notify_all();
}

// --- On the thread.

void VectorGraphs::work() {
  lower_priority();
  std::unique_ptr<Connection> connection;
  while (const SharedEntry entry = next()) {
    if (!connection) {
      auto opened = Connection::open(database_, Connection::Mode::read, vfs_);
      if (opened) connection = *std::move(opened);
    }
    if (connection && entry->graph.index) {
      advance(*entry);
    } else if (!connection || !load(*connection, entry)) {
      connection.reset();  // it may be in the middle of something
      const std::lock_guard lock(mutex_);
      entry->retry_at = std::chrono::steady_clock::now() + retry_after;
    }
  }
}

// nullptr: closed.
VectorGraphs::SharedEntry VectorGraphs::next() {
  std::unique_lock lock(mutex_);
  while (!is_closed_) {
    for (const auto& file : std::exchange(unwanted_, {})) {
      std::error_code error;
      std::filesystem::remove(file, error);
    }
    if (SharedEntry chosen = choose()) {
      chosen->turn = ++turns_;
      return chosen;
    }
    const bool are_all_idle =
        std::ranges::all_of(entries_, [](const auto& known) { return known.second->is_idle; });
    if (are_all_idle) {
      changed_.wait(lock);
    } else {
      changed_.wait_for(lock, retry_after);
    }
  }
  return nullptr;
}

// What is to be read goes first: until then its tenant is searched without vectors. Else in turn.
VectorGraphs::SharedEntry VectorGraphs::choose() const {
  const auto now = std::chrono::steady_clock::now();
  const auto urgency = [](const Entry& entry) { return std::pair(entry.graph.index != nullptr, entry.turn); };
  SharedEntry chosen;
  for (const auto& [tenant, entry] : entries_) {
    if (entry->is_idle || entry->retry_at > now) continue;
    if (!chosen || urgency(*entry) < urgency(*chosen)) chosen = entry;
  }
  return chosen;
}

bool VectorGraphs::is_over(const Entry& entry) const {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(entry.tenant);
  return is_closed_ || known == entries_.end() || known->second.get() != &entry;
}

Status VectorGraphs::load(Connection& connection, const SharedEntry& entry) {
  BASE_TRY(connection.run_cached("BEGIN"));
  BASE_TRY(load_snapshot(connection, entry));
  return connection.run_cached("COMMIT");
}

// The entry heard of every commit after its making, so of all that this snapshot may not show.
Status VectorGraphs::load_snapshot(Connection& connection, const SharedEntry& entry) {
  const auto is_unwanted = [&] { return is_over(*entry); };
  BASE_ASSIGN(const EmbedderRow embedder, embedder_in_use(connection));
  BASE_ASSIGN(const std::vector<VectorDigest> digests, read_digests(connection, entry->tenant, embedder));
  const search::IndexIdentity identity{entry->tenant, embedder.number, embedder.dimensions};
  std::shared_ptr<HnswIndex> index = read_file(identity, is_unwanted);
  drop_others(*index, digests);
  for (std::size_t i = 0; i < digests.size(); ++i) {
    if (i % 1024 == 0 && is_unwanted()) return {};
    if (index->holds(digests[i].row, digests[i].checksum)) continue;
    BASE_ASSIGN(const auto values, read_vector(connection, digests[i].row, embedder));
    if (!values.empty()) index->put(digests[i].row, digests[i].checksum, values);
  }
  publish(entry, {std::move(index), embedder.number});
  return {};
}

// An empty index where there is no file. One that is of no use goes: it may hold what was removed since.
std::unique_ptr<HnswIndex> VectorGraphs::read_file(const search::IndexIdentity& identity,
                                                   const std::function<bool()>& is_unwanted) const {
  const auto file = file_of(identity.tenant);
  auto saved = read_graph_file(file, identity, exact_up_to_, is_unwanted);
  if (saved) return *std::move(saved);
  std::error_code error;
  if (!is_unwanted()) std::filesystem::remove(file, error);
  return std::make_unique<HnswIndex>(identity.dimensions, exact_up_to_);
}

void VectorGraphs::publish(const SharedEntry& entry, TenantGraph graph) {
  const std::lock_guard lock(mutex_);
  for (const VectorChange& change : std::exchange(entry->changes, {})) carry_out(*graph.index, change);
  // Whatever the file holds that the index does not: it was removed while nobody looked.
  for (std::size_t i = 0; i < graph.index->rows().size(); ++i) {
    const auto place = static_cast<search::Place>(i);
    if (graph.index->rows().is_erased(place)) entry->erased.push_back(place);
  }
  entry->graph = std::move(graph);
}

void VectorGraphs::advance(Entry& entry) {
  std::vector<search::Place> erased;
  {
    const std::lock_guard lock(mutex_);
    erased.swap(entry.erased);
    entry.is_idle = true;  // until something changes, which it may do from here on
  }
  erase_in_file(entry, erased);
  bool is_busy = true;
  for (int i = 0; i < steps_at_once && is_busy; ++i) is_busy = entry.graph.index->work();
  save_if_due(entry);
  const std::lock_guard lock(mutex_);
  if (is_busy) entry.is_idle = false;
}

void VectorGraphs::erase_in_file(const Entry& entry, std::span<const search::Place> places) const {
  if (places.empty()) return;
  const auto file = file_of(entry.tenant);
  if (erase_in_graph_file(file, entry.graph.index->dimensions(), places)) return;
  std::error_code error;
  std::filesystem::remove(file, error);  // rather none than one that keeps what was removed
}

// When a quarter is new while it is being built, and a fiftieth once it is: what a start has to make up for
// stays short, and a file is not written over and over.
void VectorGraphs::save_if_due(Entry& entry) {
  HnswIndex& index = *entry.graph.index;
  const std::size_t size = index.size();
  if (size <= exact_up_to_) return;
  const std::uint64_t changes = index.changes();
  if (changes - entry.saved_changes <= size / (index.waiting() > 0 ? 4 : 50)) return;
  const search::IndexIdentity identity{entry.tenant, entry.graph.embedder, index.dimensions()};
  const auto saved = write_graph_file(file_of(entry.tenant), index, identity, [&] { return is_over(entry); });
  // Where that failed (a full disk), it is tried again when half as much has changed once more.
  entry.saved_changes = saved ? changes : changes - (changes - entry.saved_changes) / 2;
}

}  // namespace memory_api::storage
