// One writer a store: a lock of the operating system on `FILE.lock`, which a killed process loses by itself.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/file.h"

namespace plimsoll::evidence {

class WriterLock {
 public:
  // Never waits. conflict, naming the store and the process, where somebody else holds it.
  static base::Result<WriterLock> acquire(const std::filesystem::path& store);

 private:
  explicit WriterLock(base::FileDescriptor file) : file_(std::move(file)) {}
  base::FileDescriptor file_;
};

}  // namespace plimsoll::evidence
