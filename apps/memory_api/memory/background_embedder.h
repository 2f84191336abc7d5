// Gives memories their vectors after they were acknowledged, on a thread of its own, and makes those of
// queries. What waits for a vector is known to the storage, so nothing is lost with the process and nothing
// piles up in memory: this asks for the newest, embeds them in batches of similar length, stores them, again.
//
// An embedder that fails is left alone and tried once a second. Until it works again, queries are answered
// without it. So it is, too, while the storage can keep no vectors, or another process on it keeps those of
// another embedder: the one that was started last decides whose they are.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/memory/memory_service.h"
#include "apps/memory_api/search/embedder.h"
#include "apps/memory_api/storage/memory_storage.h"
#include "base/clock.h"
#include "base/error.h"

namespace memory_api::memory {

struct QueryVector {
  std::vector<float> values = {};  // of unit length
  std::string embedder = {};
  double trust = 1;  // 0 … 1
};

// Thread-safe. The storage outlives it.
class BackgroundEmbedder {
 public:
  BackgroundEmbedder(storage::MemoryStorage& storage, std::unique_ptr<search::Embedder> embedder,
                     const base::Clock& clock);
  ~BackgroundEmbedder();  // as close()

  // Texts may wait: something was written.
  void wake();

  // At once where the embedder does not work: unavailable. Else it takes a second at most; one that takes
  // longer, or fails, does not work from then on.
  base::Result<QueryVector> embed_query(std::string_view text);

  // Runs a task that calls embed_query: on a thread that may wait where the embedder is another program, else
  // on the caller's. Where no such thread is free soon, and after close(), the task gets false, on whatever
  // thread, and must not call it.
  void run(std::move_only_function<void(bool may_wait)> task);

  // ok, or degraded: the embedder does not work, or memories have waited for more than 5 seconds.
  EmbedderReadiness readiness() const;
  bool is_behind() const;

  // Ends the threads; texts that wait, wait for the next start, and tasks that wait are run with false. Takes
  // as long as a batch or a late text, 4 seconds at most.
  void close();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace memory_api::memory
