// What a language model is asked about a conversation, and how its answer is read: one question that finds
// the facts and settles at once which of them are new, which change a known one, and which end one. Pure text
// work.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/memory_api/llm/llm_client.h"
#include "apps/memory_api/memory/memory.h"
#include "base/error.h"

namespace memory_api::llm {

struct Conversation {
  std::vector<memory::NewMemory> messages = {};
  std::string instructions = {};             // the project's own; may be empty
  std::vector<std::string> categories = {};  // the project's own; may be empty
};

// `known` are memories of the same entities that the conversation may be about; the model sees them by their
// numbers, from 0, never by their ids.
Question facts_question(const Conversation& conversation, std::span<const memory::Memory> known);

enum class FactEvent { add, update, remove, none };

struct Fact {
  FactEvent event = FactEvent::add;
  std::optional<std::size_t> known = {};  // which known memory; set for update and remove
  std::string text = {};                  // not blank for add and update
  std::vector<std::string> categories = {};
};

inline constexpr std::size_t most_facts = 100;

// Reads {"facts": [{"event": "ADD", "text": …}, {"event": "UPDATE", "id": 3, "text": …}, {"event": "DELETE",
// "id": 2}]}, also with "memory" for "facts", bare texts for additions, and a Markdown fence around it. An
// update of what is not known is an addition; a removal of it, and facts over 8,000 bytes, are dropped. What
// is already known word for word comes back as none. corrupt where there is no such list.
base::Result<std::vector<Fact>> read_facts(std::string_view answer, std::span<const memory::Memory> known);

}  // namespace memory_api::llm
