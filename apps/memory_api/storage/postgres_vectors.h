// Vectors in PostgreSQL: the extension `vector` (https://github.com/pgvector/pgvector), the tables `vectors`,
// `vectors_waiting` and `embedders`.
//
// The server compares the query with every vector of the tenant that the filter means, exactly. Nothing of it
// is cached here, so that each process sees at once what another one stored.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "apps/memory_api/search/ranking.h"
#include "apps/memory_api/storage/embedder_row.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "apps/memory_api/storage/postgres_connection.h"

namespace memory_api::storage {

// Inside a transaction: makes the extension and the table where they are missing; then nobody's vectors are
// kept until use_embedder. unsupported, with the server's reason, where it may not be made or is not there;
// the transaction goes on.
base::Status prepare_vectors(PgConnection& connection);

struct PostgresEmbedder : EmbedderRow {
  std::string schema = {};  // where the extension lies, as SQL takes it
};
base::Result<PostgresEmbedder> embedder_in_use(PgConnection& connection);

// --- For the writer, inside its transaction.

base::Status use_embedder(PgConnection& connection, const UseEmbedder& operation);

// The rows that wait no longer.
base::Result<std::vector<std::int64_t>> put_vectors(PgConnection& connection, const PutVectors& operation);

// --- For readers.

base::Result<std::vector<WaitingText>> read_waiting(PgConnection& connection, std::size_t most);
base::Result<VectorBacklog> read_backlog(PgConnection& connection);

// The memories that the request's filter lets through and that have a vector, the most alike first, among
// equals the newest: the first `most` of them. The score is the cosine, 1 for a text that is the query.
base::Result<std::vector<search::Candidate>> nearest(PgConnection& connection, const SearchRequest& request,
                                                     const PostgresEmbedder& embedder, std::size_t most);

// Which of these have a vector.
base::Result<std::unordered_set<std::int64_t>> with_vector(PgConnection& connection,
                                                           const PostgresEmbedder& embedder,
                                                           const std::vector<std::int64_t>& rows);

}  // namespace memory_api::storage
