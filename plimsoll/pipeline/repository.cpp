#include "plimsoll/pipeline/repository.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iterator>

#include "base/process.h"
#include "base/text.h"

namespace plimsoll::pipeline {
namespace {

constexpr auto git_timeout = std::chrono::seconds(20);

// The trimmed output of one git command; nothing where it failed or git is not there.
std::optional<std::string> git(const std::filesystem::path& root, std::vector<std::string> arguments) {
  base::ProcessOptions options;
  options.arguments = {"git", "-C", root.string()};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.environment = {{"GIT_OPTIONAL_LOCKS", "0"}, {"LC_ALL", "C"}};
  options.tail_bytes = 4 << 20;
  const auto exit = base::run_process(std::move(options), git_timeout);
  if (!exit || !exit->ok()) return std::nullopt;
  return std::string(base::trim(exit->output_tail));
}

std::optional<std::string> branch_from_ci() {
  for (const char* name : {"GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "BUILDKITE_BRANCH"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return std::nullopt;
}

bool is_hash(const std::string& text, std::size_t least_digits = 40) {
  const auto hexadecimal = [](unsigned char c) { return std::isxdigit(c) != 0; };
  return text.size() >= least_digits && text.size() <= 64 && std::ranges::all_of(text, hexadecimal);
}

}  // namespace

Revision current_revision(const std::filesystem::path& root) {
  Revision revision;
  revision.commit = git(root, {"rev-parse", "--verify", "HEAD"});
  if (!revision.commit) return revision;
  revision.branch = git(root, {"symbolic-ref", "--short", "-q", "HEAD"});
  if (!revision.branch) revision.branch = branch_from_ci();
  const auto changes = git(root, {"status", "--porcelain", "--untracked-files=no"});
  revision.dirty = !changes || !changes->empty();
  return revision;
}

std::vector<std::string> base_commits(const std::filesystem::path& root, const std::string& base_branch,
                                      std::size_t limit) {
  for (const std::string& name : {"refs/heads/" + base_branch, "refs/remotes/origin/" + base_branch}) {
    const auto merge_base = git(root, {"merge-base", "HEAD", name});
    if (!merge_base) continue;
    const auto commits = git(root, {"rev-list", "--max-count=" + std::to_string(limit), *merge_base});
    if (commits) return base::split(*commits, '\n');
  }
  return {};
}

std::set<std::string> known_commits(const std::filesystem::path& root, std::span<const std::string> commits) {
  std::vector<std::string> arguments = {"log", "--no-walk=unsorted", "--ignore-missing", "--format=%H",
                                        "--end-of-options"};
  std::set<std::string> asked;
  std::ranges::copy_if(commits, std::inserter(asked, asked.end()),
                       [](const std::string& commit) { return is_hash(commit, 7); });
  if (asked.empty()) return {};
  arguments.insert(arguments.end(), asked.begin(), asked.end());
  const auto output = git(root, std::move(arguments));
  if (!output) return {};
  std::set<std::string> full;
  for (std::string& line : base::split(*output, '\n')) full.insert(std::move(line));
  std::erase_if(asked, [&](const std::string& commit) {
    const auto found = full.lower_bound(commit);
    return found == full.end() || !found->starts_with(commit);
  });
  return asked;
}

std::map<std::string, CommitWords> commit_words(const std::filesystem::path& root,
                                                std::span<const std::string> commits) {
  std::vector<std::string> arguments = {"log", "--no-walk=unsorted", "--ignore-missing",
                                        "--format=%H%x1f%an%x1f%s", "--end-of-options"};
  const std::size_t options = arguments.size();
  std::ranges::copy_if(commits, std::back_inserter(arguments),
                       [](const std::string& commit) { return is_hash(commit); });
  std::map<std::string, CommitWords> words;
  if (arguments.size() == options) return words;
  const auto output = git(root, std::move(arguments));
  if (!output) return words;
  for (const std::string& line : base::split(*output, '\n')) {
    const std::vector<std::string> fields = base::split(line, '\x1f');
    if (fields.size() == 3) words[fields[0]] = {fields[1].substr(0, 200), fields[2].substr(0, 200)};
  }
  return words;
}

std::optional<std::string> origin_url(const std::filesystem::path& root) {
  auto url = git(root, {"remote", "get-url", "origin"});
  return url && !url->empty() ? url : std::nullopt;
}

base::Result<Worktree> Worktree::create(const std::filesystem::path& root, const std::string& revision,
                                        const std::filesystem::path& folder) {
  const auto commit = git(root, {"rev-parse", "--verify", "--end-of-options", revision + "^{commit}"});
  if (!commit) {
    return base::fail(base::ErrorCode::invalid_argument, "git knows no revision \"" + revision + "\" here");
  }
  if (!git(root, {"worktree", "add", "--detach", "--force", folder.string(), *commit})) {
    return base::fail(base::ErrorCode::io, "git worktree add " + folder.string() + " failed");
  }
  return Worktree(root, folder, *commit);
}

Worktree::~Worktree() {
  if (!path_.empty()) git(root_, {"worktree", "remove", "--force", path_.string()});
}

}  // namespace plimsoll::pipeline
