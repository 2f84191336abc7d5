#include "plimsoll/plan/includes.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "plimsoll/plan/fields.h"
#include "plimsoll/plan/plan_fields.h"
#include "plimsoll/plan/scalars.h"

namespace plimsoll::plan {
namespace {

using base::Result;
using base::yaml::Node;
using std::filesystem::path;

constexpr std::size_t most_documents = 64;
constexpr std::uint64_t most_bytes = 1 << 20;

// One file whatever way leads to it.
path identity(const path& file) {
  std::error_code error;
  const auto whole = std::filesystem::weakly_canonical(file, error);
  return error ? file.lexically_normal() : whole;
}

class Loader {
 public:
  explicit Loader(const Environment& environment) : environment_(environment) {}

  base::Status load(std::string_view text, const path& file);
  std::vector<Node> take() { return std::move(documents_); }

 private:
  Result<Node> read(std::string_view text, const path& file, bool is_plan);
  base::Status substitute(Node& root);
  base::Status include_all(const Node& list, const path& file);
  base::Status include(const Node& item, const path& file);

  const Environment& environment_;
  std::vector<Node> documents_;
  std::vector<path> open_;  // from the plan to the file that is read now
  std::set<path> seen_;
};

base::Status Loader::load(std::string_view text, const path& file) {
  BASE_ASSIGN(auto root, read(text, file, documents_.empty()));
  const Node* found = root.find("include");
  const Node list = found == nullptr ? Node{} : *found;
  const bool includes = found != nullptr;
  documents_.push_back(std::move(root));
  open_.push_back(identity(file));
  seen_.insert(open_.back());
  if (includes) BASE_TRY(include_all(list, file));
  open_.pop_back();
  return {};
}

Result<Node> Loader::read(std::string_view text, const path& file, bool is_plan) {
  BASE_ASSIGN(auto root, base::yaml::parse(text, file.string()));
  const auto* what = is_plan ? "the plan" : "the included file";
  if (!root.is_map()) {
    return base::fail_at(
        root.place, fmt::format("{}: expected a map of keys, found {}", what, base::yaml::describe(root)),
        is_plan ? "plimsoll init writes a plan to start from" : "");
  }
  BASE_TRY(check_keys(root, is_plan ? top_fields() : included_fields(), what));
  BASE_TRY(substitute(root));
  return root;
}

// Rules hold no placeholders: a brace there is one of a selector.
base::Status Loader::substitute(Node& root) {
  for (auto& entry : root.entries) {
    const auto braces = entry.key == "rules" ? ValueBraces::kept : ValueBraces::escaped;
    BASE_TRY(substitute_environment(entry.value, environment_, braces));
  }
  return {};
}

base::Status Loader::include_all(const Node& list, const path& file) {
  if (list.is_scalar()) return include(list, file);
  if (!list.is_sequence()) {
    return base::fail_at(
        list.place, fmt::format("include: expected a list of files, found {}", base::yaml::describe(list)));
  }
  for (const auto& item : list.items) BASE_TRY(include(item, file));
  return {};
}

base::Status Loader::include(const Node& item, const path& file) {
  const FieldContext context{.root = {}, .braces = Braces::none};
  BASE_ASSIGN(const auto name, read_text_value(item, "include", context));
  const auto target = (file.parent_path() / name).lexically_normal();
  const auto shown = base::printable(name);
  const auto known = identity(target);
  if (std::ranges::find(open_, known) != open_.end()) {
    return base::fail_at(item.place, fmt::format("include: \"{}\" includes itself, in a circle", shown));
  }
  if (seen_.contains(known)) return {};
  if (documents_.size() >= most_documents) {
    return base::fail_at(item.place, fmt::format("include: more than {} files", most_documents));
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(target, error)) {
    return base::fail_at(item.place, fmt::format("include: there is no file \"{}\"", shown),
                         "paths are relative to the including file");
  }
  const auto content = base::read_file(target, most_bytes);
  if (!content) return base::fail_at(item.place, "include: " + content.error().message, content.error().hint);
  return load(*content, target);
}

}  // namespace

Result<std::vector<Node>> load_documents(std::string_view text, const path& file,
                                         const Environment& environment) {
  Loader loader(environment);
  BASE_TRY(loader.load(text, file));
  return loader.take();
}

}  // namespace plimsoll::plan
