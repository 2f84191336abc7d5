// A hierarchical navigable small world graph (Malkov, Yashunin, "Efficient and robust approximate nearest
// neighbor search using hierarchical navigable small world graphs", 2016, arXiv 1603.09320) over rows of
// bytes. Algorithms 1, 2, 4 and 5 of the paper: each row has a random level, falling off exponentially; on
// each level up to its own it is linked to rows near it that are not nearer to one another than to it.
//
// An erased row has no vector any more. Its links stay as a way through: whoever comes to it goes on to its
// neighbours. Repairing (as FreshDiskANN does: Singh et al., 2021, arXiv 2105.09613, algorithm 4) links the
// rows around it to what lay behind it, after which the place is free.
//
// Links only say where to look next: a wrong one costs time, and can never make an answer wrong. A hole that
// came during a repair may still name a place that was freed by it: what is not linked is never followed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "apps/memory_api/search/code_blocks.h"
#include "apps/memory_api/search/vector_code.h"

namespace memory_api::search {

// A row, and how far it is from what is looked for: smaller is nearer.
struct Near {
  float distance = 0;
  Place place = no_place;
};

// Of 1,024 places: their levels and their links on the lowest level.
struct LinkBlock {
  static constexpr std::size_t most_links = 32;
  static constexpr std::uint8_t unlinked = 255;  // as a level: the row is not part of the graph

  LinkBlock() { levels.fill(unlinked); }

  std::array<std::uint8_t, CodeBlock::places> levels;
  std::array<std::uint8_t, CodeBlock::places> counts = {};
  std::array<std::array<Place, most_links>, CodeBlock::places> links = {};
};

// New links of one row on one level.
struct LinkChange {
  Place place = no_place;
  int level = 0;
  std::vector<Place> links = {};
};

// Readers may share it and the rows; whoever changes either must be alone. So that this is short, changes are
// made in two steps: plan_… reads, apply writes. In between nothing else may change the links; rows may be
// erased and written.
class HnswGraph {
 public:
  static constexpr std::size_t most_links_above = 16;  // M of the paper; 2 M on the lowest level
  static constexpr int highest_level = 15;

  explicit HnswGraph(const CodeBlocks& rows) : rows_(rows) {}

  // The nearest of the linked rows by the product of the bytes, in no order; `width` of them where there are
  // as many. The wider, the surer: ef of the paper.
  std::vector<Near> nearest(const EncodedQuery& query, std::size_t width) const;

  bool is_linked(Place place) const;
  std::size_t linked() const { return linked_; }  // erased ones too
  std::size_t bytes() const;

  // Links a row that is not yet linked. The level follows from the place.
  std::vector<LinkChange> plan_link(Place place) const;
  // Leads around the erased rows that this one is linked to. Empty where there are none.
  std::vector<LinkChange> plan_repair(Place place) const;
  void apply(const std::vector<LinkChange>& changes);
  // Takes out rows that no other is linked to any more, as after a repair of all.
  void unlink(std::span<const Place> places);

  // What a file holds. A link to nowhere is left out.
  Place entry() const { return entry_; }
  std::size_t block_count() const { return blocks_.size(); }
  const LinkBlock& block(std::size_t index) const { return *blocks_[index]; }
  std::vector<LinkChange> links_above() const;
  // All at once, for as many blocks as the rows have.
  void restore(std::vector<std::unique_ptr<LinkBlock>> blocks, const std::vector<LinkChange>& above);

 private:
  struct Probe;
  using Above = std::vector<std::vector<Place>>;  // links on level 1, 2, …

  std::span<const Place> links(Place place, int level) const;
  int level(Place place) const;
  float distance(const Probe& probe, Place place) const;
  std::vector<Near> search_level(const Probe& probe, std::span<const Near> entries, int level,
                                 std::size_t width) const;
  std::vector<Near> descend(const Probe& probe, int to_level) const;
  std::vector<Near> around(const Probe& probe, Place place, int level, std::size_t most) const;
  std::vector<Place> select(std::vector<Near> candidates, std::size_t most) const;
  std::vector<Place> relinked(Place place, int level, Place added) const;
  void grow();
  void choose_entry();

  const CodeBlocks& rows_;
  std::vector<std::unique_ptr<LinkBlock>> blocks_;
  std::unordered_map<Place, Above> above_;  // one row in 16 has links above the lowest level
  Place entry_ = no_place;
  std::size_t linked_ = 0;
};

}  // namespace memory_api::search
