#include "plimsoll/plan/probes_section.h"

#include <algorithm>
#include <cmath>
#include <ranges>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "plimsoll/plan/fields.h"
#include "plimsoll/plan/plan_fields.h"
#include "plimsoll/plan/profiles_section.h"
#include "plimsoll/plan/service_section.h"

namespace plimsoll::plan {
namespace {

using base::Json;
using base::Result;
using base::yaml::Node;
using std::chrono::nanoseconds;

constexpr std::size_t longest_name = 100;
constexpr int extension = 3;  // max_duration over the expected one
constexpr auto unknown_timeout = std::chrono::minutes(30);
constexpr auto spare_timeout = std::chrono::minutes(1);
constexpr std::uint64_t largest_counted_file = 1ull << 30;

nanoseconds take_duration(Json& config, const char* key) {
  const auto seconds = config.value(key, 0.0);
  config.erase(key);
  return nanoseconds(std::llround(seconds * 1e9));
}

template <class T>
T take(Json& config, const char* key) {
  auto value = config.value(key, T{});
  config.erase(key);
  return value;
}

class ProbeReader {
 public:
  ProbeReader(const ProbeSurroundings& surroundings, const ReadContext& context)
      : surroundings_(surroundings), context_(context) {}

  base::Status add_section(const Node& section);
  base::Status resolve_during();
  std::vector<ProbePlan> take_probes() { return std::move(probes_); }

 private:
  Result<const ProbeKind*> find_kind(const base::yaml::Entry& entry) const;
  base::Status add_kind(const ProbeKind& kind, const Node& list);
  base::Status add_probe(const ProbeKind& kind, const Node& node);
  Result<Node> as_map(const ProbeKind& kind, const Node& node) const;
  Result<ProbePlan> read_probe(const ProbeKind& kind, const Node& map) const;
  base::Status check(const ProbeKind& kind, const Json& config, const Node& map) const;
  base::Status check_surroundings(const ProbeKind& kind, const Node& map) const;
  base::Status count_files(const ProbeKind& kind, const Json& config, const Node& map,
                           ProbePlan& probe) const;
  base::Status check_profile_names(const Node& map) const;
  base::Status check_name(const ProbePlan& probe, const Node& map) const;

  const ProbeSurroundings& surroundings_;
  const ReadContext& context_;
  std::vector<ProbePlan> probes_;
  std::vector<base::Place> during_places_;  // beside probes_
};

base::Status ProbeReader::add_section(const Node& section) {
  if (!section.is_map()) {
    return base::fail_at(
        section.place,
        fmt::format("probes: expected a map of kinds, found {}", base::yaml::describe(section)),
        "as in probes: {load: [{scenario: …}]}");
  }
  for (const auto& entry : section.entries) {
    BASE_ASSIGN(const ProbeKind* kind, find_kind(entry));
    BASE_TRY(add_kind(*kind, entry.value));
  }
  return {};
}

Result<const ProbeKind*> ProbeReader::find_kind(const base::yaml::Entry& entry) const {
  const auto kind = std::ranges::find(context_.kinds, entry.key, &ProbeKind::name);
  if (kind != context_.kinds.end()) return &*kind;
  std::vector<std::string> known;
  for (const auto& each : context_.kinds) known.push_back(each.name);
  return base::fail_at(entry.key_place,
                       fmt::format("unknown kind of probe \"{}\"", base::printable(entry.key)),
                       key_hint(entry.key, known));
}

// One entry needs no list.
base::Status ProbeReader::add_kind(const ProbeKind& kind, const Node& list) {
  if (list.is_null()) {
    return base::fail_at(list.place, fmt::format("{}: expected a list of probes, found nothing", kind.name));
  }
  if (!list.is_sequence()) return add_probe(kind, list);
  for (const auto& item : list.items) BASE_TRY(add_probe(kind, item));
  return {};
}

base::Status ProbeReader::add_probe(const ProbeKind& kind, const Node& node) {
  BASE_ASSIGN(const Node map, as_map(kind, node));
  BASE_ASSIGN(auto probe, read_probe(kind, map));
  BASE_TRY(check_name(probe, map));
  const Node* during = map.find("during");
  during_places_.push_back(during == nullptr ? map.place : during->place);
  probes_.push_back(std::move(probe));
  return {};
}

// A bare text stands for the kind's shorthand key.
Result<Node> ProbeReader::as_map(const ProbeKind& kind, const Node& node) const {
  if (node.is_map()) return node;
  if (!node.is_scalar() || kind.shorthand.empty()) {
    return base::fail_at(node.place, fmt::format("a {} probe: expected a map of keys, found {}", kind.name,
                                                 base::yaml::describe(node)));
  }
  Node map;
  map.kind = base::yaml::Kind::map;
  map.place = node.place;
  map.entries.push_back({kind.shorthand, node.place, node});
  return map;
}

Result<ProbePlan> ProbeReader::read_probe(const ProbeKind& kind, const Node& map) const {
  ProbePlan probe;
  const auto what = fmt::format("a {} probe", kind.name);
  std::string counted;
  const FieldContext fields{context_.root, Braces::placeholders, &counted};
  BASE_ASSIGN(Json config, read_fields(map, entry_fields(kind), what, fields));
  const auto is_own = [&](std::string_view key) {
    return std::ranges::find(kind.fields, key, &Field::key) != kind.fields.end();
  };
  probe.kind = kind.name;
  probe.place = map.place;
  probe.content_digest = counted;
  for (const Field& field : kind.fields) {
    if (!field.says_how_to_measure) probe.uncounted.push_back(field.key);
  }
  if (!is_own("name")) probe.name = take<std::string>(config, "name");
  if (!is_own("state")) probe.fresh_state = take<std::string>(config, "state") == "fresh";
  if (!is_own("profiles")) probe.profiles = take<std::vector<std::string>>(config, "profiles");
  if (!is_own("during")) probe.during = take<std::string>(config, "during");
  if (!is_own("timeout")) probe.timeout = take_duration(config, "timeout");
  if (!is_own("max_duration")) probe.max_duration = take_duration(config, "max_duration");
  BASE_TRY(check(kind, config, map));
  BASE_TRY(check_surroundings(kind, map));
  BASE_TRY(count_files(kind, config, map, probe));
  if (probe.name.empty()) probe.name = kind.default_name ? kind.default_name(config) : kind.name;
  if (kind.expected) probe.expected = kind.expected(config, context_.root);
  if (probe.max_duration.count() == 0) probe.max_duration = extension * probe.expected;
  if (probe.timeout.count() == 0) {
    probe.timeout = probe.expected.count() == 0 ? unknown_timeout : 2 * probe.max_duration + spare_timeout;
  }
  probe.config = std::make_shared<const Json>(std::move(config));
  return probe;
}

// Where the kind's own check knows no place, the key at the front of its message does.
base::Status ProbeReader::check(const ProbeKind& kind, const Json& config, const Node& map) const {
  if (!kind.check) return {};
  auto good = kind.check(config, context_.root);
  if (good) return {};
  auto error = std::move(good).error();
  if (!error.place) {
    const Node* value = map.find(error.message.substr(0, error.message.find(": ")));
    error.place = value == nullptr ? map.place : value->place;
  }
  error.code = base::ErrorCode::invalid_argument;
  return std::unexpected(std::move(error));
}

base::Status ProbeReader::check_surroundings(const ProbeKind& kind, const Node& map) const {
  BASE_TRY(check_port_is_known(map, surroundings_.service));
  BASE_TRY(check_profile_names(map));
  const bool can_do_without =
      std::ranges::any_of(kind.fields, [](const Field& field) { return field.type == FieldType::url; });
  if (kind.needs_service && !surroundings_.service && !can_do_without) {
    return base::fail_at(map.place, fmt::format("a {} probe needs a service", kind.name),
                         "add service: with the command that starts it, or the url of one that runs");
  }
  return {};
}

// What lies behind the files that the fields name.
base::Status ProbeReader::count_files(const ProbeKind& kind, const Json& config, const Node& map,
                                      ProbePlan& probe) const {
  if (!kind.counted_files) return {};
  for (const auto& file : kind.counted_files(config, context_.root)) {
    const auto content = base::read_file(file, largest_counted_file);
    if (!content) return base::fail_at(map.place, content.error().message, content.error().hint);
    probe.content_digest += base::hex64(base::xxh3_64(*content));
  }
  return {};
}

base::Status ProbeReader::check_profile_names(const Node& map) const {
  const Node* list = map.find("profiles");
  if (list == nullptr) return {};
  for (const auto& item : list->items) {
    if (surroundings_.profiles.contains(item.text)) continue;
    std::vector<std::string> known;
    std::ranges::copy(surroundings_.profiles | std::views::keys, std::back_inserter(known));
    return base::fail_at(item.place, fmt::format("profiles: there is no profile \"{}\"", item.text),
                         key_hint(item.text, known));
  }
  return {};
}

base::Status ProbeReader::check_name(const ProbePlan& probe, const Node& map) const {
  const Node* given = map.find("name");
  const auto& place = given == nullptr ? map.place : given->place;
  if (probe.name.size() > longest_name) {
    return base::fail_at(
        place, fmt::format("a name of {} bytes; at most {} are taken", probe.name.size(), longest_name));
  }
  for (const auto& other : probes_) {
    if (other.kind != probe.kind || other.name != probe.name) continue;
    return base::fail_at(place,
                         fmt::format("two {} probes are called \"{}\", the first at {}", probe.kind,
                                     probe.name, base::to_string(other.place)),
                         "give one of them another name:");
  }
  return {};
}

base::Status ProbeReader::resolve_during() {
  for (std::size_t i = 0; i < probes_.size(); ++i) {
    auto& during = probes_[i].during;
    if (during.empty()) continue;
    const auto target = find_probe(probes_, during);
    if (!target || *target == i) {
      return base::fail_at(during_places_[i], fmt::format("during: no other probe is called \"{}\"", during),
                           key_hint(during, probe_names(probes_)));
    }
    if (!probes_[*target].during.empty()) {
      return base::fail_at(during_places_[i],
                           fmt::format("during: \"{}\" itself runs during another probe", during));
    }
    if (probes_[i].fresh_state) {
      return base::fail_at(
          during_places_[i],
          fmt::format("during: a probe shares the service with \"{}\", beside which it runs", during),
          "say `state: fresh` there, not here");
    }
    during = probes_[*target].kind + "/" + probes_[*target].name;
  }
  return {};
}

base::Place place_of_no_probe(std::span<const Node> documents) {
  const Node* section = documents.front().find("probes");
  return section == nullptr ? documents.front().place : section->place;
}

}  // namespace

Result<std::vector<ProbePlan>> read_probes(std::span<const Node> documents,
                                           const ProbeSurroundings& surroundings,
                                           const ReadContext& context) {
  ProbeReader reader(surroundings, context);
  for (const auto& document : documents) {
    if (const Node* section = document.find("probes")) BASE_TRY(reader.add_section(*section));
  }
  BASE_TRY(reader.resolve_during());
  auto probes = reader.take_probes();
  if (!probes.empty()) return probes;
  return base::fail_at(place_of_no_probe(documents), "the plan has no probe: nothing would be measured",
                       "add one under probes:, or let plimsoll init write a plan");
}

}  // namespace plimsoll::plan
