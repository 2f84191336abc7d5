// YAML from outside, as a tree whose every key and value knows its place. yaml-cpp stays in yaml.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace base::yaml {

enum class Kind { null, scalar, sequence, map };

struct Entry;

// One value. `place` is where it starts; an empty value has the place of its key or dash.
struct Node {
  Kind kind = Kind::null;
  std::string text;            // of a scalar, unquoted
  bool quoted = false;         // a quoted scalar is a string whatever it looks like
  std::vector<Node> items;     // of a sequence
  std::vector<Entry> entries;  // of a map, in the file's order
  Place place;

  const Node* find(std::string_view key) const;  // nullptr where absent
  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_map() const { return kind == Kind::map; }
};

struct Entry {
  std::string key;
  Place key_place;
  Node value;
};

struct Limits {
  std::size_t bytes = 1u << 20;
  int depth = 64;
};

// One UTF-8 document. Refused with a place: broken YAML, a second document, duplicate keys, keys that are not
// scalars, aliases and merge keys (they let a small file become a huge one), control characters, invalid
// UTF-8, a BOM is skipped, more than the limits. `file` is only the name in places.
Result<Node> parse(std::string_view text, std::string_view file, const Limits& limits = {});

// What a node is, for messages: "a map", "a list", "nothing", "the text \"x\"".
std::string describe(const Node& node);

}  // namespace base::yaml
