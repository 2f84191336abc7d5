// How text becomes searchable terms: words after Unicode (FTS5's unicode61, without diacritics), without stop
// words, stemmed (Porter, "An algorithm for suffix stripping", Program 1980), each behind its tenant's
// number: "7:deploy". Thus a tenant's postings lie together in the index, a search never walks another
// tenant's, and no statistic tells of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

struct sqlite3;

namespace memory_api::search {

// What FTS5 is told in `tokenize=`. The text of a document or query begins with its tenant: indexed_text.
constexpr std::string_view tokenizer_name = "tenant_words";

// The text as FTS5 gets it.
std::string indexed_text(std::int64_t tenant, std::string_view text);

// Splits text as the index does. Belongs to the connection that it was made for, and is as little
// thread-safe.
class Tokenizer {
 public:
  // Makes the tokenizer known to the connection; before its first use of an FTS5 table.
  static base::Result<Tokenizer> install(sqlite3* connection);
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();  // before the connection closes

  // In order, repeated as in the text; each at most 64 bytes behind its prefix.
  std::vector<std::string> terms(std::int64_t tenant, std::string_view text) const;

 private:
  struct Instance;
  explicit Tokenizer(std::unique_ptr<Instance> instance);
  std::unique_ptr<Instance> instance_;
};

}  // namespace memory_api::search
