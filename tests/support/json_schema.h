// Holds a document against a JSON Schema (draft 2020-12), in the subset that docs/schemas/ uses. A keyword
// that it does not know is an error, so that nothing stays unchecked silently.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace plimsoll::testing {

// type, properties, required, additionalProperties, items, enum, const, minimum, maximum, anyOf, oneOf, $ref
// (to
// #/… or to another file of the folder); $schema, $id, title, description and $defs say nothing about a
// document.
class SchemaFolder {
 public:
  // Reads every *.schema.json of the folder.
  static base::Result<SchemaFolder> open(const std::filesystem::path& folder);

  std::vector<std::string> names() const;  // "check", "bench.compare", … without common

  // What is wrong, as "/judgements/0/status: …"; empty where the document is as the schema says. An unknown
  // keyword, type or $ref is wrong too.
  std::vector<std::string> problems(const base::Json& document, const std::string& name) const;

  // Keywords and references that the validator does not know, anywhere in the schema.
  std::vector<std::string> unknown_words(const std::string& name) const;

 private:
  friend class SchemaCheck;
  std::map<std::string, base::Json> files_;  // by file name
};

}  // namespace plimsoll::testing
