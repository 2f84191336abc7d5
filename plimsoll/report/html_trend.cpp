#include "plimsoll/report/html_trend.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/units.h"
#include "plimsoll/report/html_banner.h"
#include "plimsoll/report/html_figure.h"
#include "plimsoll/report/html_page.h"
#include "plimsoll/report/html_table.h"
#include "plimsoll/report/ticks.h"
#include "plimsoll/report/trend_chart.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::History;
using model::HistoryLevel;
using model::HistoryPoint;
using model::Judgement;

constexpr std::size_t kMostNumbers = 60;
constexpr std::size_t kShortHash = 10;

// What a rule without a statistic judged is told from others of its series by this run's value.
bool is_about(const Judgement& judgement, const History& history) {
  if (judgement.series != history.series) return false;
  if (!history.stat.empty()) return judgement.stat == history.stat;
  return !history.points.empty() && judgement.value == history.points.back().value;
}

// Several rules may ask about one number (`regression` and `change`): the one that stands first on the page.
const Judgement* judgement_of(const model::Verdict& verdict, const History& history) {
  for (const model::Status status : kWorstFirst) {
    for (const Judgement& judgement : verdict.judgements)
      if (judgement.status == status && is_about(judgement, history)) return &judgement;
  }
  return nullptr;
}

bool is_hash(std::string_view commit) {
  const auto hexadecimal = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return commit.size() >= 7 && commit.size() <= 64 && std::ranges::all_of(commit, hexadecimal);
}

// A snapshot may come from anywhere: only what can be a plain web address becomes a link.
bool is_web_address(std::string_view url) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view(":/.-_~").contains(c);
  };
  return (url.starts_with("https://") || url.starts_with("http://")) && url.size() <= 400 &&
         std::ranges::all_of(url, plain);
}

// Commits as links where the repository has a page, else as text.
class Commits {
 public:
  explicit Commits(const model::Repository& repository,
                   const std::optional<std::set<std::string>>& linked = {})
      : repository_(repository), linked_(linked) {}

  Markup one(const std::string& commit) const {
    if (commit.empty()) return Markup::text("–");
    return linked(repository_.commit_url, commit, is_safe(commit), commit.substr(0, kShortHash));
  }

  // What came in between two runs.
  Markup range(const std::string& before, const std::string& after) const {
    if (before.empty() || after.empty()) return Markup::text("–");
    if (before == after) return Markup::text("the same commit as before: not the code");
    return linked(repository_.compare_url, before + "..." + after, is_safe(before) && is_safe(after),
                  before.substr(0, 7) + "…" + after.substr(0, 7));
  }

 private:
  bool is_safe(const std::string& commit) const {
    return is_hash(commit) && (!linked_ || linked_->contains(commit));
  }

  static Markup linked(const std::string& url, const std::string& tail, bool is_safe,
                       const std::string& text) {
    const Markup code = element("code", {}, text);
    if (!is_safe || !is_web_address(url)) return code;
    return element("a", {{"href", url + tail}, {"rel", "noopener noreferrer"}}, code);
  }

  const model::Repository& repository_;
  const std::optional<std::set<std::string>> linked_;
};

std::string value_of(double value, const History& history) {
  return history.unit.empty() ? fmt::format("{:.4g}", value) : base::format_value(value, history.unit);
}

std::string amount(const model::Effect& effect, const std::optional<double>& x, const History& history) {
  if (!x || !std::isfinite(*x)) return "?";
  if (effect.kind == model::EffectKind::ratio) return change_text(*x);
  return (*x < 0 ? "−" : "+") + value_of(std::abs(*x), history);
}

std::string with_interval(const model::Effect& effect, const History& history) {
  return amount(effect, effect.estimate, history) + " (95 %: " + amount(effect, effect.low, history) +
         " to " + amount(effect, effect.high, history) + ")";
}

Markup change_cell(const History& history, const HistoryLevel& level) {
  if (!level.change) return Markup::text("first level");
  const model::Effect& effect = *level.change;
  return element("span", {{"class", "tone " + change_tone(history, effect)}},
                 amount(effect, effect.estimate, history) + " " + change_word(history, effect)) +
         element("div", {{"class", "small"}},
                 amount(effect, effect.low, history) + " to " + amount(effect, effect.high, history));
}

Markup level_cell(const History& history, const HistoryLevel& level) {
  return Markup::text(value_of(level.level, history)) +
         element("div", {{"class", "small"}},
                 value_of(level.low, history) + " to " + value_of(level.high, history));
}

Markup author_cell(const HistoryLevel& level) {
  if (level.author.empty() && level.subject.empty()) return Markup::text("–");
  return Markup::text(level.author) + element("div", {{"class", "small"}}, level.subject);
}

Markup levels_table(const History& history, const Commits& commits) {
  Table table("Its levels, the newest first, with 95 % intervals",
              {{"Since"}, {"Change"}, {"Level", true}, {"First seen at"}, {"By"}, {"What came in"}});
  for (std::size_t i = history.levels.size(); i-- > 0;) {
    const HistoryLevel& level = history.levels[i];
    const HistoryPoint& first = history.points[level.first];
    const std::string number = i == 0 ? "" : fmt::format(" · {}", i);
    const Markup came_in =
        i == 0 ? Markup::text("–") : commits.range(history.points[level.first - 1].commit, first.commit);
    table.add({Markup::text(day_text(first.started) + number), change_cell(history, level),
               level_cell(history, level), commits.one(first.commit), author_cell(level), came_in});
  }
  return element("div", {{"class", "levels"}}, table.markup());
}

Markup numbers_table(const History& history, const Commits& commits) {
  Table table("Runs, the newest first", {{"Run"}, {"Commit"}, {"Day"}, {"Value", true}});
  const std::size_t least = history.points.size() - std::min(history.points.size(), kMostNumbers);
  for (std::size_t i = history.points.size(); i-- > least;) {
    const HistoryPoint& point = history.points[i];
    table.add({point.run.empty() ? Markup::text(fmt::format("row {}", i)) : element("code", {}, point.run),
               commits.one(point.commit), Markup::text(day_text(point.started)),
               Markup::text(value_of(point.value, history))});
  }
  const std::string title = least == 0 ? "The numbers" : fmt::format("The newest {} numbers", kMostNumbers);
  return element("details", {}, element("summary", {}, title) + table.markup());
}

std::string trend_words(const History& history) {
  if (!history.trend) return "";
  return " Under its levels it creeps: " + with_interval(*history.trend, history) + " per 100 runs, " +
         change_word(history, *history.trend) + ".";
}

std::string caption(const History& history) {
  const std::string now = value_of(history.points.back().value, history);
  std::string text = plural(history.points.size(), "run") + "; the newest is at " + now;
  if (!history.levels.empty()) {
    const HistoryLevel& level = history.levels.back();
    text += ", its level " + value_of(level.level, history) + " (95 %: " + value_of(level.low, history) +
            " to " + value_of(level.high, history) + ")";
    if (level.first > 0) text += " since " + day_text(history.points[level.first].started);
  }
  return text + "." + trend_words(history);
}

bool has_moved(const History& history) {
  return history.levels.size() > 1 || history.trend;
}

Markup trend_figure(const History& history, const Judgement* judgement, const Commits& commits) {
  const bool moved = has_moved(history);
  const std::string style = judgement == nullptr ? "pass" : status_class(judgement->status);
  const Markup picture = draw_trend(history, style, moved, caption(history));
  if (picture.empty()) return {};
  Markup title = element("code", {}, history.series);
  if (!history.stat.empty()) title += Markup::text(" " + history.stat);
  if (needs_unit(history.unit)) title += Markup::text(" in " + history.unit);
  if (judgement != nullptr) {
    title = element("span", {{"class", "sign " + style}}, mark(judgement->status)) +
            element("span", {{"class", "hidden"}}, label(judgement->status)) + Markup::text(" ") + title;
  }
  Markup content = element("h3", {}, title) + element("div", {{"class", "plot"}}, picture) +
                   element("figcaption", {}, caption(history));
  if (history.levels.size() > 1) content += levels_table(history, commits);
  return element("figure", {{"class", moved ? "trend" : ""}}, content + numbers_table(history, commits));
}

// Those that moved stand wide and first.
Markup figures(const std::vector<History>& histories, const model::Verdict* verdict, const Commits& commits) {
  Markup moved;
  Markup steady;
  for (const History& history : histories) {
    if (history.points.empty()) continue;
    const Judgement* judgement = verdict == nullptr ? nullptr : judgement_of(*verdict, history);
    (has_moved(history) ? moved : steady) += trend_figure(history, judgement, commits);
  }
  if (steady.empty()) return moved;
  return moved + element("div", {{"class", "plots small-plots"}}, steady);
}

std::size_t changes_of(const std::vector<History>& histories) {
  std::size_t changes = 0;
  for (const History& history : histories) changes += history.levels.empty() ? 0 : history.levels.size() - 1;
  return changes;
}

}  // namespace

Markup trends_section(const model::Snapshot& snapshot) {
  return figure_section("history", "Over earlier runs",
                        "Runs on machines like this one, oldest first; the filled dot is this run. A dark "
                        "line is a level with its 95 % band; a numbered upright is where it changed.",
                        "", figures(snapshot.histories, &snapshot.verdict, Commits(snapshot.repository)));
}

std::string html(const TrendPage& trends) {
  const std::size_t series = trends.histories.size();
  const std::string summary =
      fmt::format("{} series, {}", series, plural(changes_of(trends.histories), "change"));
  const Markup answer = element("span", {{"class", "answer"}}, "Trends") + Markup::text(summary);
  Markup main = element("h1", {}, answer);
  main += figure_section("history", "Over time",
                         "One dot a run, oldest first. A thick line is a level with its 95 % band; a "
                         "numbered upright is where it changed.",
                         "", figures(trends.histories, nullptr, Commits(trends.repository, trends.linked)));
  return page("Trends – Plimsoll",
              element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the trends") +
                  element("main", {{"id", "main"}}, main));
}

}  // namespace plimsoll::report
