#include "plimsoll/plan/detect/repository.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/json.h"

namespace plimsoll::plan::detect {
namespace {

namespace fs = std::filesystem;

constexpr int deepest = 6;
constexpr int most_entries = 20'000;
constexpr std::uint64_t most_bytes = 1 << 20;

bool is_left_out(const std::string& folder) {
  constexpr std::array<std::string_view, 9> names = {"node_modules", "venv",          "env",
                                                     "__pycache__",  "site-packages", "third_party",
                                                     "_deps",        "vendor",        "target"};
  if (folder.starts_with('.') || folder.starts_with("cmake-build")) return true;
  return folder.starts_with("build") || std::ranges::find(names, folder) != names.end();
}

}  // namespace

std::vector<fs::path> find_files(const fs::path& root,
                                 const std::function<bool(std::string_view name)>& wanted) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
  for (int seen = 0; !error && at != fs::end(at) && seen < most_entries; at.increment(error), ++seen) {
    std::error_code ignored;
    const auto name = at->path().filename().string();
    if (at->is_symlink(ignored)) continue;
    if (at->is_directory(ignored) && (at.depth() + 1 >= deepest || is_left_out(name))) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(ignored) && wanted(name)) {
      found.push_back(at->path().lexically_relative(root));
    }
  }
  std::ranges::sort(found);
  return found;
}

std::string text_of(const fs::path& file) {
  return base::read_file(file, most_bytes).value_or("");
}

std::string as_yaml(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '/' || c == '.';
  };
  const auto plain = [&](char c) { return letter(c) || std::string_view("-+=*%< ").contains(c); };
  const bool bare = !text.empty() && letter(text.front()) && text.back() != ' ' &&
                    std::ranges::all_of(text, plain) && !base::Json::accept(text);
  return bare ? std::string(text) : base::dump(base::Json(text));
}

}  // namespace plimsoll::plan::detect
