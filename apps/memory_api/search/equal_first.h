// A memory whose text is the query itself is what was looked for, however words and vectors rank it.
#pragma once

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace memory_api::search {

// Texts that are the query come before all others, which keep their order; scores go on falling.
template <class Found, class IsQuery>
void put_equal_first(std::vector<Found>& found, const IsQuery& is_query) {
  std::vector<Found> ordered, others;
  for (Found& entry : found) (is_query(entry) ? ordered : others).push_back(std::move(entry));
  std::ranges::move(others, std::back_inserter(ordered));
  for (std::size_t i = ordered.size(); i > 1; --i) {
    ordered[i - 2].score = std::max(ordered[i - 2].score, ordered[i - 1].score);
  }
  found = std::move(ordered);
}

}  // namespace memory_api::search
