// A server in a process of its own that answers every request and forgets memory at a steady speed.
#pragma once

#include <string>

#include <sys/types.h>

namespace plimsoll::traffic {

struct LeakyOptions {
  double leak_bytes_per_second = 0;
  std::size_t saw_bytes = 0;  // collected garbage: grows to this and falls, every two seconds
};

// Killed with the object. Start it before the test has threads.
class LeakyServer {
 public:
  explicit LeakyServer(const LeakyOptions& options);
  ~LeakyServer();
  LeakyServer(const LeakyServer&) = delete;
  LeakyServer& operator=(const LeakyServer&) = delete;

  std::string url() const;
  pid_t pid() const { return pid_; }

 private:
  int port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace plimsoll::traffic
