#include "apps/memory_api/storage/libpq.h"

#include <string>

#include <dlfcn.h>

namespace memory_api::storage {
namespace {

struct Loaded {
  Libpq functions;
  std::string missing;
};

template <class Function>
void find(void* library, const char* name, Function& function, std::string& missing) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) missing = name;
}

Loaded load() {
  Loaded loaded;
  void* library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    loaded.missing = "libpq.so.5";
    return loaded;
  }
  Libpq& functions = loaded.functions;
  find(library, "PQclear", functions.PQclear, loaded.missing);
  find(library, "PQconnectPoll", functions.PQconnectPoll, loaded.missing);
  find(library, "PQconnectStartParams", functions.PQconnectStartParams, loaded.missing);
  find(library, "PQconsumeInput", functions.PQconsumeInput, loaded.missing);
  find(library, "PQdb", functions.PQdb, loaded.missing);
  find(library, "PQenterPipelineMode", functions.PQenterPipelineMode, loaded.missing);
  find(library, "PQerrorMessage", functions.PQerrorMessage, loaded.missing);
  find(library, "PQexitPipelineMode", functions.PQexitPipelineMode, loaded.missing);
  find(library, "PQfinish", functions.PQfinish, loaded.missing);
  find(library, "PQflush", functions.PQflush, loaded.missing);
  find(library, "PQfreemem", functions.PQfreemem, loaded.missing);
  find(library, "PQgetResult", functions.PQgetResult, loaded.missing);
  find(library, "PQgetisnull", functions.PQgetisnull, loaded.missing);
  find(library, "PQgetlength", functions.PQgetlength, loaded.missing);
  find(library, "PQgetvalue", functions.PQgetvalue, loaded.missing);
  find(library, "PQhost", functions.PQhost, loaded.missing);
  find(library, "PQisBusy", functions.PQisBusy, loaded.missing);
  find(library, "PQnotifies", functions.PQnotifies, loaded.missing);
  find(library, "PQntuples", functions.PQntuples, loaded.missing);
  find(library, "PQpipelineStatus", functions.PQpipelineStatus, loaded.missing);
  find(library, "PQpipelineSync", functions.PQpipelineSync, loaded.missing);
  find(library, "PQport", functions.PQport, loaded.missing);
  find(library, "PQresultErrorField", functions.PQresultErrorField, loaded.missing);
  find(library, "PQresultErrorMessage", functions.PQresultErrorMessage, loaded.missing);
  find(library, "PQresultStatus", functions.PQresultStatus, loaded.missing);
  find(library, "PQsendFlushRequest", functions.PQsendFlushRequest, loaded.missing);
  find(library, "PQsendPrepare", functions.PQsendPrepare, loaded.missing);
  find(library, "PQsendQuery", functions.PQsendQuery, loaded.missing);
  find(library, "PQsendQueryParams", functions.PQsendQueryParams, loaded.missing);
  find(library, "PQsendQueryPrepared", functions.PQsendQueryPrepared, loaded.missing);
  find(library, "PQsetNoticeReceiver", functions.PQsetNoticeReceiver, loaded.missing);
  find(library, "PQsetnonblocking", functions.PQsetnonblocking, loaded.missing);
  find(library, "PQsocket", functions.PQsocket, loaded.missing);
  find(library, "PQstatus", functions.PQstatus, loaded.missing);
  return loaded;
}

const Loaded& loaded() {
  static const Loaded once = load();
  return once;
}

}  // namespace

base::Status load_libpq() {
  if (loaded().missing.empty()) return {};
  return base::fail(base::ErrorCode::unsupported,
                    "PostgreSQL's client library is missing: " + loaded().missing,
                    "install libpq5 in version 14 or newer");
}

const Libpq& pq() {
  return loaded().functions;
}

}  // namespace memory_api::storage
