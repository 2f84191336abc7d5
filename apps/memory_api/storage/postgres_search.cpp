// Full-text search over the table `words`, scored by search/ranking.h: the same numbers as in SQLite; with
// vectors, fused with those that are nearest (postgres_vectors.h).
#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "apps/memory_api/search/equal_first.h"
#include "apps/memory_api/search/fusion.h"
#include "apps/memory_api/search/ranking.h"
#include "apps/memory_api/storage/postgres_filter.h"
#include "apps/memory_api/storage/postgres_reader.h"
#include "apps/memory_api/storage/postgres_rows.h"
#include "apps/memory_api/storage/postgres_vectors.h"
#include "base/text.h"

namespace memory_api::storage {
namespace {

using base::Result;
using memory::Memory;
using memory::Scored;
using search::Candidate;
using search::Posting;
using search::PostingList;

struct Statistics {
  search::Collection collection;
  search::TenantPostings::Version version = 0;
};

Result<Statistics> statistics_of(PgConnection& connection, TenantNumber tenant) {
  BASE_ASSIGN(const PgRows rows,
              connection.fetch("SELECT memories, terms, version FROM tenants WHERE number = $1",
                               PgParameters().integer(tenant)));
  if (rows.size() == 0) return Statistics{};
  return Statistics{
      {static_cast<std::size_t>(rows.integer(0, 0)), static_cast<std::size_t>(rows.integer(0, 1))},
      rows.integer(0, 2)};
}

PostingList list_of(const std::vector<Posting>& postings) {
  auto storage = std::make_shared_for_overwrite<Posting[]>(postings.size());
  std::ranges::copy(postings, storage.get());
  return {std::move(storage), postings.size()};
}

Result<std::map<std::string, PostingList>> read_postings(PgConnection& connection,
                                                         const std::vector<std::string>& terms) {
  std::map<std::string, std::vector<Posting>> postings;
  for (const std::string& term : terms) postings[term];
  BASE_ASSIGN(const PgRows rows, connection.fetch("SELECT term, posting FROM words WHERE term = ANY($1) "
                                                  "ORDER BY term, posting",
                                                  PgParameters().texts(terms)));
  for (int i = 0; i < rows.size(); ++i) {
    postings[rows.text(i, 0)].push_back(Posting::of_number(rows.integer(i, 1)));
  }
  std::map<std::string, PostingList> lists;
  for (const auto& [term, list] : postings) lists.emplace(term, list_of(list));
  return lists;
}

Result<std::vector<PostingList>> postings_of(PgConnection& connection, search::TenantPostings& cache,
                                             TenantNumber tenant, search::TenantPostings::Version version,
                                             const std::vector<std::string>& terms) {
  std::vector<PostingList> lists;
  std::vector<std::string> missing;
  for (const std::string& term : terms) {
    if (auto known = cache.find(tenant, version, term)) {
      lists.push_back(*std::move(known));
    } else {
      missing.push_back(term);
    }
  }
  if (missing.empty()) return lists;
  BASE_ASSIGN(auto read, read_postings(connection, missing));
  for (auto& [term, list] : read) {
    cache.put(tenant, version, term, list);
    lists.push_back(std::move(list));
  }
  return lists;
}

struct Match {
  std::int64_t row = 0;
  Memory memory = {};
  double score = 0;
};

std::vector<Scored> scored(std::vector<Match> matches) {
  std::vector<Scored> result;
  result.reserve(matches.size());
  for (Match& match : matches) result.push_back({std::move(match.memory), match.score});
  return result;
}

// The best candidates that the filter lets through, so many at most. The first lots are looked at by their
// rows, since most usually pass; when the filter is narrow that would touch them all, so then it is asked
// once for all that it means.
class Selection {
 public:
  Selection(PgConnection& connection, const SearchRequest& request, std::size_t most)
      : connection_(connection), request_(request), most_(most) {}

  // Texts that are the query come first.
  Result<std::vector<Match>> take(search::Ranking ranking) {
    BASE_TRY(walk(std::move(ranking)));
    search::put_equal_first(selected_, [this](const Match& match) { return is_query(match.memory); });
    return std::move(selected_);
  }

  // For a query without any word to look for ("to be or not to be"): whose text is exactly that.
  Result<std::vector<Match>> equal_texts() {
    BASE_TRY(for_each_match(connection_, request_.tenant, request_.filter, request_.expired_before,
                            [this](NumberedMemory match) {
                              if (is_query(match.memory)) {
                                selected_.push_back({match.row, std::move(match.memory), 1});
                              }
                              return !is_full();
                            }));
    return std::move(selected_);
  }

  // Of candidates that passed already.
  Result<std::vector<Match>> read(const std::vector<Candidate>& candidates) {
    BASE_TRY(look_at(candidates));
    return std::move(selected_);
  }

 private:
  bool is_query(const Memory& memory) const { return base::trim(memory.text) == request_.text; }
  bool is_full() const { return selected_.size() >= most_; }

  base::Status walk(search::Ranking ranking) {
    constexpr std::size_t most_lots = 3;
    const std::size_t lot = 16 + most_ + request_.top_k;
    for (std::size_t i = 0; i < most_lots; ++i) {
      std::vector<Candidate> candidates;
      while (candidates.size() < lot) {
        const auto candidate = ranking.next();
        if (!candidate) break;
        candidates.push_back(*candidate);
      }
      BASE_TRY(look_at(candidates));
      if (is_full() || candidates.size() < lot) return {};
      const std::size_t expected = selected_.size() * most_lots / (i + 1);
      if (expected < most_) break;  // as it looks, the other lots will not do
    }
    return look_at_rest(std::move(ranking));
  }

  base::Status look_at(const std::vector<Candidate>& candidates) {
    if (candidates.empty()) return {};
    std::vector<std::int64_t> rows;
    rows.reserve(candidates.size());
    for (const Candidate& candidate : candidates) rows.push_back(candidate.document);
    MatchingRows matching = matching_rows(request_.tenant, request_.filter, request_.expired_before);
    matching.parameters.integers(rows);
    const std::string sql = fmt::format("SELECT row, {} FROM memories WHERE {} AND row = ANY(${})",
                                        memory_columns, matching.sql, matching.parameters.size());
    BASE_ASSIGN(const PgRows found, connection_.fetch(sql, matching.parameters));
    std::unordered_map<std::int64_t, Memory> memories;
    for (int i = 0; i < found.size(); ++i) {
      BASE_ASSIGN(Memory memory, read_memory(found, i, 1));
      if (!matching.is_exact && !memory::matches(request_.filter, memory)) continue;
      memories.emplace(found.integer(i, 0), std::move(memory));
    }
    select(candidates, memories);
    return {};
  }

  void select(const std::vector<Candidate>& candidates, std::unordered_map<std::int64_t, Memory>& memories) {
    for (const Candidate& candidate : candidates) {
      const auto memory = memories.find(candidate.document);
      if (memory == memories.end() || is_full()) continue;
      selected_.push_back({candidate.document, std::move(memory->second), candidate.score});
    }
  }

  base::Status look_at_rest(search::Ranking ranking) {
    const MatchingRows matching = matching_rows(request_.tenant, request_.filter, request_.expired_before);
    if (matching.is_exact) return look_at_best(std::move(ranking), matching);
    std::unordered_map<std::int64_t, double> scores;
    std::vector<Candidate> candidates;
    while (const auto candidate = ranking.next()) {
      candidates.push_back(*candidate);
      scores.emplace(candidate->document, candidate->score);
    }
    std::unordered_map<std::int64_t, Memory> memories;
    BASE_TRY(for_each_match(connection_, request_.tenant, request_.filter, request_.expired_before,
                            [&](NumberedMemory match) {
                              if (scores.contains(match.row)) {
                                memories.emplace(match.row, std::move(match.memory));
                              }
                              return true;
                            }));
    select(candidates, memories);
    return {};
  }

  // Where SQL decides, numbers are enough to know which memories to read.
  base::Status look_at_best(search::Ranking ranking, const MatchingRows& matching) {
    BASE_ASSIGN(const PgRows found,
                connection_.fetch(fmt::format("SELECT row FROM memories WHERE {}", matching.sql),
                                  matching.parameters));
    std::unordered_set<std::int64_t> rows;
    for (int i = 0; i < found.size(); ++i) rows.insert(found.integer(i, 0));
    std::vector<Candidate> best;
    while (selected_.size() + best.size() < most_) {
      const auto candidate = ranking.next();
      if (!candidate) break;
      if (rows.contains(candidate->document)) best.push_back(*candidate);
    }
    return look_at(best);
  }

  PgConnection& connection_;
  const SearchRequest& request_;
  const std::size_t most_;
  std::vector<Match> selected_;
};

Result<search::Ranking> rank(PgConnection& connection, search::TenantPostings& cache,
                             const SearchRequest& request, const std::vector<std::string>& terms,
                             double threshold) {
  BASE_ASSIGN(const Statistics statistics, statistics_of(connection, request.tenant));
  BASE_ASSIGN(auto postings, postings_of(connection, cache, request.tenant, statistics.version, terms));
  return search::Ranking(statistics.collection, std::move(postings),
                         std::max(threshold, std::numeric_limits<double>::min()));
}

// So many of the best by words.
Result<std::vector<Match>> best_by_words(PgConnection& connection, search::TenantPostings& cache,
                                         const SearchRequest& request, const std::vector<std::string>& terms,
                                         double threshold, std::size_t most) {
  if (terms.empty()) return Selection(connection, request, request.top_k).equal_texts();
  BASE_ASSIGN(search::Ranking ranking, rank(connection, cache, request, terms, threshold));
  return Selection(connection, request, most).take(std::move(ranking));
}

Result<PostgresEmbedder> embedder_for(PgConnection& connection, const SearchRequest& request) {
  if (request.vector.empty()) return PostgresEmbedder{};
  BASE_ASSIGN(PostgresEmbedder embedder, embedder_in_use(connection));
  const bool is_its = embedder.name == request.embedder && embedder.dimensions == request.vector.size();
  return is_its ? std::move(embedder) : PostgresEmbedder{};
}

Result<std::vector<Scored>> search_hybrid(PgConnection& connection, const SearchRequest& request,
                                          const PostgresEmbedder& embedder, const std::vector<Match>& words) {
  std::vector<Candidate> by_words;
  std::vector<std::int64_t> rows;
  for (const Match& match : words) {
    const bool is_query = base::trim(match.memory.text) == request.text;
    by_words.push_back({match.row, is_query ? 1 : match.score});
    rows.push_back(match.row);
  }
  BASE_ASSIGN(auto meaning, nearest(connection, request, embedder, search::fusion_depth(request.top_k)));
  search::put_equal_first(meaning, [](const Candidate& candidate) { return candidate.score == 1; });
  BASE_ASSIGN(const auto embedded, with_vector(connection, embedder, rows));
  const auto has_vector = [&](std::int64_t row) { return embedded.contains(row); };
  const auto fused =
      search::fuse({by_words, meaning, has_vector, request.vector_weight}, request.top_k, request.threshold);
  BASE_ASSIGN(auto matches, Selection(connection, request, request.top_k).read(fused));
  return scored(std::move(matches));
}

}  // namespace

Result<std::vector<Scored>> search_memories(PgConnection& connection, search::TenantPostings& cache,
                                            const SearchRequest& request,
                                            const std::vector<std::string>& terms) {
  BASE_ASSIGN(const PostgresEmbedder embedder, embedder_for(connection, request));
  const bool is_hybrid = embedder.number != 0;
  BASE_ASSIGN(auto words, best_by_words(connection, cache, request, terms, is_hybrid ? 0 : request.threshold,
                                        is_hybrid ? search::fusion_depth(request.top_k) : request.top_k));
  if (is_hybrid) return search_hybrid(connection, request, embedder, words);
  return scored(std::move(words));
}

}  // namespace memory_api::storage
