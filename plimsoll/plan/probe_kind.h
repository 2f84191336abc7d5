// What the plan's reader must know of a kind of probe; the catalogue (plimsoll/probes/catalogue.h) hands it in, so that
// plan/ knows no probe.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plimsoll/model/series.h"

namespace plimsoll::plan {

enum class FieldType {
  text, integer, number, boolean, duration, size, rate /* number above 0 */, url, path /* must exist */,
  text_list, text_map, command /* words as a shell quotes */, object /* `fields` */, object_list, any
};

// One key of a probe's entry.
struct Field {
  std::string key;
  FieldType type = FieldType::text;
  bool required = false;
  std::string description;              // one sentence: shown by `schema`, editors and errors
  std::vector<std::string> one_of = {}; // allowed texts
  std::vector<Field> fields = {};       // of object and object_list
  std::string default_text = {};        // as YAML, for the schema
};

// A series pattern that a probe of this kind can feed, so that a rule nobody can feed is a configuration error.
struct SeriesPattern {
  std::string name;        // may end in "**" where the probe names its own: bench.**
  std::string unit;        // empty: any
  model::Better better = model::Better::neither;
};

// What `plimsoll init` found in a repository for this kind: an entry and rules to write, as YAML text.
struct Detected {
  std::string entry;                    // one list item's YAML, without the dash, lines unindented
  std::vector<std::string> rules;
  std::string because;                  // "pyproject.toml names pytest-benchmark"
};

struct ProbeKind {
  std::string name;                     // the key under `probes:` and the folder's name
  std::string summary;                  // one sentence
  std::vector<Field> fields;            // its entry's keys, besides the common ones (name, state, profiles, timeout, max_duration, during)
  std::string shorthand;                // the key that a bare text entry stands for ("" : none)
  std::vector<SeriesPattern> series;
  bool needs_service = false;
  // The name of an entry without `name:`, from its config.
  std::function<std::string(const nlohmann::json& config)> default_name;
  // What the fields cannot say: exactly one of two keys, a scenario file that must itself be valid. May be empty. An
  // error's place is used as it is; without place the entry's own is.
  std::function<base::Status(const nlohmann::json& config, const std::filesystem::path& root)> check;
  // How long a probe with this config should take; 0 where nobody knows.
  std::function<std::chrono::nanoseconds(const nlohmann::json& config)> expected;
  // Entries for a repository; may be empty.
  std::function<std::vector<Detected>(const std::filesystem::path& root)> detect;
};

}  // namespace plimsoll::plan
