#include "apps/memory_api/search/hnsw_index.h"

#include <algorithm>
#include <utility>

#include "embedding/kernels.h"

namespace memory_api::search {
namespace {

constexpr std::size_t fewest_holes = 64;  // worth a repair
constexpr std::size_t linked_to_a_hole = 8;
constexpr std::size_t repaired_a_step = 32;
constexpr std::size_t narrowest = 128;  // ef: below it recall falls

}  // namespace

HnswIndex::HnswIndex(std::size_t dimensions, std::size_t exact_up_to)
    : exact_up_to_(exact_up_to), rows_(dimensions), graph_(rows_) {}

std::shared_lock<std::shared_mutex> HnswIndex::lock() const {
  const std::lock_guard in_turn(gate_);
  return std::shared_lock(mutex_);
}

std::unique_lock<std::shared_mutex> HnswIndex::lock_alone() const {
  const std::lock_guard in_turn(gate_);
  return std::unique_lock(mutex_);
}

// --- Rows.

void HnswIndex::put(std::int64_t document, std::uint64_t digest, std::span<const float> values) {
  const auto alone = lock_alone();
  if (const auto known = places_.find(document); known != places_.end()) erase(known);
  const Place place = free_place();
  rows_.write(place, document, digest, values);
  places_[document] = place;
  if (!is_queued_[place]) waiting_.push_back(place);
  is_queued_[place] = true;
  ++changes_;
}

Place HnswIndex::free_place() {
  if (!free_.empty()) {
    const Place place = free_.back();
    free_.pop_back();
    return place;
  }
  is_queued_.push_back(false);
  return rows_.append();
}

void HnswIndex::remove(std::int64_t document) {
  const auto alone = lock_alone();
  if (const auto known = places_.find(document); known != places_.end()) erase(known);
}

// What no link names is free at once; it may still stand in the queue.
void HnswIndex::erase(std::unordered_map<std::int64_t, Place>::iterator known) {
  const Place place = known->second;
  rows_.erase(place);
  places_.erase(known);
  if (place == planned_) planned_ = no_place;
  if (graph_.is_linked(place)) {
    ++holes_;
  } else {
    free_.push_back(place);
  }
  ++changes_;
}

bool HnswIndex::holds(std::int64_t document, std::uint64_t digest) const {
  const auto shared = lock();
  const auto known = places_.find(document);
  return known != places_.end() && rows_.digest(known->second) == digest;
}

std::size_t HnswIndex::size() const {
  const auto shared = lock();
  return places_.size();
}

std::size_t HnswIndex::bytes() const {
  constexpr std::size_t of_a_place = 48;  // a node of the map and its share of the buckets
  const auto shared = lock();
  return rows_.bytes() + graph_.bytes() + places_.size() * of_a_place + waiting_.size() * sizeof(Place);
}

std::size_t HnswIndex::waiting() const {
  const auto shared = lock();
  return waiting_.size();
}

std::vector<std::int64_t> HnswIndex::documents() const {
  const auto shared = lock();
  std::vector<std::int64_t> all;
  all.reserve(places_.size());
  for (const auto& [document, place] : places_) all.push_back(document);
  return all;
}

Place HnswIndex::place_of(std::int64_t document) const {
  const auto shared = lock();
  const auto known = places_.find(document);
  return known == places_.end() ? no_place : known->second;
}

// --- Searches.

std::vector<Bounded> HnswIndex::nearest(const EncodedQuery& query, std::size_t width) const {
  const auto shared = lock();
  if (query.values().size() != rows_.dimensions()) return {};
  if (is_exact()) return scan(query);
  std::vector<Bounded> found;
  for (const Near& near : graph_.nearest(query, std::max(width, narrowest))) {
    found.push_back(weigh(query, near.place));
  }
  scan_waiting(query, found);
  return found;
}

std::vector<Bounded> HnswIndex::those(const EncodedQuery& query,
                                      std::span<const std::int64_t> documents) const {
  const auto shared = lock();
  std::vector<Bounded> found;
  if (query.values().size() != rows_.dimensions()) return found;
  for (const std::int64_t document : documents) {
    const auto known = places_.find(document);
    if (known != places_.end()) found.push_back(weigh(query, known->second));
  }
  return found;
}

Bounded HnswIndex::weigh(const EncodedQuery& query, Place place) const {
  std::int32_t product = 0;
  embedding::best_kernels().multiply_codes(rows_.codes(place), 1, rows_.dimensions(), query.codes(),
                                           &product);
  return {rows_.document(place), query.upper_bound(product, rows_.code(place))};
}

// All of a block at once: as many products fit into the nearest cache.
std::vector<Bounded> HnswIndex::scan(const EncodedQuery& query) const {
  std::vector<Bounded> found;
  found.reserve(places_.size());
  std::array<std::int32_t, CodeBlock::places> products;
  for (std::size_t first = 0; first < rows_.size(); first += CodeBlock::places) {
    const std::size_t count = std::min(CodeBlock::places, rows_.size() - first);
    const CodeBlock& block = rows_.block(first / CodeBlock::places);
    embedding::best_kernels().multiply_codes(block.bytes.data(), count, rows_.dimensions(), query.codes(),
                                             products.data());
    for (std::size_t i = 0; i < count; ++i) {
      if (block.documents[i] == no_document) continue;
      found.push_back({block.documents[i], query.upper_bound(products[i], block.codes[i])});
    }
  }
  return found;
}

void HnswIndex::scan_waiting(const EncodedQuery& query, std::vector<Bounded>& found) const {
  for (const Place place : waiting_) {
    if (!rows_.is_erased(place)) found.push_back(weigh(query, place));
  }
}

// --- Work. Plans are made beside the readers; only to carry them out they have to wait.

bool HnswIndex::work() {
  return needs_repair() ? repair_some() : link_next();
}

// Where all is erased a new row would find nothing to be linked to, and nobody would find it.
bool HnswIndex::needs_repair() const {
  const auto shared = lock();
  if (!doomed_.empty()) return true;
  const bool are_many = holes_ >= fewest_holes && holes_ * linked_to_a_hole >= graph_.linked();
  return are_many || (holes_ > 0 && holes_ == graph_.linked());
}

// A row stays in the queue, and is found there, until it is linked.
bool HnswIndex::link_next() {
  const Place place = next_waiting();
  if (place == no_place) return false;
  std::vector<LinkChange> changes;
  {
    const auto shared = lock();
    if (planned_ == place) changes = graph_.plan_link(place);
  }
  const auto alone = lock_alone();
  if (std::exchange(planned_, no_place) != place) return true;  // another row by now
  graph_.apply(changes);
  leave_queue();
  ++changes_;
  return true;
}

Place HnswIndex::next_waiting() {
  const auto alone = lock_alone();
  while (!waiting_.empty() && rows_.is_erased(waiting_.front())) leave_queue();
  const bool is_needed = places_.size() > exact_up_to_ || graph_.linked() > 0;
  planned_ = waiting_.empty() || !is_needed ? no_place : waiting_.front();
  return planned_;
}

void HnswIndex::leave_queue() {
  is_queued_[waiting_.front()] = false;
  waiting_.pop_front();
}

// Links lead around all that was erased when the repair began; then nothing leads there any more.
bool HnswIndex::repair_some() {
  std::vector<LinkChange> changes;
  std::size_t until = 0;
  {
    const auto alone = lock_alone();
    if (doomed_.empty()) {
      repaired_ = 0;
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        const auto place = static_cast<Place>(i);
        if (rows_.is_erased(place) && graph_.is_linked(place)) doomed_.push_back(place);
      }
    }
    until = std::min(rows_.size(), repaired_ + repaired_a_step);
  }
  {
    const auto shared = lock();
    for (std::size_t i = repaired_; i < until; ++i) {
      auto own = graph_.plan_repair(static_cast<Place>(i));
      std::ranges::move(own, std::back_inserter(changes));
    }
  }
  const auto alone = lock_alone();
  graph_.apply(changes);
  repaired_ = until;
  if (repaired_ < rows_.size()) return true;
  graph_.unlink(doomed_);
  free_.insert(free_.end(), doomed_.begin(), doomed_.end());
  holes_ -= std::min(holes_, doomed_.size());
  doomed_.clear();
  ++changes_;
  return true;
}

// --- Keeping.

void HnswIndex::restore(std::vector<std::unique_ptr<CodeBlock>> rows,
                        std::vector<std::unique_ptr<LinkBlock>> links, std::size_t places,
                        const std::vector<LinkChange>& above) {
  for (auto& block : rows) {
    rows_.append_block(std::move(block), std::min(CodeBlock::places, places - rows_.size()));
  }
  graph_.restore(std::move(links), above);
  places_.reserve(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto place = static_cast<Place>(i);
    if (!rows_.is_erased(place) && !places_.try_emplace(rows_.document(place), place).second) {
      rows_.erase(place);
    }
    const bool is_linked = graph_.is_linked(place), is_erased = rows_.is_erased(place);
    is_queued_.push_back(!is_linked && !is_erased);
    if (is_queued_.back()) waiting_.push_back(place);
    if (is_erased && !is_linked) free_.push_back(place);
    if (is_erased && is_linked) ++holes_;
  }
}

}  // namespace memory_api::search
