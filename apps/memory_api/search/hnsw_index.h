// The vectors of a large tenant in memory: rows of bytes, and beyond `exact_up_to` of them a graph
// (search/hnsw_graph.h) that finds the nearest without looking at all.
//
// A row is found from the moment it is put: until the graph has it, it is among those that wait, and these
// are looked at one by one. So the index is right at any time, also while the graph is being built, only
// slower. A removed row is gone at once, and its bytes are zeros.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "apps/memory_api/search/code_blocks.h"
#include "apps/memory_api/search/hnsw_graph.h"
#include "apps/memory_api/search/vector_table.h"

namespace memory_api::search {

// Thread-safe: any number search, any number change, and one (whoever that is) works on the graph or saves
// it.
class HnswIndex {
 public:
  // Up to 100,000 an exact search reads 40 MB, which takes as long as a search of the graph with its results.
  static constexpr std::size_t usual_exact_up_to = 100'000;

  explicit HnswIndex(std::size_t dimensions, std::size_t exact_up_to = usual_exact_up_to);

  // As VectorTable. `digest` tells two vectors of one document apart, for find().
  void put(std::int64_t document, std::uint64_t digest, std::span<const float> values);
  void remove(std::int64_t document);
  bool holds(std::int64_t document, std::uint64_t digest) const;

  std::size_t size() const;
  std::size_t dimensions() const { return rows_.dimensions(); }
  std::size_t bytes() const;
  std::size_t waiting() const;                               // for the graph
  std::uint64_t changes() const { return changes_.load(); }  // since it was made; grows

  // --- Searches. Each document comes with a bound, in no order, for a VectorRanking to look at its floats.
  // The query has as many dimensions as the index; else nothing is found.

  // The most alike: at least `width` of them, or all. Exact up to `exact_up_to`. Beyond it some of the most
  // alike may be missing, fewer the larger `width` is. At a width of 128 or more, recall of the first 10 is
  // what benchmarking/performance/hnsw_benchmarks.cpp prints: 0.9875 at 10^6 rows and width 256.
  std::vector<Bounded> nearest(const EncodedQuery& query, std::size_t width) const;
  // These alone, exactly; a document that is not there is left out. For a filter that lets few through: the
  // graph's rows would be looked at in vain, however many.
  std::vector<Bounded> those(const EncodedQuery& query, std::span<const std::int64_t> documents) const;

  // --- For the one that works.

  // One step of at most some milliseconds: links a row that waits, or repairs a few when one in eight is
  // erased. Whether there was anything to do.
  bool work();

  // What a file holds. The links stay as they are, since the one that works is here; rows may come and go:
  // hold the lock for as long as a block is copied.
  const CodeBlocks& rows() const { return rows_; }
  const HnswGraph& graph() const { return graph_; }
  std::shared_lock<std::shared_mutex> lock() const;

  // What a file held, of an index nobody else knows yet. Of rows of the same document one stays.
  void restore(std::vector<std::unique_ptr<CodeBlock>> rows, std::vector<std::unique_ptr<LinkBlock>> links,
               std::size_t places, const std::vector<LinkChange>& above);
  std::vector<std::int64_t> documents() const;
  // Where a document's row is, or was: no_place where there is none.
  Place place_of(std::int64_t document) const;

 private:
  std::unique_lock<std::shared_mutex> lock_alone() const;
  void erase(std::unordered_map<std::int64_t, Place>::iterator known);
  bool is_exact() const { return places_.size() <= exact_up_to_ || graph_.linked() == 0; }
  std::vector<Bounded> scan(const EncodedQuery& query) const;
  void scan_waiting(const EncodedQuery& query, std::vector<Bounded>& found) const;
  Bounded weigh(const EncodedQuery& query, Place place) const;
  Place free_place();
  bool needs_repair() const;
  bool link_next();
  Place next_waiting();
  void leave_queue();
  bool repair_some();

  const std::size_t exact_up_to_;
  // Readers of a std::shared_mutex overtake a writer for as long as they overlap: all pass this gate first.
  mutable std::mutex gate_;
  mutable std::shared_mutex mutex_;
  CodeBlocks rows_;
  HnswGraph graph_;
  std::unordered_map<std::int64_t, Place> places_;
  std::deque<Place> waiting_;    // each once: not linked, and some of them erased
  std::vector<bool> is_queued_;  // of each place: it stands in waiting_
  Place planned_ = no_place;     // the row whose links are being planned, while it is the same
  std::vector<Place> free_;      // erased, and no part of the graph
  std::size_t holes_ = 0;        // erased but linked
  std::vector<Place> doomed_;    // holes that the repair under way will free
  std::size_t repaired_ = 0;     // places that it has come past
  std::atomic<std::uint64_t> changes_ = 0;
};

}  // namespace memory_api::search
