// Reading a scenario's YAML field by field, with errors that name the place.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/yaml.h"

namespace plimsoll::traffic::fields {

using base::yaml::Node;

// "expected …, found …" at the node's place.
std::unexpected<base::Error> wrong(const Node& node, std::string expected);

// The error of a text's own reader, at the text's place.
template <class T>
base::Result<T> at_place(base::Result<T> result, const base::Place& place) {
  if (!result && !result.error().place) result.error().place = place;
  if (!result) result.error().code = base::ErrorCode::invalid_argument;
  return result;
}

base::Result<std::string> text_of(const Node& node);  // not empty
base::Result<std::string> name_of(const Node& node);  // a text of at most 200 bytes
base::Result<bool> flag_of(const Node& node);
base::Result<double> number_of(const Node& node, double low, double high, const std::string& what);
base::Result<int> count_of(const Node& node, int low, const std::string& what);
base::Result<base::Nanoseconds> duration_of(const Node& node, bool may_be_zero);

// Keys and what reads their values; the error for an unknown key names the nearest known one.
using Reader = std::function<base::Status(const Node&)>;
using Readers = std::vector<std::pair<std::string, Reader>>;
base::Status read_map(const Node& node, const std::string& what, const Readers& readers);

template <class T, class Parse>
Reader into(T& target, Parse parse) {
  return [&target, parse](const Node& node) -> base::Status {
    BASE_ASSIGN(target, parse(node));
    return {};
  };
}

}  // namespace plimsoll::traffic::fields
