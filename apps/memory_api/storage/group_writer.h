// What a group committer needs of an engine: one transaction for a whole group of writes.
#pragma once

#include <span>
#include <vector>

#include "apps/memory_api/storage/memory_storage.h"
#include "base/clock.h"
#include "base/error.h"

namespace memory_api::storage {

// What each operation of a group came to: a value, or a refusal (not_found, conflict, unsupported), which
// changed nothing.
using Outcomes = std::vector<base::Result<WriteOutcome>>;

// Whether an error is a refusal: the request's own fault, made before anything was written.
bool is_refusal(const base::Error& error);

// Used by one thread.
class GroupWriter {
 public:
  virtual ~GroupWriter() = default;

  // Carries the operations out in their order, in one transaction that is durable on return. An error is the
  // storage's: nothing of the group was done.
  virtual base::Result<Outcomes> commit(std::span<const WriteOperation* const> group) = 0;

  // Whether text was removed whose traces are still to be erased.
  virtual bool erasure_due() const { return false; }
  // One bounded step of that; whether it was the last one.
  virtual base::Result<bool> erase_some() { return true; }

  // Drops events older than `before`, at most a few hundred at a time.
  virtual base::Status prune_events(base::UtcTime before) = 0;
};

}  // namespace memory_api::storage
