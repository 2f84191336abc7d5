// Adds what a conversation says instead of its words: asks the language model once, on a thread of its own,
// and stores the facts in one step. Where the model fails, the messages are stored as they are and the
// outcome says so: nothing that was sent is lost.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/memory_api/llm/facts.h"
#include "apps/memory_api/llm/llm_client.h"
#include "apps/memory_api/memory/memory_service.h"
#include "telemetry/metrics.h"

namespace memory_api::llm {

struct FactResult {
  FactEvent event = FactEvent::add;
  std::string id = {};        // of the memory; that of the known one for none, where it is one
  std::string text = {};      // as it is now; as it was where it was removed
  std::string old_text = {};  // where it was changed
};

struct FactsAdded {
  std::string event_id = {};
  std::vector<FactResult> results = {};
  Tokens tokens = {};
  std::string failure = {};  // why the messages were stored as they are; empty: facts were stored
};

// Thread-safe. After three failures in a row the model is left alone for about two seconds at a time.
class FactAdder {
 public:
  FactAdder(memory::MemoryService& service, std::unique_ptr<LlmClient> client, telemetry::Registry& metrics);
  ~FactAdder();  // as close()

  // One to a thousand messages that share their entities, metadata and dates. `done` runs once; unavailable
  // where too many conversations wait already, or where the adder was closed.
  void add(const memory::Tenant& tenant, Conversation conversation, memory::Done<FactsAdded> done);

  // degraded while the newest call to the model failed.
  memory::Readiness readiness() const;

  // Refuses what waits and what is under way. Does not wait for the model: a call to it may take longer than
  // a stop.
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace memory_api::llm
