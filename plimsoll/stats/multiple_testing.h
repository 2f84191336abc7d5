// Many tests, one verdict: p-values adjusted so that "adjusted p <= level" holds the level over the whole
// family. Results stand in the order of the input. A p that is NaN counts as 1.
#pragma once

#include <span>
#include <vector>

namespace plimsoll::stats {

// Holds P(any false rejection) whatever the dependence. (Holm 1979, "A simple sequentially rejective multiple
// test procedure".)
std::vector<double> holm(std::span<const double> p);

// Holds the expected share of false rejections, and so P(any) where nothing changed, for independent or
// positively dependent tests. (Benjamini, Hochberg 1995, "Controlling the false discovery rate"; Benjamini,
// Yekutieli 2001.)
std::vector<double> benjamini_hochberg(std::span<const double> p);

}  // namespace plimsoll::stats
