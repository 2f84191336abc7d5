// What the plan's reader must know of a kind of probe; the catalogue (plimsoll/probes/catalogue.h) hands it
// in, so that plan/ knows no probe.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "base/yaml.h"
#include "plimsoll/model/rule.h"
#include "plimsoll/model/series.h"

namespace plimsoll::plan {

// What a key's value must be, and what it becomes in the config's JSON. Texts may hold placeholders, kept as
// written.
enum class FieldType {
  text,         // a string
  integer,      // a whole number from 0
  number,       // a finite number
  boolean,      // true or false
  duration,     // `30s`, above 0; in JSON a number of seconds
  size,         // `64MiB`; in JSON a number of bytes
  rate,         // a number above 0, per second
  url,          // http:// or https://, a string
  path,         // of a file or folder that exists, relative to the plan's folder; a string as written
  text_list,    // in JSON an array of strings
  text_map,     // in JSON an object of strings
  command,      // words as a POSIX shell quotes, or a list of words; in JSON an array of strings
  object,       // a map of `fields`
  object_list,  // a list of maps of `fields`
  any           // taken as it stands: plain true, false and numbers keep their type
};

// One key of a probe's entry.
struct Field {
  std::string key;
  FieldType type = FieldType::text;
  bool required = false;
  std::string description;               // one sentence: shown by `schema`, editors and errors
  std::vector<std::string> one_of = {};  // allowed texts
  std::vector<Field> fields = {};        // of object and object_list
  std::string default_text = {};         // as YAML; filled in where the key is absent
  bool content_counts = false;  // of a path: the file says how to measure (a scenario, a suite), so that its
                                // content is part of ProbePlan::digest()
  bool says_how_to_measure = true;  // false: runs with and without it compare (ProbePlan::digest())
  // Takes a map in place of a text, for a key that is one or the other; what it returns stands in the config
  // as a text. Its errors have their places. May be empty.
  std::function<base::Result<std::string>(const base::yaml::Node& map)> read_map = {};
};

// A series pattern that a probe of this kind can feed, so that a rule nobody can feed is a configuration
// error.
struct SeriesPattern {
  std::string name;  // may end in "**" where the probe names its own: bench.**
  std::string unit;  // empty: any
  model::Better better = model::Better::neither;
};

// What `plimsoll init` found in a repository for this kind: an entry and rules to write, as YAML text.
struct Detected {
  std::string entry;  // one list item's YAML, without the dash, lines unindented
  std::vector<std::string> rules;
  std::string because;  // "pyproject.toml names pytest-benchmark"
  std::string
      service;  // YAML of the `service:` section that the entry needs, unindented; "" where it needs none
};

struct ProbeKind {
  std::string name;           // the key under `probes:` and the folder's name
  std::string summary;        // one sentence
  std::vector<Field> fields;  // its entry's keys, besides the common ones (name, state, profiles, timeout,
                              // max_duration, during)
  std::string shorthand;      // the key that a bare text entry stands for ("" : none)
  std::vector<SeriesPattern> series;
  std::string identity_label;  // the label whose value is the probe's name (load: scenario); empty: none
  std::string
      optional_label;  // the same where only some of its series have it (exec: source, of what a format
                       // read): a rule that asks for another value of it is not about this probe
  bool needs_service = false;  // cannot run without `service:` or a URL of its own
  bool uses_service = false;   // the service runs meanwhile where the plan has one
  bool extendable = false;  // obeys Task::extend, so that sampling can go on while a threshold is undecided
  // The name of an entry without `name:`, from its config.
  std::function<std::string(const nlohmann::json& config)> default_name;
  // What the fields cannot say: exactly one of two keys, a scenario file that must itself be valid. May be
  // empty. An error's place is used as it is; without place it gets that of the value of KEY where its
  // message starts with `KEY: `, else the entry's own.
  std::function<base::Status(const nlohmann::json& config, const std::filesystem::path& root)> check;
  // Files behind those of the fields that say how it measures too (a suite's corpus): their content is part
  // of ProbePlan::digest() as well. Called where `check` found nothing wrong; may be empty.
  std::function<std::vector<std::filesystem::path>(const nlohmann::json& config,
                                                   const std::filesystem::path& root)>
      counted_files;
  // Rules that the probe's own files ask for (a scenario's thresholds); they join the plan's, held to the
  // probe by `identity_label` where they do not name one. Called where `check` found nothing wrong; may be
  // empty.
  std::function<base::Result<std::vector<model::Rule>>(const nlohmann::json& config,
                                                       const std::filesystem::path& root)>
      rules;
  // Values of `identity_label` where a probe with this config has others than its name (several scenarios in
  // one file); an empty list: its name. May be empty.
  std::function<std::vector<std::string>(const nlohmann::json& config, const std::filesystem::path& root)>
      identities;
  // How long a probe with this config should take; 0 where nobody knows.
  std::function<std::chrono::nanoseconds(const nlohmann::json& config, const std::filesystem::path& root)>
      expected;
  // Entries for a repository; may be empty.
  std::function<std::vector<Detected>(const std::filesystem::path& root)> detect;
};

}  // namespace plimsoll::plan
