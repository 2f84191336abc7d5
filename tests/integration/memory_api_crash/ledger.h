// What was asked of a store and what it acknowledged, and so what it must hold after a crash: every
// acknowledged write, nothing that was acknowledged as removed; of what was under way, the old state or the
// new one and nothing between.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace memory_api::crash {

// Thread-safe, but for `settle`.
class Ledger {
 public:
  void added(const std::string& id, const std::string& text);
  void updating(const std::string& id, const std::string& text);
  void updated(const std::string& id);
  void removing(const std::string& id);
  void removed(const std::string& id);

  // One that may be changed now, taken out until its change is acknowledged; nothing where there is none.
  std::optional<std::string> take();

  // The text that the store holds for an id; nothing where it holds none.
  using Read = std::function<std::optional<std::string>(const std::string& id)>;
  // Broken promises, one sentence each. What was under way counts from here on as the store has it.
  std::vector<std::string> settle(const Read& read);

  std::size_t acknowledged() const;

 private:
  struct Item {
    std::string text;                    // acknowledged
    std::optional<std::string> pending;  // asked for since
    bool is_removing = false;
    bool is_removed = false;  // acknowledged
  };
  std::optional<std::string> violation(const std::string& id, const Item& item,
                                       const std::optional<std::string>& found) const;

  mutable std::mutex mutex_;
  std::map<std::string, Item> items_;
  std::set<std::string> free_;
  std::size_t acknowledged_ = 0;
};

// How many rounds a campaign has: PLIMSOLL_CRASH_ROUNDS, or `usual`.
int crash_rounds(int usual);

}  // namespace memory_api::crash
