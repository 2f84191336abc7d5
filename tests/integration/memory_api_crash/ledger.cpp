#include "tests/integration/memory_api_crash/ledger.h"

#include <cstdlib>

#include "base/text.h"

namespace memory_api::crash {

void Ledger::added(const std::string& id, const std::string& text) {
  const std::lock_guard lock(mutex_);
  items_[id] = {text, {}, false, false};
  free_.insert(id);
  ++acknowledged_;
}

void Ledger::updating(const std::string& id, const std::string& text) {
  const std::lock_guard lock(mutex_);
  items_[id].pending = text;
}

void Ledger::updated(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Item& item = items_[id];
  item.text = *item.pending;
  item.pending.reset();
  free_.insert(id);
  ++acknowledged_;
}

void Ledger::removing(const std::string& id) {
  const std::lock_guard lock(mutex_);
  items_[id].is_removing = true;
}

void Ledger::removed(const std::string& id) {
  const std::lock_guard lock(mutex_);
  items_[id].is_removed = true;
  ++acknowledged_;
}

std::optional<std::string> Ledger::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::nullopt;
  return free_.extract(free_.begin()).value();
}

std::vector<std::string> Ledger::settle(const Read& read) {
  std::vector<std::string> violations;
  free_.clear();
  for (auto& [id, item] : items_) {
    const std::optional<std::string> found = read(id);
    if (auto broken = violation(id, item, found)) violations.push_back(*std::move(broken));
    if (found) {
      item = {*found, {}, false, false};
      free_.insert(id);
    } else {
      item = {item.text, {}, true, true};
    }
  }
  return violations;
}

std::optional<std::string> Ledger::violation(const std::string& id, const Item& item,
                                             const std::optional<std::string>& found) const {
  if (item.is_removed) {
    return found ? std::optional("removed, but there again: " + id) : std::nullopt;
  }
  if (!found) {
    return item.is_removing ? std::nullopt : std::optional("acknowledged, but lost: " + id);
  }
  if (*found == item.text || found == item.pending) return std::nullopt;
  return "acknowledged as \"" + item.text + "\", found \"" + *found + "\": " + id;
}

std::size_t Ledger::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

int crash_rounds(int usual) {
  const char* rounds = std::getenv("PLIMSOLL_CRASH_ROUNDS");
  const auto number = rounds == nullptr ? std::nullopt : base::parse_integer(rounds);
  return number && *number > 0 ? static_cast<int>(*number) : usual;
}

}  // namespace memory_api::crash
