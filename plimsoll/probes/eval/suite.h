// A suite: which judged set is put to a service, how, and what is measured. docs/eval.md is its reference.
//
//   name: golden                  # default: the file's name
//   set: golden                   # a folder in the BEIR layout, or corpus:, queries:, qrels:,
//   judged_not_relevant: api: mem0                     # the calls of a known service; add:, search:, count:,
//   headers: replace single ones tenant_field: tenant          # metadata field of documents and queries:
//   each tenant's lie under its own key user_field: user_id           # metadata field of documents: {user}
//   groups: difficulty            # metadata field of queries: measures are also given by its values
//   top_k: 10
//   measures: [mrr, hit_at_5]
//   unjudged_queries: unanswerable   # or skip
//   connections: 4
//   url: http://127.0.0.1:8080    # for `plimsoll eval run` without --url
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/probes/eval/call_template.h"
#include "plimsoll/probes/eval/judged_set.h"
#include "plimsoll/probes/eval/measures.h"

namespace plimsoll::probes::eval {

// One kind of request, and where its answer holds what is wanted: JSON pointers (RFC 6901).
struct Call {
  std::string method = "POST";
  std::string path;  // a template
  BodyTemplate body;
};

// How a service is spoken to.
struct Api {
  std::map<std::string, std::string> headers;  // templates; they replace those that the service is given

  Call add;  // one document

  Call search;              // one query
  std::string results;      // to the list of results, "" where the answer is that list
  std::string document_id;  // in one result: the id that `add` gave
  std::string score;        // in one result: more is more alike; "" where the service tells none

  // How many documents a tenant holds: all of them, and those of this set. Absent: nothing is verified.
  std::optional<Call> count;
  std::optional<Call> count_of_set;
  std::string count_value;  // to the number
};

// memory_api and whatever else speaks mem0's wire. A document becomes a memory with the metadata {doc, set};
// a search spans all users of the key, with threshold 0 so that the whole ranking is seen.
Api mem0_api(bool by_tenant);

struct Suite {
  std::string name;
  SetFiles files;
  Api api;
  std::string tenant_field, user_field, group_field;  // "" : none
  std::size_t top_k = 10;
  std::vector<Measure> measures = default_measures();
  bool skip_unjudged = false;  // a query without judgements is left out; else it counts as unanswerable
  int connections = 4;
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);  // of one call
  std::chrono::nanoseconds settle = std::chrono::seconds(30);   // until what was added can be counted
  std::string url;
};

// Errors stand at file:line:column; paths are relative to the suite's folder and the files must exist.
base::Result<Suite> read_suite(const std::filesystem::path& file);
base::Result<Suite> parse_suite(std::string_view text, const std::filesystem::path& file);

// A suite of the mem0 preset for a folder. Where every document and every query has a metadata field
// "tenant", it is the tenant's, likewise "user_id" of documents; "difficulty" of queries makes the groups.
Suite suite_of(const std::filesystem::path& folder, const SetFiles& files, const JudgedSet& set);

}  // namespace plimsoll::probes::eval
