// Head against base, as `bench compare` and `bench run --interleave` judge it.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/formats/imported_file.h"
#include "plimsoll/model/judgement.h"
#include "plimsoll/model/rule.h"

namespace plimsoll::cli {

// `10%`, `20%`: invalid_argument where one is no share above 0, or fail is below warn.
base::Result<model::Regression> read_bounds(const std::string& warn, const std::string& fail);

// Two result files: a judgement for each series of BASE that has a direction. One that HEAD has not is
// inconclusive (missing); one that only HEAD has is learning. Nothing in common: inconclusive.
std::vector<model::Judgement> compare_results(const formats::ImportedFile& base,
                                              const formats::ImportedFile& head,
                                              const model::Regression& bounds);

// Interleaved blocks: base[i] and head[i] were measured one after the other. Judged on the paired ratios;
// only series that one of `only` covers, where it is not empty. A rate that follows from a benchmark's time
// is judged only where it is named.
std::vector<model::Judgement> compare_blocks(const std::vector<formats::ImportedFile>& base,
                                             const std::vector<formats::ImportedFile>& head,
                                             const model::Regression& bounds,
                                             const std::vector<model::Selector>& only = {});

std::string judgement_lines(const std::vector<model::Judgement>& judgements);

}  // namespace plimsoll::cli
