// Whatever a language model answers, read_facts neither crashes nor gives back what may not be stored.
#include <cstdlib>

#include "apps/memory_api/llm/facts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace memory_api;
  std::vector<memory::Memory> known(3);
  known[0].text = "Lives in Lisbon";
  known[1].text = "Has a cat";
  const std::string answer(data, data + size);
  const auto facts = llm::read_facts(answer, known);
  if (!facts) return 0;
  if (facts->size() > llm::most_facts) std::abort();
  for (const llm::Fact& fact : *facts) {
    const bool names_known = fact.event == llm::FactEvent::update || fact.event == llm::FactEvent::remove;
    if (names_known && (!fact.known || *fact.known >= known.size())) std::abort();
    if (fact.event == llm::FactEvent::add && fact.text.empty()) std::abort();
  }
  return 0;
}
