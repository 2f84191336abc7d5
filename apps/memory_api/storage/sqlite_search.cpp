#include "apps/memory_api/storage/sqlite_search.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "apps/memory_api/search/equal_first.h"
#include "apps/memory_api/search/fusion.h"
#include "apps/memory_api/search/ranking.h"
#include "apps/memory_api/search/terms.h"
#include "apps/memory_api/storage/filter_sql.h"
#include "apps/memory_api/storage/sqlite_rows.h"
#include "apps/memory_api/storage/vector_rows.h"
#include "base/text.h"

namespace memory_api::storage {
namespace {

using memory::Scored;
using search::Candidate;
using search::Posting;
using search::PostingList;

base::Result<search::Collection> collection_of(Connection& connection, TenantNumber tenant) {
  BASE_ASSIGN(Query query, connection.query("SELECT memories, terms FROM tenants WHERE number = ?"));
  BASE_ASSIGN(const bool exists, query.integer(tenant).step());
  if (!exists) return search::Collection{};
  return search::Collection{static_cast<std::size_t>(query.integer_at(0)),
                            static_cast<std::size_t>(query.integer_at(1))};
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
                                   std::vector<std::string> words, search::PostingsCache::Version version,
                                   double threshold) {
  BASE_ASSIGN(const search::Collection collection, collection_of(index.connection, request.tenant));
  std::vector<PostingList> terms;
  for (const std::string& term : words) {
    BASE_ASSIGN(PostingList list, postings_of(index, term, version));
    terms.push_back(std::move(list));
  }
  return search::Ranking(collection, std::move(terms),
                         std::max(threshold, std::numeric_limits<double>::min()));
}

// Candidates that the filter lets through. They are looked at one by one, since the first few usually do;
// when the filter is narrow that would touch them all, so then it is asked once which rows it means.
class Selection {
 public:
  Selection(Connection& connection, const SearchRequest& request)
      : connection_(connection), request_(request), filter_(to_sql(request.filter)) {
    condition_ =
        fmt::format("tenant = ? AND {} AND {}",
                    request.expired_before ? "(expires_at IS NULL OR expires_at > ?)" : "1", filter_.sql);
    candidate_sql_ = fmt::format("SELECT trim(text) = ? FROM memories WHERE row = ? AND {}", condition_);
    memory_sql_ = fmt::format("SELECT {} FROM memories WHERE row = ? AND {}", memory_columns, condition_);
  }

  base::Result<std::vector<Scored>> take(search::Ranking ranking) {
    std::vector<Scored> selected;
    BASE_TRY(walk([&]() -> NextCandidate { return ranking.next(); }, [](const auto&) {}, patience_of_words(),
                  request_.top_k, [&](const Candidate& candidate) { return look_at(candidate, selected); }));
    search::put_equal_first(selected, [this](const Scored& scored) { return is_query(scored.memory.text); });
    return selected;
  }

  // The first so many of a ranking, to be fused. A text that is the query has the score 1 in every one.
  base::Result<std::vector<Candidate>> choose(search::Ranking ranking, std::size_t most) {
    std::vector<Candidate> chosen;
    BASE_TRY(walk([&]() -> NextCandidate { return ranking.next(); }, [](const auto&) {}, patience_of_words(),
                  most, [&](const Candidate& candidate) { return check(candidate, chosen); }));
    return chosen;
  }
  base::Result<std::vector<Candidate>> choose(search::VectorRanking ranking, std::size_t most) {
    const std::size_t patience = 16 + 4 * most;
    std::vector<Candidate> chosen;
    BASE_TRY(walk([&] { return ranking.next(); }, [&](const auto& rows) { ranking.keep_only(rows); },
                  patience, most, [&](const Candidate& candidate) { return check(candidate, chosen); }));
    return chosen;
  }

  // By a graph, whose candidates are some of the nearest. Where too few of these pass the filter, all that it
  // means are weighed instead: a graph would have to be walked far for the few, and might miss them.
  base::Result<std::vector<Candidate>> choose(const search::HnswIndex& graph,
                                              const search::EncodedQuery& query,
                                              const search::VectorRanking::Fetch& fetch, std::size_t most) {
    const std::size_t patience = 16 + 4 * most;
    search::VectorRanking nearest(graph.nearest(query, patience), query, fetch);
    BASE_ASSIGN(std::vector<Candidate> chosen, choose_first(std::move(nearest), patience, most));
    if (chosen.size() == most) return chosen;
    BASE_TRY(find_rows());
    return choose_first({graph.those(query, rows_), query, fetch}, rows_.size(), most);
  }

  base::Result<std::vector<Scored>> read(const std::vector<Candidate>& candidates) {
    std::vector<Scored> selected;
    for (const Candidate& candidate : candidates) BASE_TRY(look_at(candidate, selected));
    return selected;
  }

  // For a query without any word to look for ("to be or not to be"): whose text is exactly that.
  base::Result<std::vector<Candidate>> equal_texts(std::size_t most) {
    BASE_ASSIGN(Query query, connection_.query(fmt::format(
                                 "SELECT row FROM memories WHERE {} AND trim(text) = ? ORDER BY row DESC "
                                 "LIMIT ?",
                                 condition_)));
    bind(query);
    query.text(request_.text).integer(static_cast<std::int64_t>(most));
    std::vector<Candidate> chosen;
    while (true) {
      BASE_ASSIGN(const bool has_row, query.step());
      if (!has_row) return chosen;
      chosen.push_back({query.integer_at(0), 1});
    }
  }

 private:
  using NextCandidate = base::Result<std::optional<Candidate>>;

  // Of the first so many candidates those that pass, `most` at most.
  base::Result<std::vector<Candidate>> choose_first(search::VectorRanking ranking, std::size_t candidates,
                                                    std::size_t most) {
    std::vector<Candidate> chosen;
    for (std::size_t i = 0; i < candidates && chosen.size() < most; ++i) {
      BASE_ASSIGN(const auto candidate, ranking.next());
      if (!candidate) break;
      BASE_TRY(check(*candidate, chosen));
    }
    return chosen;
  }

  bool is_query(std::string_view text) const { return base::trim(text) == request_.text; }

  std::size_t patience_of_words() const { return 16 + 2 * request_.top_k; }

  // `look` tells whether the candidate counts; `narrow` hears of the rows when patience has run out.
  template <class Next, class Narrow, class Look>
  base::Status walk(const Next& next, const Narrow& narrow, std::size_t patience, std::size_t most,
                    const Look& look) {
    std::size_t found = 0;
    for (std::size_t i = 0; found < most; ++i) {
      BASE_ASSIGN(const auto candidate, next());
      if (!candidate) break;
      if (i == patience) {
        BASE_TRY(find_rows());
        narrow(rows_);
      }
      if (i >= patience && !std::ranges::binary_search(rows_, candidate->document)) continue;
      BASE_ASSIGN(const bool counts, look(*candidate));
      if (counts) ++found;
    }
    return {};
  }

  void bind(Query& query) const {
    query.integer(request_.tenant);
    if (request_.expired_before) query.integer(to_microseconds(*request_.expired_before));
    filter_.bind(query);
  }

  base::Result<bool> look_at(const Candidate& candidate, std::vector<Scored>& selected) {
    BASE_ASSIGN(Query query, connection_.query(memory_sql_));
    bind(query.integer(candidate.document));
    BASE_ASSIGN(const bool matches, query.step());
    if (!matches) return false;
    BASE_ASSIGN(memory::Memory memory, read_memory(query, 0));
    selected.push_back({std::move(memory), candidate.score});
    return true;
  }

  base::Result<bool> check(const Candidate& candidate, std::vector<Candidate>& chosen) {
    BASE_ASSIGN(Query query, connection_.query(candidate_sql_));
    bind(query.text(request_.text).integer(candidate.document));
    BASE_ASSIGN(const bool matches, query.step());
    if (!matches) return false;
    chosen.push_back({candidate.document, query.integer_at(0) != 0 ? 1 : candidate.score});
    return true;
  }

  base::Status find_rows() {
    if (has_rows_) return {};
    BASE_ASSIGN(Query query, connection_.query(fmt::format("SELECT row FROM memories WHERE {}", condition_)));
    bind(query);
    while (true) {
      BASE_ASSIGN(const bool has_row, query.step());
      if (!has_row) break;
      rows_.push_back(query.integer_at(0));
    }
    std::ranges::sort(rows_);
    has_rows_ = true;
    return {};
  }

  Connection& connection_;
  const SearchRequest& request_;
  FilterSql filter_;
  std::string condition_, candidate_sql_, memory_sql_;
  std::vector<std::int64_t> rows_;
  bool has_rows_ = false;
};

base::Result<std::vector<Candidate>> by_meaning(Connection& connection, const SearchRequest& request,
                                                const EmbedderRow& embedder, const TenantVectors& vectors,
                                                Selection& selection) {
  const search::EncodedQuery query(request.vector);
  const std::size_t depth = search::fusion_depth(request.top_k);
  const auto fetch = [&](std::int64_t row) { return read_vector(connection, row, embedder); };
  if (vectors.graph.index) return selection.choose(*vectors.graph.index, query, fetch, depth);
  BASE_TRY(vectors.table->load([&](const search::SharedVectors::Put& put) {
    return read_vectors(connection, request.tenant, embedder, put);
  }));
  return selection.choose({vectors.table->scan(query), query, fetch}, depth);
}

base::Result<std::vector<Scored>> search_hybrid(Connection& connection, const SearchRequest& request,
                                                const EmbedderRow& embedder, const TenantVectors& vectors,
                                                std::optional<search::Ranking> words) {
  Selection selection(connection, request);
  BASE_ASSIGN(std::vector<Candidate> by_words,
              !words ? selection.equal_texts(request.top_k)
                     : selection.choose(*std::move(words), search::fusion_depth(request.top_k)));
  BASE_ASSIGN(std::vector<Candidate> meaning, by_meaning(connection, request, embedder, vectors, selection));
  for (auto* found : {&by_words, &meaning}) {
    search::put_equal_first(*found, [](const Candidate& candidate) { return candidate.score == 1; });
  }
  base::Status checked;
  const auto has_vector = [&](std::int64_t row) {
    const auto vector = read_vector(connection, row, embedder);
    if (!vector) checked = std::unexpected(vector.error());
    return vector && !vector->empty();
  };
  const auto fused =
      search::fuse({by_words, meaning, has_vector, request.vector_weight}, request.top_k, request.threshold);
  BASE_TRY(std::move(checked));
  return selection.read(fused);
}

// Whose vectors they are, where the query's can be compared with those of the memories.
base::Result<std::optional<EmbedderRow>> embedder_of_both(Connection& connection,
                                                          const SearchRequest& request,
                                                          const TenantVectors& vectors) {
  if (request.vector.empty()) return std::nullopt;
  BASE_ASSIGN(EmbedderRow embedder, embedder_in_use(connection));
  if (embedder.name != request.embedder || embedder.dimensions != request.vector.size()) return std::nullopt;
  const bool are_there =
      vectors.graph.index ? vectors.graph.embedder == embedder.number : vectors.table != nullptr;
  if (are_there) return embedder;
  if (request.without_vectors != nullptr) *request.without_vectors = true;
  return std::nullopt;
}

}  // namespace

base::Result<std::vector<Scored>> search_memories(const SearchIndex& index, const SearchRequest& request,
                                                  search::PostingsCache::Version version,
                                                  const TenantVectors& vectors) {
  std::vector<std::string> words =
      search::distinct_terms(index.tokenizer.terms(request.tenant, request.text));
  BASE_ASSIGN(const auto embedder, embedder_of_both(index.connection, request, vectors));
  std::optional<search::Ranking> ranking;
  if (!words.empty()) {
    BASE_ASSIGN(ranking, rank(index, request, std::move(words), version, embedder ? 0 : request.threshold));
  }
  if (embedder) return search_hybrid(index.connection, request, *embedder, vectors, std::move(ranking));
  Selection selection(index.connection, request);
  if (ranking) return selection.take(*std::move(ranking));
  BASE_ASSIGN(const auto equal, selection.equal_texts(request.top_k));
  return selection.read(equal);
}

}  // namespace memory_api::storage
