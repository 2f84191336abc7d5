#include "apps/memory_api/search/hnsw_graph.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "embedding/kernels.h"

namespace memory_api::search {

// What rows are compared with: a query, nearest by its product; or another row, nearest by the square of the
// Euclidean distance, without which "nearer to one another" would mean nothing for rows of unequal lengths.
struct HnswGraph::Probe {
  const std::int16_t* codes;
  float scale;
  float offset;  // |a|²; 0 for a query
  float weight;  // of |b|²: 1; 0 for a query
};

namespace {

constexpr std::size_t construction_width = 100;   // efConstruction of the paper
constexpr std::size_t most_around_a_hole = 256;   // candidates that a repair looks at
constexpr std::size_t most_through_holes = 4096;  // erased rows that one step of a search passes through

struct IsNearer {
  bool operator()(const Near& a, const Near& b) const { return a.distance < b.distance; }
};
struct IsFarther {
  bool operator()(const Near& a, const Near& b) const { return a.distance > b.distance; }
};

// Which places were seen, one bit each: 125 KB for a million, cleared in microseconds.
class Visited {
 public:
  void reset(std::size_t places) { bits_.assign(places / 64 + 1, 0); }

  bool insert(Place place) {
    std::uint64_t& word = bits_[place / 64];
    const std::uint64_t bit = 1ull << (place % 64);
    const bool is_new = (word & bit) == 0;
    word |= bit;
    return is_new;
  }

 private:
  std::vector<std::uint64_t> bits_;
};

// floor(-ln(u) / ln(M)) with u in (0, 1] drawn from the place (splitmix64): a graph that is built again from
// the same rows is the same.
int level_of(Place place) {
  std::uint64_t x = place + 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  x ^= x >> 31;
  const double u = (static_cast<double>(x >> 11) + 1) / 9007199254740992.0;
  const double level = -std::log(u) / std::log(static_cast<double>(HnswGraph::most_links_above));
  return std::min(static_cast<int>(level), HnswGraph::highest_level);
}

std::size_t most_links(int level) {
  return level == 0 ? LinkBlock::most_links : HnswGraph::most_links_above;
}

void prefetch(const std::int8_t* row, std::size_t dimensions) {
  constexpr std::size_t line = 64;
  for (std::size_t i = 0; i < dimensions; i += line) __builtin_prefetch(row + i);
}

template <class Order>
Near pop(std::vector<Near>& heap, Order order) {
  std::ranges::pop_heap(heap, order);
  const Near top = heap.back();
  heap.pop_back();
  return top;
}

void push(std::vector<Near>& heap, const Near& near, auto order) {
  heap.push_back(near);
  std::ranges::push_heap(heap, order);
}

// A row's codes with 16 bits each, as a query has them.
class Widened {
 public:
  Widened(const CodeBlocks& rows, Place place)
      : codes_(rows.codes(place), rows.codes(place) + rows.dimensions()), code_(rows.code(place)) {}

  const std::int16_t* codes() const { return codes_.data(); }
  float scale() const { return code_.scale; }
  float squared_length() const { return code_.length * code_.length; }

 private:
  std::vector<std::int16_t> codes_;
  VectorCode code_;
};

}  // namespace

// --- Reading.

std::vector<Near> HnswGraph::nearest(const EncodedQuery& query, std::size_t width) const {
  if (entry_ == no_place) return {};
  const Probe probe{query.codes(), 1, 0, 0};
  return search_level(probe, descend(probe, 0), 0, width);
}

bool HnswGraph::is_linked(Place place) const {
  const std::size_t block = place / CodeBlock::places;
  return block < blocks_.size() && blocks_[block]->levels[place % CodeBlock::places] != LinkBlock::unlinked;
}

std::size_t HnswGraph::bytes() const {
  constexpr std::size_t of_a_row_above = 64 + sizeof(Place) * most_links_above;
  return blocks_.size() * sizeof(LinkBlock) + above_.size() * of_a_row_above;
}

int HnswGraph::level(Place place) const {
  return blocks_[place / CodeBlock::places]->levels[place % CodeBlock::places];
}

std::span<const Place> HnswGraph::links(Place place, int level) const {
  const std::size_t block = place / CodeBlock::places;
  if (block >= blocks_.size()) return {};
  if (level == 0) {
    const std::size_t i = place % CodeBlock::places;
    return std::span(blocks_[block]->links[i]).first(blocks_[block]->counts[i]);
  }
  const auto known = above_.find(place);
  const auto index = static_cast<std::size_t>(level - 1);
  if (known == above_.end() || index >= known->second.size()) return {};
  return known->second[index];
}

float HnswGraph::distance(const Probe& probe, Place place) const {
  std::int32_t product = 0;
  embedding::best_kernels().multiply_codes(rows_.codes(place), 1, rows_.dimensions(), probe.codes, &product);
  const VectorCode& code = rows_.code(place);
  return probe.offset + probe.weight * code.length * code.length -
         2 * probe.scale * code.scale * static_cast<float>(product);
}

// Algorithm 2: goes on from the nearest row that was not yet looked around from, until that is farther than
// all that were found.
std::vector<Near> HnswGraph::search_level(const Probe& probe, std::span<const Near> entries, int level,
                                          std::size_t width) const {
  thread_local Visited visited;
  visited.reset(rows_.size());
  std::vector<Near> ahead, found;
  std::vector<Place> fresh, holes;

  const auto meet = [&](Place place) {
    if (!visited.insert(place) || !is_linked(place)) return;
    if (!rows_.is_erased(place)) {
      prefetch(rows_.codes(place), rows_.dimensions());
      fresh.push_back(place);
    } else if (holes.size() < most_through_holes) {
      holes.push_back(place);
    }
  };
  const auto weigh_fresh = [&] {
    for (std::size_t i = 0; i < holes.size(); ++i) {  // grows while it is walked through
      for (const Place place : links(holes[i], level)) meet(place);
    }
    for (const Place place : fresh) {
      const Near near{distance(probe, place), place};
      if (found.size() >= width && near.distance >= found.front().distance) continue;
      push(ahead, near, IsFarther());
      push(found, near, IsNearer());
      if (found.size() > width) pop(found, IsNearer());
    }
    fresh.clear();
    holes.clear();
  };

  for (const Near& entry : entries) meet(entry.place);
  weigh_fresh();
  while (!ahead.empty()) {
    const Near nearest = pop(ahead, IsFarther());
    if (found.size() >= width && nearest.distance > found.front().distance) break;
    for (const Place place : links(nearest.place, level)) meet(place);
    weigh_fresh();
  }
  return found;
}

// From the top down to the level above `to_level`: always from the nearest row found so far.
std::vector<Near> HnswGraph::descend(const Probe& probe, int to_level) const {
  std::vector<Near> nearest = {{0, entry_}};
  for (int at = level(entry_); at > to_level; --at) {
    const std::vector<Near> found = search_level(probe, nearest, at, 1);
    if (!found.empty()) nearest = found;
  }
  return nearest;
}

// --- Planning.

// Algorithm 4: from the nearest on, those that are nearer to the row than to any that was taken before. So
// links go in all directions and a cluster keeps links to the outside. Where that leaves few, the nearest of
// the others fill up: of many equal rows each would be linked to one other, and most be lost.
std::vector<Place> HnswGraph::select(std::vector<Near> candidates, std::size_t most) const {
  std::ranges::sort(candidates, IsNearer());
  std::vector<Place> chosen, others;
  for (const Near& candidate : candidates) {
    if (chosen.size() == most) break;
    const Widened codes(rows_, candidate.place);
    const Probe probe{codes.codes(), codes.scale(), codes.squared_length(), 1};
    const bool is_apart =
        std::ranges::all_of(chosen, [&](Place taken) { return distance(probe, taken) > candidate.distance; });
    (is_apart ? chosen : others).push_back(candidate.place);
  }
  const std::size_t enough = std::min(most, most_links_above);
  for (std::size_t i = 0; i < others.size() && chosen.size() < enough; ++i) chosen.push_back(others[i]);
  return chosen;
}

// The rows that a row is linked to, also by way of erased ones.
std::vector<Near> HnswGraph::around(const Probe& probe, Place place, int level, std::size_t most) const {
  std::vector<Place> seen = {place};
  std::vector<Near> found;
  for (std::size_t i = 0; i < seen.size() && found.size() < most && seen.size() < most_through_holes; ++i) {
    if (i > 0 && (!is_linked(seen[i]) || !rows_.is_erased(seen[i]))) continue;
    for (const Place next : links(seen[i], level)) {
      if (std::ranges::find(seen, next) != seen.end()) continue;
      seen.push_back(next);
      if (!is_linked(next)) continue;
      if (!rows_.is_erased(next)) found.push_back({distance(probe, next), next});
    }
  }
  return found;
}

// A row's links with one more among them, the best of them where they are too many.
std::vector<Place> HnswGraph::relinked(Place place, int level, Place added) const {
  const auto old = links(place, level);
  std::vector<Place> now(old.begin(), old.end());
  if (std::ranges::find(now, added) != now.end()) return now;
  if (now.size() < most_links(level)) {
    now.push_back(added);
    return now;
  }
  const Widened codes(rows_, place);
  const Probe probe{codes.codes(), codes.scale(), codes.squared_length(), 1};
  std::vector<Near> candidates = around(probe, place, level, most_around_a_hole);
  std::erase_if(candidates, [added](const Near& near) { return near.place == added; });
  candidates.push_back({distance(probe, added), added});
  return select(std::move(candidates), most_links(level));
}

// Algorithm 1.
std::vector<LinkChange> HnswGraph::plan_link(Place place) const {
  const int own_level = level_of(place);
  std::vector<LinkChange> changes;
  for (int at = own_level; at >= 0; --at) changes.push_back({place, at, {}});
  if (entry_ == no_place) return changes;
  const Widened codes(rows_, place);
  const Probe probe{codes.codes(), codes.scale(), codes.squared_length(), 1};
  std::vector<Near> nearest = descend(probe, own_level);
  for (int at = std::min(own_level, level(entry_)); at >= 0; --at) {
    std::vector<Near> found = search_level(probe, nearest, at, construction_width);
    std::erase_if(found, [place](const Near& near) { return near.place == place; });
    std::vector<Place> chosen = select(found, most_links_above);
    for (const Place other : chosen) changes.push_back({other, at, relinked(other, at, place)});
    changes[static_cast<std::size_t>(own_level - at)].links = std::move(chosen);
    if (!found.empty()) nearest = std::move(found);
  }
  return changes;
}

std::vector<LinkChange> HnswGraph::plan_repair(Place place) const {
  std::vector<LinkChange> changes;
  if (!is_linked(place) || rows_.is_erased(place)) return changes;
  const Widened codes(rows_, place);
  const Probe probe{codes.codes(), codes.scale(), codes.squared_length(), 1};
  for (int at = level(place); at >= 0; --at) {
    const auto now = links(place, at);
    if (std::ranges::none_of(now, [this](Place next) { return rows_.is_erased(next); })) continue;
    changes.push_back({place, at, select(around(probe, place, at, most_around_a_hole), most_links(at))});
  }
  return changes;
}

// --- Writing.

void HnswGraph::grow() {
  while (blocks_.size() < rows_.block_count()) blocks_.push_back(std::make_unique<LinkBlock>());
}

void HnswGraph::apply(const std::vector<LinkChange>& changes) {
  grow();
  for (const LinkChange& change : changes) {
    LinkBlock& block = *blocks_[change.place / CodeBlock::places];
    const std::size_t i = change.place % CodeBlock::places;
    const bool is_new = block.levels[i] == LinkBlock::unlinked;
    if (is_new) {
      ++linked_;
      block.levels[i] = static_cast<std::uint8_t>(change.level);
    }
    if (change.level == 0) {
      block.counts[i] = static_cast<std::uint8_t>(std::min(change.links.size(), LinkBlock::most_links));
      std::copy_n(change.links.begin(), block.counts[i], block.links[i].begin());
    } else {
      Above& above = above_[change.place];
      const auto index = static_cast<std::size_t>(change.level - 1);
      if (above.size() <= index) above.resize(index + 1);
      above[index] = change.links;
    }
    if (is_new && (entry_ == no_place || change.level > level(entry_))) entry_ = change.place;
  }
}

void HnswGraph::unlink(std::span<const Place> places) {
  for (const Place place : places) {
    if (!is_linked(place)) continue;
    LinkBlock& block = *blocks_[place / CodeBlock::places];
    block.levels[place % CodeBlock::places] = LinkBlock::unlinked;
    block.counts[place % CodeBlock::places] = 0;
    above_.erase(place);
    --linked_;
  }
  if (entry_ != no_place && !is_linked(entry_)) choose_entry();
}

// The highest; rows rather than holes.
void HnswGraph::choose_entry() {
  entry_ = no_place;
  const auto merit = [this](Place place) { return level(place) + (rows_.is_erased(place) ? 0 : 256); };
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto place = static_cast<Place>(i);
    if (is_linked(place) && (entry_ == no_place || merit(place) > merit(entry_))) entry_ = place;
  }
}

// --- Keeping.

std::vector<LinkChange> HnswGraph::links_above() const {
  std::vector<LinkChange> all;
  for (const auto& [place, above] : above_) {
    for (std::size_t i = 0; i < above.size(); ++i) {
      all.push_back({place, static_cast<int>(i + 1), above[i]});
    }
  }
  return all;
}

void HnswGraph::restore(std::vector<std::unique_ptr<LinkBlock>> blocks,
                        const std::vector<LinkChange>& above) {
  blocks_ = std::move(blocks);
  grow();
  const auto leads_nowhere = [this](Place place) { return place >= rows_.size(); };
  for (std::size_t place = 0; place < blocks_.size() * CodeBlock::places; ++place) {
    LinkBlock& block = *blocks_[place / CodeBlock::places];
    const std::size_t i = place % CodeBlock::places;
    if (place >= rows_.size() || block.levels[i] > highest_level) block.levels[i] = LinkBlock::unlinked;
    if (block.levels[i] == LinkBlock::unlinked) block.counts[i] = 0;
    block.counts[i] = std::min(block.counts[i], static_cast<std::uint8_t>(LinkBlock::most_links));
    const auto own = std::span(block.links[i]).first(block.counts[i]);
    block.counts[i] =
        static_cast<std::uint8_t>(std::ranges::remove_if(own, leads_nowhere).begin() - own.begin());
    if (block.levels[i] != LinkBlock::unlinked) ++linked_;
  }
  for (const LinkChange& change : above) {
    if (!is_linked(change.place) || change.level < 1 || change.level > highest_level) continue;
    Above& at = above_[change.place];
    const auto index = static_cast<std::size_t>(change.level - 1);
    if (at.size() <= index) at.resize(index + 1);
    at[index] = change.links;
    std::erase_if(at[index], leads_nowhere);
    if (at[index].size() > most_links_above) at[index].resize(most_links_above);
  }
  choose_entry();
}

}  // namespace memory_api::search
