// The service under evaluation, as its suite says it is spoken to.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/http_client.h"
#include "plimsoll/probes/eval/suite.h"

namespace plimsoll::probes::eval {

// One result of a search, in the service's order.
struct Hit {
  std::string document;
  std::optional<double> score;
};

struct Found {
  std::vector<Hit> hits;
  double seconds = 0;  // from the request's first byte to the answer's last
};

// What goes into the holes of one request.
Holes holes_of(const Document& document, const Suite& suite, const std::string& set_digest);
Holes holes_of(const Query& query, const Suite& suite, const std::string& set_digest);
Holes holes_of_tenant(const std::string& tenant, const std::string& set_digest);

// One connection. Not thread-safe: one per thread. An answer outside 2xx is unavailable, naming the status
// and the first words of the answer; an answer that is not what the suite says is corrupt, naming the
// pointer.
class EvaluatedService {
 public:
  EvaluatedService(const Suite& suite, const net::Url& url,
                   const std::map<std::string, std::string>& headers);

  // Tried again a few times where the service says that it cannot just now (429, 5xx, a lost connection):
  // what that may have doubled shows in the count.
  base::Status add(const Holes& document);
  base::Result<std::uint64_t> count(const Call& call, const Holes& tenant);

  // Once: a search that fails is what is measured. At most top_k hits count.
  base::Result<Found> search(const Holes& query);

 private:
  base::Result<std::string> send(const Call& call, const Holes& holes);
  base::Result<std::string> send_patiently(const Call& call, const Holes& holes);

  const Suite& suite_;
  net::Headers headers_;
  net::HttpClient client_;
};

// The hits that an answer holds; for EvaluatedService and the fuzz target.
base::Result<std::vector<Hit>> read_hits(std::string_view answer, const Api& api, std::size_t top_k);

}  // namespace plimsoll::probes::eval
