// Puts a judged set to a service: adds the documents, verifies that they are there, asks every query.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/probes/eval/evaluated_service.h"
#include "plimsoll/probes/eval/judged_set.h"
#include "plimsoll/probes/eval/suite.h"

namespace plimsoll::probes::eval {

struct Target {
  net::Url url;
  std::map<std::string, std::string> headers;
};

// What became of one query.
struct Asked {
  const Query* query = nullptr;
  std::string failure;  // empty where it was answered
  std::vector<Hit> hits;
  std::size_t leaks = 0;  // hits that are not among the documents of the query's tenant
  double sent_at = 0;     // seconds after the first query
  double seconds = 0;     // until the answer, or until it was given up

  bool failed() const { return !failure.empty(); }
};

struct Evaluation {
  std::vector<Asked> asked;  // in the order of the set's queries
  double began_at = 0;       // of the first query, unix seconds
  double duration_seconds = 0;
  bool was_loaded = false;   // the service held the set already
  std::size_t verified = 0;  // documents that the service counted; 0 where the suite has no count
};

// May be called from several threads, never at once. A false answer ends the evaluation as cancelled.
using Progress = std::function<bool(std::string_view line)>;

// What the documents are, whatever the file is called: 16 hexadecimal digits. Documents are stored under it,
// so that a service which holds the set already is recognised.
std::string digest_of(const JudgedSet& set);

// The result depends on the service's answers only, not on the order in which connections ask.
// Errors: unavailable where nobody answers or the service stops answering; conflict where a tenant holds
// other documents than these, or not all of them; corrupt where the service refuses a document or every
// query; invalid_argument where a document or query has no tenant; cancelled by a signal or by `progress`.
base::Result<Evaluation> evaluate(const Suite& suite, const JudgedSet& set, const Target& target,
                                  const Progress& progress);

}  // namespace plimsoll::probes::eval
