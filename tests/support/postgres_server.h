// A real PostgreSQL of the machine's, in a folder of its own, on a free port, as a user who is not root.
#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "base/process.h"

namespace test_support {

class PostgresServer {
 public:
  // With vectors: it has pgvector, from PLIMSOLL_PGVECTOR (a folder that holds a server with it) or from
  // where
  // `./dev pgvector` lays one.
  enum class Kind { usual, with_vectors };

  // Why there can be none here, as a sentence for GTEST_SKIP; empty: there can.
  static std::string missing(Kind kind = Kind::usual);
  static bool usual_has_vectors();

  // Ready on return. Throws where it does not start.
  explicit PostgresServer(Kind kind = Kind::usual);
  ~PostgresServer();

  int port() const { return port_; }
  std::string url(const std::string& database = "postgres") const;

  // A new, empty one; its URL.
  std::string create_database();
  // Several statements, in a database of this server.
  void run(const std::string& url, const std::string& sql);

  void kill();   // SIGKILL to the server and every process of it
  void start();  // again, after kill or stop; ready on return
  void stop();   // in order
  // Goes on, but answers nobody (SIGSTOP), and answers again.
  void freeze();
  void thaw();

 private:
  void signal_all(int signal) const;
  bool answers() const;

  std::string programs_;
  base::TemporaryFolder folder_;
  int port_ = 0;
  int databases_ = 0;
  std::unique_ptr<base::Process> process_;
};

// One of each kind for the whole test program, started where it is first asked for.
PostgresServer& shared_postgres(PostgresServer::Kind kind = PostgresServer::Kind::usual);

}  // namespace test_support
