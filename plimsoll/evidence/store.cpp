#include "plimsoll/evidence/store.h"

#include <cctype>

#include "plimsoll/evidence/sqlite_store.h"

namespace plimsoll::evidence {
namespace {

using base::ErrorCode;

constexpr std::string_view kSqlite = "sqlite:";

bool is_postgresql(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

// `scheme:` (RFC 3986), of two letters at least; a path may hold a colon after its first slash or dot.
bool has_scheme(std::string_view url) {
  const auto end = url.find_first_of(":/.");
  return end != std::string_view::npos && end > 1 && url[end] == ':';
}

}  // namespace

bool is_store_url(std::string_view url) {
  if (url.starts_with(kSqlite)) return url.size() > kSqlite.size();
  return is_postgresql(url) || (!url.empty() && !has_scheme(url));
}

base::Result<std::unique_ptr<EvidenceStore>> open_store(std::string_view url, const StoreOptions& options) {
  if (is_postgresql(url)) {
    return base::fail(ErrorCode::unsupported, "a store on PostgreSQL is not supported in this version",
                      "name a file: --store .plimsoll/evidence.db");
  }
  if (!is_store_url(url) || url.contains('\0')) {
    return base::fail(ErrorCode::invalid_argument, "unknown kind of store: \"" + std::string(url) + "\"",
                      "a path, sqlite:PATH");
  }
  if (url.starts_with(kSqlite)) url.remove_prefix(kSqlite.size());
  std::error_code error;
  const auto path = std::filesystem::absolute(std::filesystem::path(url), error);
  if (error) return std::unexpected(base::from_errno(url, error.value()));
  return open_sqlite_store(path.lexically_normal(), options);
}

}  // namespace plimsoll::evidence
