// Readers of the single values of a suite; errors stand at the value.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/yaml.h"
#include "plimsoll/probes/eval/suite.h"

namespace plimsoll::probes::eval {

using FieldReader = std::function<base::Status(const base::yaml::Node&)>;
using FieldReaders = std::vector<std::pair<std::string, FieldReader>>;

// Each key by its reader; an unknown one is refused with the nearest known one, an empty value with its key.
base::Status read_map(const base::yaml::Node& node, std::string_view what, const FieldReaders& readers);

std::unexpected<base::Error> wrong(const base::yaml::Node& node, std::string_view expected);

base::Result<std::string> text_of(const base::yaml::Node& node);
base::Result<std::string> template_of(const base::yaml::Node& node);
base::Result<std::string> one_of(const base::yaml::Node& node, const std::vector<std::string>& words);
base::Result<long long> integer_of(const base::yaml::Node& node, long long low, long long high);

// Whether it can be the key of a label.
bool is_label(std::string_view text);

FieldReader text_into(std::string& target);
FieldReader duration_into(std::chrono::nanoseconds& target);
// A file or folder that exists, relative to `folder`.
FieldReader path_into(const std::filesystem::path& folder, std::filesystem::path& target);
// A JSON pointer (RFC 6901); "/" alone and "" mean the whole.
FieldReader pointer_into(std::string& target);

// method, path and body.
FieldReaders call_readers(Call& call);

}  // namespace plimsoll::probes::eval
