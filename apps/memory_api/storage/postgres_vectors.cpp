#include "apps/memory_api/storage/postgres_vectors.h"

#include <algorithm>

#include <fmt/format.h>

#include "apps/memory_api/memory/uuid.h"
#include "apps/memory_api/storage/postgres_filter.h"
#include "apps/memory_api/storage/postgres_reader.h"
#include "apps/memory_api/storage/postgres_rows.h"
#include "base/hash.h"
#include "base/text.h"

namespace memory_api::storage {
namespace {

using base::Result;
using base::Status;
using search::Candidate;

// - The extension goes where it is looked for by everybody else; one that is there may lie anywhere.
// - `floats` has no number of dimensions, since that changes with the embedder. MAIN: beside the row as long
//   as it fits into a page (up to some 2,000 dimensions), for a search reads every one of them.
// - What the server says against it is caught, so that the transaction can go on, and left in a setting.
constexpr const char* prepare_sql = R"sql(DO $do$
DECLARE
  home text;
BEGIN
  PERFORM set_config('memory_api.no_vectors', '', true);
  PERFORM 1 FROM memory_api.writer FOR UPDATE;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('memory_api.vectors')
             AND attname = 'floats' AND NOT attisdropped) THEN
    RETURN;
  END IF;
  BEGIN
    CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
    SELECT quote_ident(n.nspname) INTO STRICT home
    FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname = 'vector';
    DROP TABLE IF EXISTS memory_api.vectors;
    EXECUTE format('CREATE TABLE memory_api.vectors(row bigint PRIMARY KEY, tenant bigint NOT NULL, '
                   'embedder bigint NOT NULL, floats %s.vector NOT NULL)', home);
    ALTER TABLE memory_api.vectors ALTER floats SET STORAGE MAIN;
    CREATE INDEX vectors_by_tenant ON memory_api.vectors(tenant, embedder);
    UPDATE memory_api.writer SET embedder = 0;
  EXCEPTION WHEN OTHERS THEN
    PERFORM set_config('memory_api.no_vectors', SQLERRM, true);
  END;
END $do$)sql";

// One question for the nearest vectors.
class Question {
 public:
  Question(PgConnection& connection, const SearchRequest& request, const PostgresEmbedder& embedder)
      : connection_(connection),
        request_(request),
        embedder_(embedder),
        matching_(matching_rows(request.tenant, request.filter, request.expired_before)) {}

  // Whether the filter is SQL's to decide; else memories are asked for, too, to be matched here.
  bool is_exact() const { return matching_.is_exact; }

  Result<PgRows> ask(std::size_t most, bool with_memories) const { return ask(most, with_memories, nullptr); }
  Result<PgRows> ask(std::size_t most, const std::vector<std::int64_t>& only) const {
    return ask(most, false, &only);
  }

 private:
  Result<PgRows> ask(std::size_t most, bool with_memories, const std::vector<std::int64_t>* only) const {
    PgParameters parameters = matching_.parameters;
    const std::size_t next = parameters.size() + 1;
    parameters.integer(embedder_.number).reals(request_.vector).text(request_.text);
    parameters.integer(static_cast<std::int64_t>(most));
    std::string condition = matching_.sql;
    if (only != nullptr) {
      parameters.integers(*only);
      condition += fmt::format(" AND vector_row = ANY(${})", parameters.size());
    }
    // The query becomes a vector once, not for each row; texts are read of those alone that were chosen.
    const std::string sql = fmt::format(
        "SELECT vector_row, distance, btrim(text, E' \\t\\r\\n\\f\\v') = ${2}{3} FROM "
        "(SELECT vector_row, floats OPERATOR({0}.<#>) (SELECT ${1}::real[]::{0}.vector) AS distance "
        "FROM vectors AS v(vector_row, vector_tenant, embedder, floats) JOIN memories ON row = vector_row "
        "WHERE vector_tenant = $1 AND embedder = ${4} AND {5} ORDER BY distance, vector_row DESC LIMIT ${6}) "
        "AS chosen JOIN memories ON row = vector_row ORDER BY distance, vector_row DESC",
        embedder_.schema, next + 1, next + 2, with_memories ? fmt::format(", {}", memory_columns) : "", next,
        condition, next + 3);
    return connection_.fetch(sql, parameters);
  }

  PgConnection& connection_;
  const SearchRequest& request_;
  const PostgresEmbedder& embedder_;
  const MatchingRows matching_;
};

Candidate candidate_of(const PgRows& rows, int i) {
  const double cosine = -rows.real(i, 1);
  return {rows.integer(i, 0), rows.boolean(i, 2) ? 1 : cosine};
}

std::vector<Candidate> candidates_of(const PgRows& rows) {
  std::vector<Candidate> candidates;
  candidates.reserve(static_cast<std::size_t>(rows.size()));
  for (int i = 0; i < rows.size(); ++i) candidates.push_back(candidate_of(rows, i));
  return candidates;
}

Result<std::vector<std::int64_t>> rows_that_match(PgConnection& connection, const SearchRequest& request) {
  std::vector<std::int64_t> rows;
  BASE_TRY(for_each_match(connection, request.tenant, request.filter, request.expired_before,
                          [&rows](const NumberedMemory& match) {
                            rows.push_back(match.row);
                            return true;
                          }));
  return rows;
}

// Those of the operation whose memory still has the text that was embedded: by their place in it, the row.
Result<std::vector<std::pair<std::size_t, std::int64_t>>> current_rows(PgConnection& connection,
                                                                       const PutVectors& operation) {
  std::vector<std::int64_t> tenants, places;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < operation.vectors.size(); ++i) {
    auto id = memory::uuid_bytes(operation.vectors[i].id);
    if (!id) continue;
    tenants.push_back(operation.vectors[i].tenant);
    ids.push_back(*std::move(id));
    places.push_back(static_cast<std::int64_t>(i));
  }
  BASE_ASSIGN(const PgRows rows,
              connection.fetch("SELECT x.place, m.row, m.text FROM "
                               "unnest($1::bigint[], $2::uuid[], $3::bigint[]) AS x(tenant, id, place) "
                               "JOIN memories m ON m.tenant = x.tenant AND m.id = x.id",
                               PgParameters().integers(tenants).uuids(ids).integers(places)));
  std::vector<std::pair<std::size_t, std::int64_t>> current;
  for (int i = 0; i < rows.size(); ++i) {
    const auto place = static_cast<std::size_t>(rows.integer(i, 0));
    if (base::xxh3_64(rows.text(i, 2)) != operation.vectors.at(place).text_digest) continue;
    current.emplace_back(place, rows.integer(i, 1));
  }
  return current;
}

void queue_vector(PgConnection& connection, const PostgresEmbedder& embedder, std::int64_t row,
                  const MemoryVector& vector) {
  if (vector.values.empty()) {
    return connection.queue("DELETE FROM vectors WHERE row = $1", PgParameters().integer(row));
  }
  connection.queue(
      fmt::format(
          "INSERT INTO vectors(row, tenant, embedder, floats) VALUES($1, $2, $3, $4::real[]::{}.vector) "
          "ON CONFLICT(row) DO UPDATE SET embedder = excluded.embedder, floats = excluded.floats",
          embedder.schema),
      PgParameters().integer(row).integer(vector.tenant).integer(embedder.number).reals(vector.values));
}

}  // namespace

Status prepare_vectors(PgConnection& connection) {
  connection.queue(prepare_sql);
  BASE_ASSIGN(const PgRows rows, connection.fetch("SELECT current_setting('memory_api.no_vectors', true)"));
  const std::string reason = rows.size() == 1 ? rows.text(0, 0) : "";
  if (reason.empty()) return {};
  return base::fail(
      base::ErrorCode::unsupported, fmt::format("{}: {}", connection.server(), reason),
      "search goes by words alone; install pgvector on the server and have an administrator run "
      "CREATE EXTENSION vector in this database");
}

// The schema is that of the column's type: without the extension there is no such column.
Result<PostgresEmbedder> embedder_in_use(PgConnection& connection) {
  BASE_ASSIGN(
      const PgRows rows,
      connection.fetch("SELECT e.number, e.name, e.dimensions, quote_ident(n.nspname) "
                       "FROM writer w JOIN embedders e ON e.number = w.embedder "
                       "JOIN pg_attribute a ON a.attrelid = to_regclass('memory_api.vectors') "
                       "AND a.attname = 'floats' AND NOT a.attisdropped "
                       "JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace n ON n.oid = t.typnamespace"));
  if (rows.size() == 0) return PostgresEmbedder{};
  PostgresEmbedder embedder;
  embedder.number = rows.integer(0, 0);
  embedder.name = rows.text(0, 1);
  embedder.dimensions = static_cast<std::size_t>(rows.integer(0, 2));
  embedder.schema = rows.text(0, 3);
  return embedder;
}

// TRUNCATE gives the room back at once. A search that began before finds no vectors any more, and words.
Status use_embedder(PgConnection& connection, const UseEmbedder& operation) {
  BASE_TRY(prepare_vectors(connection));
  BASE_ASSIGN(const PostgresEmbedder current, embedder_in_use(connection));
  BASE_TRY(check_use(operation, current));
  if (current.name == operation.name && current.dimensions == operation.dimensions) return {};
  const auto named =
      PgParameters().text(operation.name).integer(static_cast<std::int64_t>(operation.dimensions));
  connection.queue("INSERT INTO embedders(name, dimensions) VALUES($1, $2) ON CONFLICT DO NOTHING", named);
  connection.queue(
      "UPDATE writer SET embedder = (SELECT number FROM embedders WHERE name = $1 AND dimensions = $2)",
      named);
  connection.queue("TRUNCATE vectors");
  connection.queue("INSERT INTO vectors_waiting SELECT row, $1 FROM memories ON CONFLICT DO NOTHING",
                   PgParameters().integer(to_microseconds(operation.at)));
  return {};
}

Result<std::vector<std::int64_t>> put_vectors(PgConnection& connection, const PutVectors& operation) {
  BASE_ASSIGN(const PostgresEmbedder embedder, embedder_in_use(connection));
  BASE_TRY(check_vectors(operation, embedder));
  BASE_ASSIGN(const auto current, current_rows(connection, operation));
  std::vector<std::int64_t> rows;
  for (const auto& [place, row] : current) {
    queue_vector(connection, embedder, row, operation.vectors[place]);
    rows.push_back(row);
  }
  connection.queue("DELETE FROM vectors_waiting WHERE row = ANY($1)", PgParameters().integers(rows));
  return rows;
}

Result<std::vector<WaitingText>> read_waiting(PgConnection& connection, std::size_t most) {
  BASE_ASSIGN(const PgRows rows,
              connection.fetch("SELECT m.tenant, m.id, m.text, w.since FROM vectors_waiting w "
                               "JOIN memories m ON m.row = w.row ORDER BY w.row DESC LIMIT $1",
                               PgParameters().integer(static_cast<std::int64_t>(most))));
  std::vector<WaitingText> texts;
  texts.reserve(static_cast<std::size_t>(rows.size()));
  for (int i = 0; i < rows.size(); ++i) {
    texts.push_back({rows.integer(i, 0), memory::uuid_text(rows.text(i, 1)), rows.text(i, 2),
                     from_microseconds(rows.integer(i, 3))});
  }
  return texts;
}

Result<VectorBacklog> read_backlog(PgConnection& connection) {
  VectorBacklog backlog;
  BASE_ASSIGN(const PostgresEmbedder embedder, embedder_in_use(connection));
  backlog.embedder = embedder.name;
  BASE_ASSIGN(
      const PgRows rows,
      connection.fetch("SELECT (SELECT count(*) FROM (SELECT FROM vectors_waiting LIMIT 200000) AS counted), "
                       "(SELECT min(since) FROM vectors_waiting)"));
  if (rows.size() != 1) return backlog;
  backlog.waiting = static_cast<std::size_t>(rows.integer(0, 0));
  if (backlog.waiting > 0) backlog.since = from_microseconds(rows.integer(0, 1));
  return backlog;
}

// A filter that SQL cannot say exactly is asked of the first few, which usually pass; when too few do, it is
// asked once which rows it means.
Result<std::vector<Candidate>> nearest(PgConnection& connection, const SearchRequest& request,
                                       const PostgresEmbedder& embedder, std::size_t most) {
  const Question question(connection, request, embedder);
  if (question.is_exact()) {
    BASE_ASSIGN(const PgRows rows, question.ask(most, false));
    return candidates_of(rows);
  }
  const std::size_t patience = 16 + 4 * most;
  BASE_ASSIGN(const PgRows first, question.ask(patience, true));
  constexpr int first_of_memory = 3;
  std::vector<Candidate> candidates;
  for (int i = 0; i < first.size() && candidates.size() < most; ++i) {
    BASE_ASSIGN(const memory::Memory memory, read_memory(first, i, first_of_memory));
    if (memory::matches(request.filter, memory)) candidates.push_back(candidate_of(first, i));
  }
  const bool were_all = static_cast<std::size_t>(first.size()) < patience;
  if (were_all || candidates.size() == most) return candidates;
  BASE_ASSIGN(const auto matching, rows_that_match(connection, request));
  BASE_ASSIGN(const PgRows rows, question.ask(most, matching));
  return candidates_of(rows);
}

Result<std::unordered_set<std::int64_t>> with_vector(PgConnection& connection,
                                                     const PostgresEmbedder& embedder,
                                                     const std::vector<std::int64_t>& rows) {
  BASE_ASSIGN(const PgRows found,
              connection.fetch("SELECT row FROM vectors WHERE row = ANY($1) AND embedder = $2",
                               PgParameters().integers(rows).integer(embedder.number)));
  std::unordered_set<std::int64_t> result;
  for (int i = 0; i < found.size(); ++i) result.insert(found.integer(i, 0));
  return result;
}

}  // namespace memory_api::storage
