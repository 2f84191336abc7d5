// Full-text search over the table `words`, scored by search/ranking.h: the same numbers as in SQLite.
#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "apps/memory_api/search/equal_first.h"
#include "apps/memory_api/search/ranking.h"
#include "apps/memory_api/storage/postgres_filter.h"
#include "apps/memory_api/storage/postgres_reader.h"
#include "apps/memory_api/storage/postgres_rows.h"
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

// The best candidates that the filter lets through. The first lots are looked at by their rows, since most
// usually pass; when the filter is narrow that would touch them all, so then it is asked once for all that it
// means.
class Selection {
 public:
  Selection(PgConnection& connection, const SearchRequest& request)
      : connection_(connection), request_(request) {}

  Result<std::vector<Scored>> take(search::Ranking ranking) {
    BASE_TRY(walk(std::move(ranking)));
    search::put_equal_first(
        selected_, [this](const Scored& scored) { return base::trim(scored.memory.text) == request_.text; });
    return std::move(selected_);
  }

  // For a query without any word to look for ("to be or not to be"): whose text is exactly that.
  Result<std::vector<Scored>> equal_texts() {
    BASE_TRY(for_each_match(connection_, request_.tenant, request_.filter, request_.expired_before,
                            [this](NumberedMemory match) {
                              if (base::trim(match.memory.text) == request_.text) {
                                selected_.push_back({std::move(match.memory), 1});
                              }
                              return !is_full();
                            }));
    return std::move(selected_);
  }

 private:
  base::Status walk(search::Ranking ranking) {
    constexpr int most_lots = 3;
    const std::size_t lot = 16 + 2 * request_.top_k;
    for (int i = 0; i < most_lots; ++i) {
      std::vector<Candidate> candidates;
      while (candidates.size() < lot) {
        const auto candidate = ranking.next();
        if (!candidate) break;
        candidates.push_back(*candidate);
      }
      BASE_TRY(look_at(candidates));
      if (is_full() || candidates.size() < lot) return {};
    }
    return look_at_rest(std::move(ranking));
  }

  bool is_full() const { return selected_.size() >= request_.top_k; }

  base::Status look_at(const std::vector<Candidate>& candidates) {
    if (candidates.empty()) return {};
    std::vector<std::int64_t> rows;
    for (const Candidate& candidate : candidates) rows.push_back(candidate.document);
    PgParameters parameters;
    parameters.integer(request_.tenant).integers(rows);
    const PostgresFilter filter = to_sql(request_.filter, parameters);
    std::string sql = fmt::format("SELECT row, {} FROM memories WHERE tenant = $1 AND row = ANY($2) AND {}",
                                  memory_columns, filter.sql);
    if (request_.expired_before) {
      parameters.integer(to_microseconds(*request_.expired_before));
      sql += fmt::format(" AND (expires_at IS NULL OR expires_at > ${})", parameters.size());
    }
    BASE_ASSIGN(const PgRows found, connection_.fetch(sql, parameters));
    std::unordered_map<std::int64_t, Memory> memories;
    for (int i = 0; i < found.size(); ++i) {
      BASE_ASSIGN(Memory memory, read_memory(found, i, 1));
      if (!filter.is_exact && !memory::matches(request_.filter, memory)) continue;
      memories.emplace(found.integer(i, 0), std::move(memory));
    }
    select(candidates, memories);
    return {};
  }

  void select(const std::vector<Candidate>& candidates, std::unordered_map<std::int64_t, Memory>& memories) {
    for (const Candidate& candidate : candidates) {
      const auto memory = memories.find(candidate.document);
      if (memory == memories.end() || is_full()) continue;
      selected_.push_back({std::move(memory->second), candidate.score});
    }
  }

  base::Status look_at_rest(search::Ranking ranking) {
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

  PgConnection& connection_;
  const SearchRequest& request_;
  std::vector<Scored> selected_;
};

}  // namespace

Result<std::vector<Scored>> search_memories(PgConnection& connection, search::TenantPostings& cache,
                                            const SearchRequest& request,
                                            const std::vector<std::string>& terms) {
  if (terms.empty()) return Selection(connection, request).equal_texts();
  BASE_ASSIGN(const Statistics statistics, statistics_of(connection, request.tenant));
  BASE_ASSIGN(auto postings, postings_of(connection, cache, request.tenant, statistics.version, terms));
  return Selection(connection, request)
      .take(search::Ranking(statistics.collection, std::move(postings),
                            std::max(request.threshold, std::numeric_limits<double>::min())));
}

}  // namespace memory_api::storage
