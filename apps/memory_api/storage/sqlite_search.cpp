#include "apps/memory_api/storage/sqlite_search.h"

#include <algorithm>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "apps/memory_api/search/ranking.h"
#include "apps/memory_api/storage/filter_sql.h"
#include "apps/memory_api/storage/sqlite_rows.h"

namespace memory_api::storage {
namespace {

using memory::Scored;
using search::Candidate;
using search::Posting;
using search::PostingList;

constexpr std::size_t most_terms = 64;  // of a query; the rest of a longer one is left out

base::Result<search::Collection> collection_of(Connection& connection, TenantNumber tenant) {
  BASE_ASSIGN(Query query, connection.query("SELECT memories, terms FROM tenants WHERE number = ?"));
  BASE_ASSIGN(const bool exists, query.integer(tenant).step());
  if (!exists) return search::Collection{};
  return search::Collection{static_cast<std::size_t>(query.integer_at(0)),
                            static_cast<std::size_t>(query.integer_at(1))};
}

std::vector<std::string> distinct_terms(const search::Tokenizer& tokenizer, const SearchRequest& request) {
  std::vector<std::string> terms = tokenizer.terms(request.tenant, request.text);
  std::ranges::sort(terms);
  terms.erase(std::ranges::unique(terms).begin(), terms.end());
  if (terms.size() > most_terms) terms.resize(most_terms);
  return terms;
}

// One row for each place in a text; those of one text follow each other. Columns are named c0 … c7.
base::Result<PostingList> read_postings(Connection& connection, const std::string& term) {
  BASE_ASSIGN(Query query, connection.query("SELECT doc, col FROM postings WHERE term = ?"));
  query.text(term);
  std::vector<Posting> postings;
  std::int64_t document = 0;
  std::uint32_t count = 0;
  int length_class = 0;
  while (true) {
    BASE_ASSIGN(const bool has_row, query.step());
    if (has_row && count > 0 && query.integer_at(0) == document) {
      ++count;
      continue;
    }
    if (count > 0) postings.emplace_back(document, count, length_class);
    if (!has_row) break;
    document = query.integer_at(0);
    length_class = query.digit_at(1, 1);
    count = 1;
  }
  auto storage = std::make_shared_for_overwrite<Posting[]>(postings.size());
  std::ranges::copy(postings, storage.get());
  return PostingList{std::move(storage), postings.size()};
}

base::Result<PostingList> postings_of(const SearchIndex& index, const std::string& term,
                                      search::PostingsCache::Version version) {
  if (auto known = index.cache.find(term)) return *std::move(known);
  BASE_ASSIGN(PostingList list, read_postings(index.connection, term));
  index.cache.put(term, list, version);
  return list;
}

base::Result<search::Ranking> rank(const SearchIndex& index, const SearchRequest& request,
                                   search::PostingsCache::Version version) {
  BASE_ASSIGN(const search::Collection collection, collection_of(index.connection, request.tenant));
  std::vector<PostingList> terms;
  for (const std::string& term : distinct_terms(index.tokenizer, request)) {
    BASE_ASSIGN(PostingList list, postings_of(index, term, version));
    terms.push_back(std::move(list));
  }
  return search::Ranking(collection, std::move(terms),
                         std::max(request.threshold, std::numeric_limits<double>::min()));
}

// The best candidates that the filter lets through. They are looked at one by one, since the first few
// usually do; when the filter is narrow that would touch them all, so then it is asked once which rows it
// means.
class Selection {
 public:
  Selection(Connection& connection, const SearchRequest& request)
      : connection_(connection), request_(request), filter_(to_sql(request.filter)) {
    condition_ =
        fmt::format("tenant = ? AND {} AND {}",
                    request.expired_before ? "(expires_at IS NULL OR expires_at > ?)" : "1", filter_.sql);
  }

  base::Result<std::vector<Scored>> take(search::Ranking ranking) {
    std::vector<Scored> selected;
    const std::size_t patience = 16 + 2 * request_.top_k;
    for (std::size_t i = 0; selected.size() < request_.top_k; ++i) {
      const auto candidate = ranking.next();
      if (!candidate) break;
      if (i == patience) BASE_TRY(find_rows());
      if (i >= patience && !std::ranges::binary_search(rows_, candidate->document)) continue;
      BASE_TRY(look_at(*candidate, selected));
    }
    return selected;
  }

 private:
  void bind(Query& query) const {
    query.integer(request_.tenant);
    if (request_.expired_before) query.integer(to_microseconds(*request_.expired_before));
    filter_.bind(query);
  }

  base::Status look_at(const Candidate& candidate, std::vector<Scored>& selected) {
    BASE_ASSIGN(Query query, connection_.query(fmt::format("SELECT {} FROM memories WHERE row = ? AND {}",
                                                           memory_columns, condition_)));
    bind(query.integer(candidate.document));
    BASE_ASSIGN(const bool matches, query.step());
    if (!matches) return {};
    BASE_ASSIGN(memory::Memory memory, read_memory(query, 0));
    selected.push_back({std::move(memory), candidate.score});
    return {};
  }

  base::Status find_rows() {
    BASE_ASSIGN(Query query, connection_.query(fmt::format("SELECT row FROM memories WHERE {}", condition_)));
    bind(query);
    while (true) {
      BASE_ASSIGN(const bool has_row, query.step());
      if (!has_row) break;
      rows_.push_back(query.integer_at(0));
    }
    std::ranges::sort(rows_);
    return {};
  }

  Connection& connection_;
  const SearchRequest& request_;
  FilterSql filter_;
  std::string condition_;
  std::vector<std::int64_t> rows_;
};

}  // namespace

base::Result<std::vector<Scored>> search_memories(const SearchIndex& index, const SearchRequest& request,
                                                  search::PostingsCache::Version version) {
  BASE_ASSIGN(search::Ranking ranking, rank(index, request, version));
  return Selection(index.connection, request).take(std::move(ranking));
}

}  // namespace memory_api::storage
