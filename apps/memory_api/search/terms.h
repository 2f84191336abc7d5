// From the terms of a text (search/tokenizer.h) to what an index keeps of them and a query asks for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/memory_api/search/posting.h"

namespace memory_api::search {

struct TermPosting {
  std::string term;
  Posting posting;
};

// Each term of a document once, in their order; the document's length is that of `terms`.
std::vector<TermPosting> postings_of(std::int64_t document, std::vector<std::string> terms);

// Each term of a query once; at most 64, the rest of a longer one is left out.
std::vector<std::string> distinct_terms(std::vector<std::string> terms);

}  // namespace memory_api::search
