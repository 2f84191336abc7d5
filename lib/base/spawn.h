// fork and exec, prepared so that the child makes only async-signal-safe calls. Behind process.cpp; nobody
// else's business.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/error.h"
#include "base/file.h"

namespace base {

struct SpawnRequest {
  std::vector<std::string> arguments;    // arguments[0] is looked up in this process's PATH
  std::vector<std::string> environment;  // "NAME=value", all of it
  std::string folder;                    // empty: this process's
  // What becomes the child's descriptors 0 to 3; -1 leaves 0 to 2 as they are and 3 closed. Each at least 4
  // (lifted()).
  std::array<int, 4> descriptors = {-1, -1, -1, -1};
  bool die_with_parent = true;
  std::uint64_t memory_limit_bytes = 0;
};

// Starts the program as leader of a process group of its own, with default signal dispositions, an empty
// signal mask and no other descriptor than those above. Returns once the program runs; the caller reaps it.
// not_found where program or folder do not exist, permission, io.
Result<pid_t> spawn(const SpawnRequest& request);

// The same file under a descriptor of at least 4, so that dup2 onto 0 to 3 overwrites nothing that is still
// needed.
Result<FileDescriptor> lifted(FileDescriptor descriptor);

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};
Result<Pipe> open_pipe();  // both ends lifted and closed on exec

}  // namespace base
