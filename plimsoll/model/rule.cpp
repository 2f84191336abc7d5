#include "plimsoll/model/rule.h"

#include <algorithm>
#include <memory>
#include <unordered_map>

#include <re2/re2.h>

#include "base/text.h"

namespace plimsoll::model {
namespace {

// A hostile pattern must not cost much: RE2 is linear in time, this bounds its memory.
constexpr std::int64_t regex_memory = 1 << 20;
constexpr std::size_t cached_regexes = 64;

RE2::Options regex_options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(regex_memory);
  return options;
}

// A rule is held against hundreds of series: its pattern is compiled once per thread, not once per series.
const RE2& compiled(const std::string& pattern) {
  thread_local std::unordered_map<std::string, std::unique_ptr<RE2>> cache;
  if (auto found = cache.find(pattern); found != cache.end()) return *found->second;
  if (cache.size() >= cached_regexes) cache.clear();
  return *cache.emplace(pattern, std::make_unique<RE2>(pattern, regex_options())).first->second;
}

bool regex_covers(const std::string& pattern, std::string_view value) {
  const RE2& regex = compiled(pattern);
  return regex.ok() && RE2::FullMatch(re2::StringPiece(value.data(), value.size()), regex);
}

bool is_negative(MatchOperator op) {
  return op == MatchOperator::not_equal || op == MatchOperator::not_regex;
}

bool covers(const Match& match, std::string_view value) {
  const bool regex = match.op == MatchOperator::regex || match.op == MatchOperator::not_regex;
  return regex ? regex_covers(match.value, value) : match.value == value;
}

// A finding has several values for some fields (tools, aliases): one that is covered is enough, for a
// negative match it is one too many. A pattern that does not compile matches nothing, whichever way it is
// asked.
bool holds(const Match& match, std::span<const std::string> values) {
  if (match.op == MatchOperator::not_regex && !compiled(match.value).ok()) return false;
  const bool any =
      std::ranges::any_of(values, [&](const std::string& value) { return covers(match, value); });
  return any != is_negative(match.op);
}

std::vector<std::string> with_first(const std::string& first, const std::vector<std::string>& rest) {
  std::vector<std::string> all = {first};
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

std::vector<std::string> finding_values(const Finding& finding, std::string_view key) {
  if (key == "severity") return {std::string(to_string(finding.severity))};
  if (key == "rule") return with_first(finding.rule, finding.aliases);
  if (key == "tool") return finding.tools.empty() ? std::vector<std::string>{""} : finding.tools;
  if (key == "file") return {finding.file};
  if (key == "package") return {finding.package};
  if (key == "probe") return {finding.probe};
  if (key == "licence") return {finding.licence};
  if (key == "cwe") return {finding.cwe};
  return {""};
}

}  // namespace

bool name_matches(std::string_view pattern, std::string_view name) {
  const auto wanted = base::split(pattern, '.');
  const auto segments = base::split(name, '.');
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i >= segments.size()) return false;
    if (wanted[i] == "**" && i + 1 == wanted.size()) return true;
    if (wanted[i] != "*" && wanted[i] != segments[i]) return false;
  }
  return wanted.size() == segments.size();
}

bool selects(const Selector& selector, const SeriesId& id) {
  if (!name_matches(selector.name, id.name)) return false;
  return std::ranges::all_of(selector.matches, [&](const Match& match) {
    const auto label = id.labels.find(match.key);
    const std::string value = label == id.labels.end() ? "" : label->second;
    return holds(match, std::span(&value, 1));
  });
}

bool selects(const Selector& selector, const Finding& finding) {
  return std::ranges::all_of(
      selector.matches, [&](const Match& match) { return holds(match, finding_values(finding, match.key)); });
}

std::optional<std::string> regex_error(const std::string& pattern) {
  const RE2& regex = compiled(pattern);
  if (regex.ok()) return std::nullopt;
  return regex.error();
}

Labels group_labels(const Selector& selector, const Labels& labels) {
  if (!selector.by) return labels;
  Labels kept;
  for (const auto& key : *selector.by) {
    if (const auto label = labels.find(key); label != labels.end()) kept.insert(*label);
  }
  return kept;
}

}  // namespace plimsoll::model
