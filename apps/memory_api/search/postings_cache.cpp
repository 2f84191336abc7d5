#include "apps/memory_api/search/postings_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace memory_api::search {
namespace {

constexpr std::size_t bytes_around_an_entry = 200;  // nodes of the map and the list

std::shared_ptr<Posting[]> copied(std::span<const Posting> postings, std::size_t capacity) {
  std::shared_ptr<Posting[]> storage = std::make_shared_for_overwrite<Posting[]>(capacity);
  std::ranges::copy(postings, storage.get());
  return storage;
}

}  // namespace

void IndexChanges::append(IndexChanges&& other) {
  std::ranges::move(other.additions, std::back_inserter(additions));
  std::ranges::move(other.stale_terms, std::back_inserter(stale_terms));
}

PostingsCache::Version PostingsCache::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

std::optional<PostingList> PostingsCache::find(const std::string& term) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(term);
  if (at == entries_.end()) return std::nullopt;
  recent_.splice(recent_.begin(), recent_, at->second.place);
  return PostingList{at->second.storage, at->second.size};
}

void PostingsCache::put(const std::string& term, const PostingList& list, Version version) {
  const std::size_t capacity = list.size + list.size / 8 + 4;
  const std::lock_guard lock(mutex_);
  if (version != version_ || entries_.contains(term) || bytes_of(term, capacity) > budget_ / 4) return;
  recent_.push_front(term);
  entries_.emplace(term, Entry{copied(list.postings(), capacity), list.size, capacity, recent_.begin()});
  bytes_ += bytes_of(term, capacity);
  shrink();
}

void PostingsCache::apply(const IndexChanges& changes) {
  const std::lock_guard lock(mutex_);
  ++version_;
  for (const std::string& term : changes.stale_terms) {
    if (const auto at = entries_.find(term); at != entries_.end()) erase(at);
  }
  for (const auto& addition : changes.additions) append(addition);
  shrink();
}

std::size_t PostingsCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::size_t PostingsCache::bytes_of(const std::string& term, std::size_t capacity) {
  return bytes_around_an_entry + 2 * term.size() + capacity * sizeof(Posting);
}

// Readers hold the first `size` postings of the storage; what lies behind them may be written, and a storage
// that is full is copied, never moved. An entry read from a snapshot after the commit holds the document
// already.
void PostingsCache::append(const IndexChanges::Addition& addition) {
  const auto at = entries_.find(addition.term);
  if (at == entries_.end()) return;
  Entry& entry = at->second;
  if (entry.size > 0 && entry.storage[entry.size - 1].document() >= addition.posting.document()) return;
  if (entry.size == entry.capacity) {
    const std::size_t capacity = entry.capacity + entry.capacity / 4 + 8;
    entry.storage = copied({entry.storage.get(), entry.size}, capacity);
    bytes_ += (capacity - entry.capacity) * sizeof(Posting);
    entry.capacity = capacity;
  }
  entry.storage[entry.size++] = addition.posting;
}

void PostingsCache::erase(Entries::iterator at) {
  bytes_ -= bytes_of(at->first, at->second.capacity);
  recent_.erase(at->second.place);
  entries_.erase(at);
}

void PostingsCache::shrink() {
  while (bytes_ > budget_ && !recent_.empty()) erase(entries_.find(recent_.back()));
}

}  // namespace memory_api::search
