#include "plimsoll/pipeline/stored_histories.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <tuple>

#include "base/text.h"
#include "plimsoll/model/statistic.h"
#include "plimsoll/pipeline/calibration.h"
#include "plimsoll/pipeline/expand_rules.h"

namespace plimsoll::pipeline {
namespace {

using model::Run;

constexpr std::size_t batch = 200;  // runs that are read at a time

// What must be equal for two runs of a probe to stand in one history.
struct TableKey {
  std::string probe, comparability, digest;
  auto operator<=>(const TableKey&) const = default;
};

struct ColumnKey {
  model::SeriesId series;
  std::string stat;
  std::size_t selector = 0;  // the one that asked: what another one makes of the same group is another column
  auto operator<=>(const ColumnKey&) const = default;
};

struct Column {
  model::Series series;
  std::map<std::size_t, double> values;  // by row
};

struct Table {
  std::vector<const Run*> rows;  // oldest first
  std::map<ColumnKey, Column> columns;
};

bool has_pattern(const std::string& name) {
  return name.find('*') != std::string::npos;
}

// The runs that count, oldest first.
class RunChoice {
 public:
  explicit RunChoice(const HistoryChoice& choice) : choice_(choice) {}

  std::vector<const Run*> of(const std::vector<Run>& newest_first) const {
    const bool usual = !choice_.branch && std::ranges::any_of(newest_first, [&](const Run& run) {
      return run.branch == choice_.usual_branch;
    });
    std::vector<const Run*> chosen;
    for (const Run& run : newest_first) {
      const bool newest = &run == &newest_first.front();
      if (run.waived || (run.dirty && !newest)) continue;
      if (choice_.branch && run.branch != choice_.branch) continue;
      if (usual && !newest && run.branch != choice_.usual_branch) continue;
      chosen.push_back(&run);
    }
    std::ranges::reverse(chosen);
    return chosen;
  }

 private:
  const HistoryChoice& choice_;
};

class Reader {
 public:
  Reader(evidence::EvidenceStore& store, const HistoryChoice& choice) : store_(store), choice_(choice) {}

  base::Result<std::vector<StoredHistory>> run() {
    const evidence::RunFilter filter{
        .project = choice_.project, .complete_only = true, .limit = choice_.most_runs};
    BASE_ASSIGN(const std::vector<Run> all, store_.runs(filter));
    if (all.empty())
      return base::fail(base::ErrorCode::not_found, "no complete run of project \"" + choice_.project + "\"",
                        "`plimsoll check` makes one, `plimsoll bench run --store` and `import` too");
    for (const Run* run : RunChoice(choice_).of(all)) add_rows(*run);
    BASE_TRY(read_values());
    for (auto& [key, table] : tables_) BASE_TRY(unite_columns(table));
    return histories();
  }

 private:
  void add_rows(const Run& run) {
    for (const model::ProbeRecord& probe : run.probes) {
      const bool whole = probe.status == "complete" && probe.reason == model::Reason::none;
      if (!whole || probe.kind == calibration_kind) continue;
      const TableKey key{probe_id(probe), run.comparability, probe.config_digest};
      Table& table = tables_[key];
      places_[{run.id, key.probe}] = {&table, table.rows.size()};
      table.rows.push_back(&run);
      if (ids_.empty() || ids_.back() != run.id) ids_.push_back(run.id);
    }
  }

  base::Status read_values() {
    std::vector<model::Selector> selectors = choice_.selectors;
    if (selectors.empty()) selectors.push_back({"**", {}, {}});
    for (std::size_t i = 0; i < selectors.size(); ++i) {
      for (std::size_t begin = 0; begin < ids_.size(); begin += batch) {
        const auto ids = std::span(ids_).subspan(begin, std::min(batch, ids_.size() - begin));
        BASE_ASSIGN(const auto values, store_.history(selectors[i], ids));
        add_values(selectors[i], i, values);
      }
    }
    return {};
  }

  // The series of a run that make one group are merged.
  void add_values(const model::Selector& selector, std::size_t asked,
                  const std::vector<evidence::HistoricValue>& values) {
    std::map<std::tuple<std::string, std::string, model::SeriesId>,
             std::pair<model::Series, std::vector<model::Observation>>>
        groups;
    for (const evidence::HistoricValue& value : values) {
      const bool directed = value.series.better != model::Better::neither;
      if (!directed && has_pattern(selector.name)) continue;
      const model::SeriesId id = group_of(selector, value.series.id);
      auto& [series, observations] = groups[{value.run, value.probe, id}];
      series = {id, value.series.unit, value.series.better};
      observations.push_back({.value = value.value});
    }
    for (const auto& [key, group] : groups) {
      const auto place = places_.find({std::get<0>(key), std::get<1>(key)});
      const auto merged = model::merge(group.second);
      if (place == places_.end() || !merged) continue;
      const auto& [table, row] = place->second;
      add_value(*table, row, asked, group.first, *merged);
    }
  }

  static model::SeriesId group_of(const model::Selector& selector, const model::SeriesId& id) {
    model::Rule rule;
    rule.selector = {id.name, {}, selector.by};
    return {id.name, model::group_labels(effective_selector(rule), id.labels)};
  }

  void add_value(Table& table, std::size_t row, std::size_t asked, const model::Series& series,
                 const model::Value& value) const {
    for (const auto& [stat, name] : stats_of(value)) {
      const auto number = model::statistic(value, stat);
      if (!number || !std::isfinite(*number)) continue;
      Column& column = table.columns[{series.id, name, asked}];
      column.series = {series.id, model::statistic_unit(series.unit, stat), series.better};
      column.values[row] = *number;
    }
  }

  // Two selectors may cover the same series, once is enough then; where they make one group of different ones
  // nobody could tell the two columns apart.
  static base::Status unite_columns(Table& table) {
    for (auto column = table.columns.begin(); column != table.columns.end();) {
      const auto before = column++;
      if (column == table.columns.end() || column->first.series != before->first.series ||
          column->first.stat != before->first.stat)
        continue;
      if (column->second.values != before->second.values)
        return base::fail(base::ErrorCode::invalid_argument,
                          "two selectors make different histories of one name: " +
                              base::printable(to_string(column->first.series)),
                          "ask for one of them at a time, or keep their labels: SELECTOR by (label)");
      table.columns.erase(before);
    }
    return {};
  }

  std::vector<std::pair<std::optional<model::Stat>, std::string>> stats_of(const model::Value& value) const {
    using enum model::StatKind;
    if (choice_.stat) return {{choice_.stat, model::to_string(*choice_.stat)}};
    if (std::holds_alternative<base::Histogram>(value))
      return {{model::Stat{percentile, 50}, "p50"}, {model::Stat{percentile, 95}, "p95"}};
    if (std::holds_alternative<model::Samples>(value)) return {{model::Stat{median}, ""}};
    return {{std::nullopt, ""}};
  }

  std::vector<StoredHistory> histories() const {
    std::map<std::string, std::pair<base::UtcTime, std::string>> newest_run;  // of each probe
    for (const auto& [key, table] : tables_)
      newest_run[key.probe] = std::max(newest_run[key.probe], age_of(table));
    std::vector<StoredHistory> result;
    for (const auto& [key, table] : tables_) {
      for (const auto& [name, column] : table.columns) {
        result.push_back(history(key, table, name, column));
        result.back().newest = newest_run[key.probe] == age_of(table);
      }
    }
    std::ranges::sort(result, {}, [](const StoredHistory& history) {
      return std::tie(history.probe, history.series.id, history.stat, history.times.back(),
                      history.runs.back());
    });
    return result;
  }

  // Ids need not say which run is younger: `bench run --run NAME` gives them.
  static std::pair<base::UtcTime, std::string> age_of(const Table& table) {
    return {table.rows.back()->started, table.rows.back()->id};
  }

  // What a plan's probe did not report is missing. Another probe without a configuration (an import, a single
  // command) may have measured something else that time.
  static StoredHistory history(const TableKey& key, const Table& table, const ColumnKey& name,
                               const Column& column) {
    StoredHistory result{.probe = key.probe,
                         .series = column.series,
                         .stat = name.stat,
                         .comparability = key.comparability,
                         .machine = table.rows.back()->environment,
                         .runs = {},
                         .commits = {},
                         .times = {},
                         .values = {}};
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      const auto value = column.values.find(row);
      if (value == column.values.end() && key.digest.empty()) continue;
      const Run& run = *table.rows[row];
      result.runs.push_back(run.id);
      result.commits.push_back(run.commit.value_or(""));
      result.times.push_back(base::to_unix_seconds(run.started));
      result.values.push_back(value == column.values.end() ? std::numeric_limits<double>::quiet_NaN()
                                                           : value->second);
    }
    return result;
  }

  evidence::EvidenceStore& store_;
  const HistoryChoice& choice_;
  std::vector<std::string> ids_;  // oldest first
  std::map<TableKey, Table> tables_;
  std::map<std::pair<std::string, std::string>, std::pair<Table*, std::size_t>> places_;  // by run and probe
};

}  // namespace

std::string name_of(const StoredHistory& history) {
  const std::string series = to_string(history.series.id);
  return history.stat.empty() ? series : series + " " + history.stat;
}

base::Result<std::vector<StoredHistory>> stored_histories(evidence::EvidenceStore& store,
                                                          const HistoryChoice& choice) {
  return Reader(store, choice).run();
}

}  // namespace plimsoll::pipeline
