#include "apps/memory_api/storage/vector_rows.h"

#include <cstring>

#include "apps/memory_api/memory/uuid.h"
#include "apps/memory_api/storage/sqlite_rows.h"
#include "base/hash.h"

namespace memory_api::storage {
namespace {

using base::Status;

// Of what the row says as a whole, so that no vector ever counts for another memory, tenant or embedder.
std::int64_t checksum(const VectorPlace& place, std::string_view floats) {
  std::string bytes(sizeof place, '\0');
  std::memcpy(bytes.data(), &place, sizeof place);
  bytes += floats;
  return static_cast<std::int64_t>(base::xxh3_64(bytes));
}

std::string_view bytes_of(std::span<const float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

// From the columns tenant, checksum, floats; empty where they are not what was written.
std::vector<float> read_floats(const Query& query, int first_column, std::int64_t row,
                               const EmbedderRow& embedder) {
  const std::string floats = query.blob_at(first_column + 2);
  const VectorPlace place{row, query.integer_at(first_column), embedder.number};
  const bool is_whole = floats.size() == embedder.dimensions * sizeof(float) &&
                        query.integer_at(first_column + 1) == checksum(place, floats);
  if (!is_whole) return {};
  std::vector<float> values(embedder.dimensions);
  std::memcpy(values.data(), floats.data(), floats.size());
  return values;
}

base::Result<std::int64_t> number_of(Connection& connection, const UseEmbedder& operation) {
  const auto dimensions = static_cast<std::int64_t>(operation.dimensions);
  {
    BASE_ASSIGN(Query insert,
                connection.query("INSERT OR IGNORE INTO embedders(name, dimensions) VALUES(?,?)"));
    BASE_TRY(insert.text(operation.name).integer(dimensions).run());
  }
  BASE_ASSIGN(Query query,
              connection.query("SELECT number FROM embedders WHERE name = ? AND dimensions = ?"));
  BASE_TRY(query.text(operation.name).integer(dimensions).step());
  return query.integer_at(0);
}

}  // namespace

base::Result<EmbedderRow> embedder_in_use(Connection& connection) {
  BASE_ASSIGN(Query query, connection.query("SELECT number, name, dimensions FROM embedders "
                                            "WHERE number = (SELECT embedder FROM upkeep)"));
  BASE_ASSIGN(const bool exists, query.step());
  if (!exists) return EmbedderRow{};
  return EmbedderRow{query.integer_at(0), query.text_at(1), static_cast<std::size_t>(query.integer_at(2))};
}

// Vectors of the one before are overwritten one by one: to delete a million of them at once would keep the
// other writers waiting.
base::Result<bool> use_embedder(Connection& connection, const UseEmbedder& operation) {
  BASE_ASSIGN(const EmbedderRow current, embedder_in_use(connection));
  BASE_TRY(check_use(operation, current));
  BASE_ASSIGN(const std::int64_t number, number_of(connection, operation));
  if (current.number == number) return false;
  BASE_ASSIGN(Query choice, connection.query("UPDATE upkeep SET embedder = ?"));
  BASE_TRY(choice.integer(number).run());
  BASE_ASSIGN(Query waiting,
              connection.query("INSERT OR IGNORE INTO vectors_waiting SELECT row, ? FROM memories"));
  BASE_TRY(waiting.integer(to_microseconds(operation.at)).run());
  // Had it been in use before, its old vectors would count again beside those to come.
  BASE_ASSIGN(Query old, connection.query("UPDATE vectors SET embedder = 0 WHERE embedder = ?"));
  BASE_TRY(old.integer(number).run());
  return true;
}

Status await_vector(Connection& connection, std::int64_t row, base::UtcTime since) {
  BASE_ASSIGN(Query query, connection.query("INSERT OR REPLACE INTO vectors_waiting VALUES(?,?)"));
  return query.integer(row).integer(to_microseconds(since)).run();
}

Status drop_vector(Connection& connection, std::int64_t row) {
  BASE_ASSIGN(Query vector, connection.query("DELETE FROM vectors WHERE row = ?"));
  BASE_TRY(vector.integer(row).run());
  BASE_ASSIGN(Query waiting, connection.query("DELETE FROM vectors_waiting WHERE row = ?"));
  return waiting.integer(row).run();
}

base::Result<std::uint64_t> put_vector(Connection& connection, const VectorPlace& place,
                                       std::span<const float> values) {
  BASE_TRY(drop_vector(connection, place.row));
  if (values.empty()) return 0;
  const std::string_view floats = bytes_of(values);
  BASE_ASSIGN(Query query, connection.query("INSERT INTO vectors(row, tenant, embedder, checksum, floats) "
                                            "VALUES(?,?,?,?,?)"));
  query.integer(place.row).integer(place.tenant).integer(place.embedder);
  const std::int64_t sum = checksum(place, floats);
  BASE_TRY(query.integer(sum).blob(floats).run());
  return static_cast<std::uint64_t>(sum);
}

base::Result<std::vector<WaitingText>> read_waiting(Connection& connection, std::size_t most) {
  BASE_ASSIGN(Query query,
              connection.query("SELECT tenant, id, text, since FROM vectors_waiting JOIN memories USING(row) "
                               "ORDER BY row DESC LIMIT ?"));
  query.integer(static_cast<std::int64_t>(most));
  std::vector<WaitingText> texts;
  while (true) {
    BASE_ASSIGN(const bool has_row, query.step());
    if (!has_row) return texts;
    texts.push_back({query.integer_at(0), memory::uuid_text(query.blob_at(1)), query.text_at(2),
                     from_microseconds(query.integer_at(3))});
  }
}

base::Result<VectorBacklog> read_backlog(Connection& connection) {
  VectorBacklog backlog;
  BASE_ASSIGN(const EmbedderRow embedder, embedder_in_use(connection));
  backlog.embedder = embedder.name;
  BASE_ASSIGN(Query query, connection.query("SELECT count(*), min(since) FROM vectors_waiting"));
  BASE_TRY(query.step());
  backlog.waiting = static_cast<std::size_t>(query.integer_at(0));
  if (backlog.waiting > 0) backlog.since = from_microseconds(query.integer_at(1));
  return backlog;
}

Status read_vectors(Connection& connection, TenantNumber tenant, const EmbedderRow& embedder,
                    const TakeVector& take) {
  BASE_ASSIGN(Query query, connection.query("SELECT row, tenant, checksum, floats FROM vectors "
                                            "WHERE tenant = ? AND embedder = ? ORDER BY row"));
  query.integer(tenant).integer(embedder.number);
  while (true) {
    BASE_ASSIGN(const bool has_row, query.step());
    if (!has_row) return {};
    const std::int64_t row = query.integer_at(0);
    const std::vector<float> values = read_floats(query, 1, row, embedder);
    if (!values.empty()) take(row, values);
  }
}

base::Result<std::vector<VectorDigest>> read_digests(Connection& connection, TenantNumber tenant,
                                                     const EmbedderRow& embedder) {
  BASE_ASSIGN(Query query, connection.query("SELECT row, checksum FROM vectors "
                                            "WHERE tenant = ? AND embedder = ? ORDER BY row"));
  query.integer(tenant).integer(embedder.number);
  std::vector<VectorDigest> digests;
  while (true) {
    BASE_ASSIGN(const bool has_row, query.step());
    if (!has_row) return digests;
    digests.push_back({query.integer_at(0), static_cast<std::uint64_t>(query.integer_at(1))});
  }
}

base::Result<std::vector<float>> read_vector(Connection& connection, std::int64_t row,
                                             const EmbedderRow& embedder) {
  BASE_ASSIGN(Query query, connection.query("SELECT tenant, checksum, floats FROM vectors "
                                            "WHERE row = ? AND embedder = ?"));
  BASE_ASSIGN(const bool exists, query.integer(row).integer(embedder.number).step());
  if (!exists) return std::vector<float>{};
  return read_floats(query, 0, row, embedder);
}

}  // namespace memory_api::storage
