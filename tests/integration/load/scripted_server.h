// A server on loopback that answers as a script says, however badly: what a load generator must cope with.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

struct ssl_st;
struct ssl_ctx_st;

namespace plimsoll::traffic {

// One accepted connection with a whole request read from it.
class Peer {
 public:
  explicit Peer(int fd, ssl_st* tls = nullptr) : fd_(fd), tls_(tls) {}
  bool send(std::string_view bytes);  // false where the other side is gone
  void reset();                       // RST in place of an orderly end
  void wait_until_gone();             // answers nothing until the other side closes
  int fd() const { return fd_; }
  const std::string& request() const { return request_; }  // the whole one, head and body
  ssize_t receive(char* buffer, std::size_t size);
  void say_goodbye();  // over TLS, the end that is no mere close

 private:
  friend class ScriptedServer;
  int fd_;
  std::string request_;
  ssl_st* tls_;
};

// Serves every connection in a thread of its own; stops and joins all when destroyed.
class ScriptedServer {
 public:
  // Called once a request (its number counts from 0); false closes the connection.
  using Script = std::function<bool(Peer&, int request)>;

  // `before_accept` may hold up accepting. With a TLS context it serves https. A plain one takes the greeting
  // of a TLS client for a request, as servers do.
  explicit ScriptedServer(Script script, std::function<void()> before_accept = {}, ssl_ctx_st* tls = nullptr);
  ~ScriptedServer();

  std::string url() const;
  int requests() const { return requests_; }
  int connections() const { return connections_; }

 private:
  void accept_all();
  void serve(int fd);
  void talk(Peer& peer);

  Script script_;
  std::function<void()> before_accept_;
  ssl_ctx_st* tls_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> requests_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

inline constexpr std::string_view ok_response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace plimsoll::traffic
