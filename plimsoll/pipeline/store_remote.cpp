#include "plimsoll/pipeline/store_remote.h"

#include <sstream>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

namespace plimsoll::pipeline {
namespace {

constexpr const char* file_name = "plimsoll-evidence.jsonl";
constexpr auto git_timeout = std::chrono::minutes(5);
constexpr int push_attempts = 3;
constexpr std::uint64_t most_bytes = 2ull << 30;

// Where a remote keeps its one file, and how it gets there.
class Remote {
 public:
  virtual ~Remote() = default;
  virtual base::Result<std::string> read() = 0;                // not_found where it does not exist yet
  virtual base::Status write(const std::string& content) = 0;  // conflict: somebody else wrote since read()
};

class FileRemote final : public Remote {
 public:
  explicit FileRemote(std::filesystem::path path) : path_(std::move(path)) {}
  base::Result<std::string> read() override { return base::system_files().read(path_, most_bytes); }
  base::Status write(const std::string& content) override {
    if (path_.has_parent_path()) BASE_TRY(base::system_files().create_folders(path_.parent_path()));
    return base::system_files().write_atomically(path_, content);
  }

 private:
  std::filesystem::path path_;
};

base::Result<std::string> git(std::vector<std::string> arguments, std::string input = {}) {
  base::ProcessOptions options;
  options.arguments = {"git"};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.input = std::move(input);
  options.tail_bytes = most_bytes;
  BASE_ASSIGN(const base::Exit exit, base::run_process(std::move(options), git_timeout));
  if (exit.ok()) return exit.output_tail;
  return base::fail(base::ErrorCode::unavailable, "git " + arguments.front() + " " + exit.describe() + ": " +
                                                      base::printable(base::trim(exit.error_tail), true));
}

base::Result<std::string> git_word(std::vector<std::string> arguments, std::string input = {}) {
  BASE_ASSIGN(const std::string output, git(std::move(arguments), std::move(input)));
  return std::string(base::trim(output));
}

// The file is the only entry of the tree of a commit that the ref points to; no working tree is touched.
class GitRemote final : public Remote {
 public:
  explicit GitRemote(std::string ref) : ref_(ref.starts_with("refs/") ? ref : "refs/heads/" + ref) {}

  base::Result<std::string> read() override {
    has_origin_ = git({"remote", "get-url", "origin"}).has_value();
    if (has_origin_) {
      BASE_ASSIGN(const std::string there, git_word({"ls-remote", "origin", ref_}));
      if (!there.empty()) BASE_TRY(git({"fetch", "--quiet", "--no-tags", "origin", "+" + ref_ + ":" + ref_}));
    }
    const auto tip = git_word({"rev-parse", "--verify", "--quiet", ref_});
    if (!tip) return base::fail(base::ErrorCode::not_found, ref_ + " does not exist yet");
    tip_ = *tip;
    return git({"cat-file", "blob", tip_ + ":" + file_name});
  }

  base::Status write(const std::string& content) override {
    BASE_ASSIGN(const std::string blob, git_word({"hash-object", "-w", "--stdin"}, content));
    BASE_ASSIGN(const std::string tree,
                git_word({"mktree"}, "100644 blob " + blob + "\t" + file_name + "\n"));
    // A commit without parent: the ref holds the newest store, not the history of stores.
    BASE_ASSIGN(const std::string commit,
                git_word({"-c", "user.name=plimsoll", "-c", "user.email=plimsoll@localhost", "commit-tree",
                          tree, "-m", "plimsoll: evidence"}));
    const std::string old = tip_.empty() ? std::string(commit.size(), '0') : tip_;
    if (!git({"update-ref", ref_, commit, old})) return conflict();
    if (!has_origin_) return {};
    const std::string lease = "--force-with-lease=" + ref_ + ":" + tip_;
    if (!git({"push", "--quiet", lease, "origin", commit + ":" + ref_})) return conflict();
    return {};
  }

 private:
  base::Status conflict() const {
    return base::fail(base::ErrorCode::conflict,
                      ref_ + " was changed by somebody else meanwhile, or may not be written");
  }

  std::string ref_;
  std::string tip_;
  bool has_origin_ = false;
};

std::unique_ptr<Remote> make_remote(const std::string& remote) {
  const std::string scheme = "git:";
  if (remote.starts_with(scheme)) return std::make_unique<GitRemote>(remote.substr(scheme.size()));
  std::error_code error;
  const bool folder = remote.ends_with('/') || std::filesystem::is_directory(remote, error);
  return std::make_unique<FileRemote>(folder ? std::filesystem::path(remote) / file_name
                                             : std::filesystem::path(remote));
}

// What the remote has and what we have, as one file. Merged in a store of its own, so that push changes
// nothing here.
base::Result<std::pair<std::string, std::uint64_t>> merged(evidence::EvidenceStore& store,
                                                           const std::string& there,
                                                           const std::string& name) {
  BASE_ASSIGN(const base::TemporaryFolder folder, base::TemporaryFolder::create("plimsoll-push"));
  BASE_ASSIGN(const auto both, evidence::open_store((folder.path() / "merged.db").string()));
  std::stringstream ours;
  BASE_TRY(store.export_to(ours, {}));
  BASE_TRY(both->import_from(ours, "this store"));
  if (!there.empty()) {
    std::istringstream theirs(there);
    BASE_TRY(both->import_from(theirs, name));
  }
  std::ostringstream text;
  BASE_TRY(both->export_to(text, {}));
  BASE_ASSIGN(const std::vector<model::Run> runs, both->runs({}));
  return std::pair{text.str(), static_cast<std::uint64_t>(runs.size())};
}

}  // namespace

base::Result<std::uint64_t> push_store(evidence::EvidenceStore& store, const std::string& remote) {
  for (int attempt = 1;; ++attempt) {
    const std::unique_ptr<Remote> place = make_remote(remote);
    const base::Result<std::string> there = place->read();
    if (!there && there.error().code != base::ErrorCode::not_found) return std::unexpected(there.error());
    BASE_ASSIGN(const auto both, merged(store, there ? *there : "", remote));
    const base::Status written = place->write(both.first);
    if (written) return both.second;
    if (written.error().code != base::ErrorCode::conflict || attempt == push_attempts) {
      return std::unexpected(written.error());
    }
  }
}

base::Result<std::uint64_t> pull_store(evidence::EvidenceStore& store, const std::string& remote) {
  const std::unique_ptr<Remote> place = make_remote(remote);
  const base::Result<std::string> there = place->read();
  if (!there && there.error().code == base::ErrorCode::not_found) return 0;
  if (!there) return std::unexpected(there.error());
  std::istringstream text(*there);
  return store.import_from(text, remote);
}

}  // namespace plimsoll::pipeline
