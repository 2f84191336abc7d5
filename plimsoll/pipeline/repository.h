// What git knows of the guarded project. Asked through the git program; outside a repository everything is
// empty.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace plimsoll::pipeline {

struct Revision {
  std::optional<std::string> commit;  // full hash
  std::optional<std::string> branch;  // nullopt when detached; then CI's own variables are asked
  bool dirty = false;                 // tracked files were changed
};

Revision current_revision(const std::filesystem::path& root);

// The commits of `base_branch` (local, else of origin) that HEAD stands on: the merge base and its ancestors,
// newest first, at most `limit`. Empty outside a repository or where there is no such branch.
std::vector<std::string> base_commits(const std::filesystem::path& root, const std::string& base_branch,
                                      std::size_t limit = 2000);

struct CommitWords {
  std::string author, subject;  // UTF-8 as git has it, at most 200 bytes each
};

// Of those commits (full hashes) that the repository has, by hash; no e-mail addresses.
std::map<std::string, CommitWords> commit_words(const std::filesystem::path& root,
                                                std::span<const std::string> commits);

// Which of those commits (hashes, 7 digits or more) the repository has.
std::set<std::string> known_commits(const std::filesystem::path& root, std::span<const std::string> commits);

// The URL of the remote `origin`; nothing where there is none.
std::optional<std::string> origin_url(const std::filesystem::path& root);

// A checkout of a revision beside the project's own, gone with the object.
class Worktree {
 public:
  // invalid_argument where git knows no such revision.
  static base::Result<Worktree> create(const std::filesystem::path& root, const std::string& revision,
                                       const std::filesystem::path& folder);
  Worktree(Worktree&&) = default;
  Worktree& operator=(Worktree&&) = default;
  ~Worktree();

  const std::filesystem::path& path() const { return path_; }
  const std::string& commit() const { return commit_; }

 private:
  Worktree(std::filesystem::path root, std::filesystem::path path, std::string commit)
      : root_(std::move(root)), path_(std::move(path)), commit_(std::move(commit)) {}
  std::filesystem::path root_, path_;
  std::string commit_;
};

}  // namespace plimsoll::pipeline
