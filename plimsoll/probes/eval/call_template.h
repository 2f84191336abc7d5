// The requests of an evaluation with holes in them: {text} {title} {content} {id} {tenant} {user} {top_k}
// {set}.
// "{{" is a brace; a single "}" means itself. {content} is the title, a line break and the text, or the text
// alone where there is no title. In a body each text value is a template of its own, so that what is filled
// in can never break the JSON; a value that is nothing but {top_k} becomes a number.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "base/yaml.h"

namespace plimsoll::probes::eval {

inline constexpr std::array<std::string_view, 8> hole_names = {"text",   "title", "content", "id",
                                                               "tenant", "user",  "top_k",   "set"};

// What goes into the holes; one that is absent is the empty text.
using Holes = std::map<std::string, std::string, std::less<>>;

// invalid_argument names an unknown hole or one that is not closed.
base::Status check_template(std::string_view text);

// Of a text that check_template took.
std::string fill(std::string_view text, const Holes& holes);
std::string fill_path(std::string_view text, const Holes& holes);  // percent-encodes what it fills in

// Whether {name} stands in it.
bool has_hole(std::string_view text, std::string_view name);

class BodyTemplate {
 public:
  BodyTemplate();  // no body

  // From the suite: a map or list. Unquoted scalars that are null, true, false or numbers in JSON are those.
  static base::Result<BodyTemplate> read(const base::yaml::Node& node);
  static BodyTemplate of(const nlohmann::json& json);  // whose texts check_template takes

  bool empty() const { return json_ == nullptr; }
  bool uses(std::string_view name) const;
  std::string fill(const Holes& holes) const;  // JSON; "" where there is no body

 private:
  std::shared_ptr<const nlohmann::json> json_;
};

}  // namespace plimsoll::probes::eval
