#include "plimsoll/evidence/snapshot_table.h"

#include <set>

#include <zstd.h>

#include "base/json.h"
#include "plimsoll/evidence/run_rows.h"

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;
using base::Json;

constexpr int kLevel = 3;

// Of {"verdict":{"judgements":[{"evidence":[…]}]}} or of the verdict's document itself.
std::set<std::string> cited_runs(const Json& snapshot) {
  std::set<std::string> cited;
  const Json* verdict = base::find(snapshot, "verdict");
  const Json* judgements = base::find(verdict != nullptr ? *verdict : snapshot, "judgements");
  if (judgements == nullptr || !judgements->is_array()) return cited;
  for (const Json& judgement : *judgements) {
    const Json* evidence = base::find(judgement, "evidence");
    if (evidence == nullptr || !evidence->is_array()) continue;
    for (const Json& id : *evidence) {
      if (id.is_string()) cited.insert(id.get<std::string>());
    }
  }
  return cited;
}

}  // namespace

std::string compress(std::string_view bytes) {
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  const auto size = ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), kLevel);
  frame.resize(size);
  return frame;
}

base::Result<std::string> decompress(std::string_view frame, std::size_t limit) {
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > limit) {
    return base::fail(ErrorCode::corrupt, "a compressed text is damaged");
  }
  std::string bytes(size, '\0');
  const auto got = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) || got != size) return base::fail(ErrorCode::corrupt, "a compressed text is damaged");
  return bytes;
}

base::Status write_snapshot(Database& database, std::int64_t run, std::string_view json_text) {
  if (json_text.empty()) return {};
  if (json_text.size() > kMaxSnapshotBytes)
    return base::fail(ErrorCode::too_large, "a snapshot is larger than 64 MiB");
  auto json = base::parse_json(json_text, "snapshot");
  if (!json) return base::fail(ErrorCode::invalid_argument, to_string(json.error()));
  const std::string frame = compress(json_text);
  BASE_ASSIGN(auto insert, database.prepare("INSERT OR REPLACE INTO snapshot(run, document) VALUES(?, ?)"));
  BASE_TRY(insert.bind(run).bind_blob(frame).run());
  BASE_ASSIGN(auto cite, database.prepare("INSERT OR IGNORE INTO citation(run, cited) VALUES(?, ?)"));
  for (const auto& id : cited_runs(*json)) BASE_TRY(cite.bind(run).bind(id).run());
  return {};
}

base::Result<std::optional<std::string>> read_snapshot(Database& database, std::int64_t run) {
  BASE_ASSIGN(auto query, database.prepare("SELECT document FROM snapshot WHERE run = ?"));
  BASE_ASSIGN(const bool found, query.bind(run).step());
  if (!found) return std::nullopt;
  auto text = decompress(query.blob(0), kMaxSnapshotBytes);
  if (!text) return std::unexpected(database.damaged(text.error()));
  return *std::move(text);
}

}  // namespace plimsoll::evidence
