// plimsoll.yaml as a value: validated, placeholders still unexpanded where only the run knows them ({port},
// {workdir}).
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "plimsoll/model/rule.h"

namespace plimsoll::plan {

// The service that Plimsoll guards: one it starts, or one that runs already.
struct Service {
  std::vector<std::string> start;  // words, with {port}, {workdir}; empty where url is set
  std::string ready = "/";         // path asked for until it answers 200
  std::chrono::nanoseconds ready_timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds stop_timeout = std::chrono::seconds(10);
  std::string url;                                 // of a service that runs already
  std::map<std::string, std::string> headers;      // sent with every request; values may hold {file:…}
  std::map<std::string, std::string> environment;  // for the started process
  std::string metrics;                             // path, or empty
  base::Place place;
};

// One probe to run. `config` is its entry in the plan as JSON (FieldType says how), without the common keys,
// defaults filled in, checked against its kind's fields.
struct ProbePlan {
  std::string kind;  // load, bench, eval, exec, import …
  std::string name;  // unique within its kind
  std::shared_ptr<const nlohmann::json> config;
  bool fresh_state = false;                    // state: fresh → a start of the service of its own
  std::vector<std::string> profiles;           // only in these; empty: in every one
  std::string during;                          // "kind/name" of the probe beside which it runs; empty: alone
  std::chrono::nanoseconds expected = {};      // how long it should take; 0: unknown
  std::chrono::nanoseconds max_duration = {};  // sampling is extended up to this: 3 × expected where the plan
                                               // says nothing; 0: unknown
  std::chrono::nanoseconds timeout = {};  // killed after this: a hang is a crash. Never 0: where the plan
                                          // says nothing, 2 × max_duration + 1 min, or 30 min
  std::string content_digest;             // of the files that say how it measures; "" where there are none
  std::vector<std::string> uncounted;     // keys of `config` that do not say how it measures
  std::vector<std::string> identities;    // in its kind's identity label; empty: its name
  base::Place place;

  // Equal digests measure the same way, so their runs compare. 16 hexadecimal digits; the name and place do
  // not count.
  std::string digest() const;
};

// How base is built for `check --base REV`.
struct Base {
  std::vector<std::string> build;  // words of the command, run in the temporary worktree
};

// A choice of probes for an occasion: `check --profile NAME`. Probes with `profiles:` that do not list it are
// left out.
struct Profile {
  std::chrono::nanoseconds budget = {};  // as --budget; 0: none
  std::vector<std::string> only;         // as --only: kinds or "kind/name"; empty: every one
};

struct Plan {
  std::string project;                          // `project:`, else the folder's name
  std::filesystem::path file;                   // the plan's own path
  std::filesystem::path root;                   // its folder: commands run here, paths are relative to it
  std::string store = ".plimsoll/evidence.db";  // URL, relative to root
  std::string base_branch = "main";
  std::optional<Service> service;
  std::optional<Base> base;
  std::vector<ProbePlan> probes;  // in the plan's order
  std::vector<model::Rule> rules;
  std::map<std::string, Profile> profiles;  // `pr` and `nightly` are always there
};

}  // namespace plimsoll::plan
