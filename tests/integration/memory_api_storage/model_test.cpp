// Random operations of several tenants against a plain map: the store agrees with it at every step, and
// nothing of one tenant ever shows to another.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/integration/memory_api_storage/engines.h"

namespace memory_api::memory {
namespace {

using testing::Service;

constexpr int tenants = 3;

rc::Gen<std::string> name() {
  return rc::gen::element<std::string>("", "a", "b", "A", "ab");
}

rc::Gen<NewMemory> new_memory() {
  return rc::gen::map(rc::gen::tuple(name(), name(), name(), rc::gen::inRange(0, 6), rc::gen::inRange(0, 4)),
                      [](const std::tuple<std::string, std::string, std::string, int, int>& parts) {
                        const auto& [user, agent, run, n, time] = parts;
                        NewMemory memory;
                        memory.text = "common w" + std::to_string(n);
                        memory.entities = {user, agent, "", run};
                        if (memory.entities.empty()) memory.entities.app_id = "app";
                        if (n % 2 == 0) memory.metadata = R"({"n":)" + std::to_string(n) + "}";
                        if (n % 3 == 0) memory.categories = {"three", "c" + std::to_string(n)};
                        memory.created_at = base::from_unix_seconds(1000 + time);
                        return memory;
                      });
}

rc::Gen<Filter> condition() {
  const auto field = rc::gen::element(Field::user_id, Field::agent_id, Field::run_id);
  const auto entity = rc::gen::map(
      rc::gen::tuple(field,
                     rc::gen::element(Operator::equals, Operator::not_equals, Operator::greater,
                                      Operator::less_equal, Operator::contains, Operator::icontains),
                     rc::gen::element<std::string>("a", "b", "ab")),
      [](const auto& parts) {
        return where(std::get<0>(parts), std::get<1>(parts), {Value(std::get<2>(parts))});
      });
  const auto in =
      rc::gen::map(field, [](Field f) { return where(f, Operator::in, {Value("a"), Value("ab")}); });
  const auto present = rc::gen::map(field, [](Field f) { return where(f, Operator::present, {}); });
  const auto null = rc::gen::map(rc::gen::pair(field, rc::gen::arbitrary<bool>()), [](const auto& parts) {
    return where(parts.first, parts.second ? Operator::equals : Operator::not_equals,
                 {Value(std::monostate{})});
  });
  const auto time = rc::gen::map(
      rc::gen::pair(rc::gen::element(Operator::greater, Operator::greater_equal, Operator::less,
                                     Operator::less_equal, Operator::equals, Operator::not_equals),
                    rc::gen::inRange(0, 8)),
      [](const auto& parts) {
        // half seconds, and a nanosecond that no stored time has
        const auto at =
            base::from_unix_seconds(1000 + parts.second / 2.0) + std::chrono::nanoseconds(parts.second % 2);
        return where(Field::created_at, parts.first, {Value(at)});
      });
  const auto metadata = rc::gen::map(
      rc::gen::pair(
          rc::gen::element(Operator::equals, Operator::not_equals, Operator::greater, Operator::less),
          rc::gen::inRange<std::int64_t>(0, 6)),
      [](const auto& parts) { return where_metadata("n", parts.first, {Value(parts.second)}); });
  const auto category =
      rc::gen::map(rc::gen::element(Operator::equals, Operator::not_equals, Operator::contains),
                   [](Operator op) { return where(Field::categories, op, {Value("three")}); });
  return rc::gen::oneOf(entity, in, present, null, time, metadata, category);
}

rc::Gen<Filter> filter(int depth) {
  if (depth == 0) return condition();
  const auto children =
      rc::gen::container<std::vector<Filter>>(rc::gen::lazy([depth] { return filter(depth - 1); }));
  return rc::gen::oneOf(condition(), rc::gen::map(children, all_of), rc::gen::map(children, any_of),
                        rc::gen::map(children, none_of));
}

class Model {
 public:
  // Each story has tenants of its own.
  Model(Service& service, int story) : service_(service) {
    for (int t = 0; t < tenants; ++t) tenants_.push_back(service.tenant(fmt::format("key{}-{}", story, t)));
  }

  void step() {
    const int kind = *rc::gen::weightedElement<int>({{6, 0}, {2, 1}, {2, 2}, {1, 3}, {2, 4}, {1, 5}});
    const auto t = static_cast<std::size_t>(*rc::gen::inRange(0, tenants));
    switch (kind) {
      case 0:
        return add(t);
      case 1:
        return update(t);
      case 2:
        return remove(t);
      case 3:
        return remove_all(t);
      case 4:
        return list(t);
      default:
        return remove_batch(t);
    }
  }

  void compare_everything() {
    for (std::size_t t = 0; t < tenants; ++t) {
      compare_list(t, all_of({}));
      compare_search(t);
      for (const std::string& id : ids_) {
        const auto got = service_->get(tenants_[t], id);
        RC_ASSERT(got.has_value() == stored_[t].contains(id));
        if (got) RC_ASSERT(*got == stored_[t].at(id));
      }
    }
  }

 private:
  void add(std::size_t t) {
    const auto memories =
        *rc::gen::resize(3, rc::gen::nonEmpty(rc::gen::container<std::vector<NewMemory>>(new_memory())));
    const Added added = service_.add(tenants_[t], memories).value();
    for (const Memory& memory : added.memories) {
      stored_[t][memory.id] = memory;
      ids_.push_back(memory.id);
    }
  }
  void update(std::size_t t) {
    if (ids_.empty()) return;
    const std::string id = *rc::gen::elementOf(ids_);
    const auto updated = service_.update(tenants_[t], id, {.text = "common changed"});
    RC_ASSERT(updated.has_value() == stored_[t].contains(id));
    if (updated) stored_[t][id] = *updated;
  }
  void remove(std::size_t t) {
    if (ids_.empty()) return;
    const std::string id = *rc::gen::elementOf(ids_);
    RC_ASSERT(service_.remove(tenants_[t], id).has_value() == (stored_[t].erase(id) == 1));
  }
  void remove_batch(std::size_t t) {
    std::set<std::string> chosen;
    for (int i = 0; i < 3 && !ids_.empty(); ++i) chosen.insert(*rc::gen::elementOf(ids_));
    if (chosen.empty()) return;
    const bool all_known =
        std::ranges::all_of(chosen, [&](const auto& id) { return stored_[t].contains(id); });
    const auto removed = service_.remove_batch(tenants_[t], {chosen.begin(), chosen.end()});
    RC_ASSERT(removed.has_value() == all_known);
    if (all_known) std::erase_if(stored_[t], [&](const auto& item) { return chosen.contains(item.first); });
  }
  void remove_all(std::size_t t) {
    const Filter chosen = all_of({where(Field::user_id, Operator::present, {}), *filter(2)});
    const auto removed = service_.remove_all(tenants_[t], chosen).value();
    RC_ASSERT(removed ==
              std::erase_if(stored_[t], [&](const auto& item) { return matches(chosen, item.second); }));
  }
  void list(std::size_t t) { compare_list(t, *filter(2)); }

  void compare_list(std::size_t t, const Filter& chosen) {
    std::set<std::string> expected;
    for (const auto& [id, memory] : stored_[t]) {
      if (matches(chosen, memory)) expected.insert(id);
    }
    const auto listed = service_->list(tenants_[t], {chosen, {1, 1000}}).value();
    std::set<std::string> got;
    for (const Memory& memory : listed.items) got.insert(memory.id);
    RC_ASSERT(got == expected);
    RC_ASSERT(listed.total == expected.size());
  }
  void compare_search(std::size_t t) {
    const auto results =
        service_->search(tenants_[t], {.text = "common", .filter = {}, .top_k = 1000, .threshold = 0});
    RC_ASSERT(results.value().size() == stored_[t].size());
    for (const Scored& scored : results.value()) RC_ASSERT(stored_[t].contains(scored.memory.id));
  }

  Service& service_;
  std::vector<Tenant> tenants_;
  std::array<std::map<std::string, Memory>, tenants> stored_;
  std::vector<std::string> ids_;  // of all tenants, those removed too
};

class MemoryStorageModel : public testing::ContractTest {};

TEST_P(MemoryStorageModel, AgreesWithAMapAndKeepsTenantsApart) {
  Service service = open();
  const int most_steps = GetParam() == testing::Engine::sqlite ? 40 : 15;  // the other one is a network away
  int story = 0;
  rc::check([&] {
    Model model(service, ++story);
    const int steps = *rc::gen::inRange(1, most_steps);
    for (int i = 0; i < steps; ++i) model.step();
    model.compare_everything();
  });
}

PLIMSOLL_EVERY_ENGINE(MemoryStorageModel);

}  // namespace
}  // namespace memory_api::memory
