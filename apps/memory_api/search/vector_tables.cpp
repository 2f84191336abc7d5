#include "apps/memory_api/search/vector_tables.h"

namespace memory_api::search {

base::Status SharedVectors::load(const Read& read) {
  const std::lock_guard one_reads(loading_);
  if (is_loaded_) return {};
  BASE_TRY(
      read([this](std::int64_t document, std::span<const float> values) { put_loaded(document, values); }));
  const std::lock_guard lock(mutex_);
  changed_.clear();
  is_loaded_ = true;
  return {};
}

void SharedVectors::put_loaded(std::int64_t document, std::span<const float> values) {
  const std::lock_guard lock(mutex_);
  const bool fits = values.size() == table_.dimensions();
  if (fits && !changed_.contains(document)) table_.put(document, values);
}

void SharedVectors::apply(const VectorChange& change) {
  const std::lock_guard lock(mutex_);
  if (!is_loaded_) changed_.insert(change.document);
  if (change.values.size() == table_.dimensions()) {
    table_.put(change.document, change.values);
  } else {
    table_.remove(change.document);
  }
}

std::vector<Bounded> SharedVectors::scan(const EncodedQuery& query) const {
  const std::shared_lock lock(mutex_);
  if (query.values().size() != table_.dimensions()) return {};
  return table_.scan(query);
}

bool SharedVectors::is_loaded() const {
  const std::shared_lock lock(mutex_);
  return is_loaded_;
}

std::size_t SharedVectors::bytes() const {
  const std::shared_lock lock(mutex_);
  return table_.bytes();
}

std::shared_ptr<SharedVectors> VectorTables::of(std::int64_t tenant, std::size_t dimensions) {
  const std::lock_guard lock(mutex_);
  const auto [known, is_new] = entries_.try_emplace(tenant);
  if (is_new) {
    recent_.push_front(tenant);
    known->second = {std::make_shared<SharedVectors>(dimensions), recent_.begin()};
    // A table grows while it is read, and nobody says when that is done.
    for (auto& [of_whom, entry] : entries_) weigh(entry);
    shrink();
  } else {
    recent_.splice(recent_.begin(), recent_, known->second.place);
  }
  return known->second.vectors;
}

std::shared_ptr<SharedVectors> VectorTables::loaded(std::int64_t tenant) {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(tenant);
  if (known == entries_.end() || !known->second.vectors->is_loaded()) return nullptr;
  recent_.splice(recent_.begin(), recent_, known->second.place);
  return known->second.vectors;
}

void VectorTables::forget(std::int64_t tenant) {
  const std::lock_guard lock(mutex_);
  if (const auto known = entries_.find(tenant); known != entries_.end()) erase(known);
}

void VectorTables::apply(std::span<const VectorChange> changes) {
  for (const VectorChange& change : changes) {
    std::shared_ptr<SharedVectors> vectors;
    {
      const std::lock_guard lock(mutex_);
      const auto known = entries_.find(change.tenant);
      if (known != entries_.end()) vectors = known->second.vectors;
    }
    if (vectors) vectors->apply(change);
  }
  const std::lock_guard lock(mutex_);
  for (const VectorChange& change : changes) {
    const auto known = entries_.find(change.tenant);
    if (known != entries_.end()) weigh(known->second);
  }
  shrink();
}

void VectorTables::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  recent_.clear();
  bytes_ = 0;
}

void VectorTables::weigh(Entry& entry) {
  const std::size_t bytes = entry.vectors->bytes();
  bytes_ = bytes_ - entry.bytes + bytes;
  entry.bytes = bytes;
}

// What is taken off is what was added, though the table may have changed since.
void VectorTables::erase(Entries::iterator at) {
  bytes_ -= at->second.bytes;
  recent_.erase(at->second.place);
  entries_.erase(at);
}

void VectorTables::shrink() {
  while (bytes_ > budget_ && entries_.size() > 1) erase(entries_.find(recent_.back()));
}

}  // namespace memory_api::search
