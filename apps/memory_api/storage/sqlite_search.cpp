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

constexpr std::size_t most_terms = 64;  // of a query; the rest of a longer one is left out

struct Postings {
  std::vector<Posting> postings;
  bool is_common = false;  // then they are not all there
};

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

// One row for each place in a text; those of one text follow each other.
base::Result<Postings> postings_of(Connection& connection, const std::string& term,
                                   const search::CommonTerms* common) {
  BASE_ASSIGN(Query query, connection.query("SELECT doc, substr(col, 2) FROM postings WHERE term = ?"));
  query.text(term);
  Postings found;
  while (true) {
    BASE_ASSIGN(const bool has_row, query.step());
    if (!has_row) return found;
    const std::int64_t document = query.integer_at(0);
    if (!found.postings.empty() && found.postings.back().document == document) {
      ++found.postings.back().count;
      continue;
    }
    found.postings.push_back({document, 1, static_cast<std::uint8_t>(query.integer_at(1))});
    found.is_common = common != nullptr && common->includes(found.postings.size());
    if (found.is_common) return found;
  }
}

base::Result<std::vector<Candidate>> candidates(Connection& connection, const search::Tokenizer& tokenizer,
                                                const SearchRequest& request) {
  BASE_ASSIGN(const search::Collection collection, collection_of(connection, request.tenant));
  const search::CommonTerms common(collection);
  search::Ranking ranking(collection);
  std::vector<std::string> left_out;
  bool found_any = false;
  for (const std::string& term : distinct_terms(tokenizer, request)) {
    BASE_ASSIGN(const Postings found, postings_of(connection, term, &common));
    if (found.is_common) {
      left_out.push_back(term);
      continue;
    }
    ranking.add_term(found.postings);
    found_any = found_any || !found.postings.empty();
  }
  for (const std::string& term : found_any ? std::vector<std::string>() : left_out) {
    BASE_ASSIGN(const Postings found, postings_of(connection, term, nullptr));
    ranking.add_term(found.postings);
  }
  return ranking.best(std::max(request.threshold, std::numeric_limits<double>::min()));
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

  base::Result<std::vector<Scored>> take(const std::vector<Candidate>& candidates) {
    std::vector<Scored> selected;
    const std::size_t patience = 64 + 2 * request_.top_k;
    for (std::size_t i = 0; i < candidates.size() && selected.size() < request_.top_k; ++i) {
      if (i == patience) BASE_TRY(find_rows());
      if (i >= patience && !std::ranges::binary_search(rows_, candidates[i].document)) continue;
      BASE_TRY(look_at(candidates[i], selected));
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
    if (matches) selected.push_back({read_memory(query, 0), candidate.score});
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

base::Result<std::vector<Scored>> search_memories(Connection& connection, const search::Tokenizer& tokenizer,
                                                  const SearchRequest& request) {
  BASE_ASSIGN(const std::vector<Candidate> found, candidates(connection, tokenizer, request));
  return Selection(connection, request).take(found);
}

}  // namespace memory_api::storage
