#include "plimsoll/plan/rule_text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "plimsoll/plan/rule_scanner.h"

namespace plimsoll::plan {
namespace {

using base::Dimension;
using base::Result;
using model::StatKind;

constexpr std::size_t longest_rule = 4096;
constexpr double usual_warn = 0.10;
// Counted instructions repeat: any change is one (docs/bench.md).
constexpr std::string_view counted_series = "bench.instructions";
constexpr model::Regression counted_bounds = {.warn = 0.005, .fail = 0.005};
constexpr double fail_over_warn = 2;  // where only one of the two is given

struct StatName {
  std::string_view name;
  StatKind kind;
};
constexpr std::array stat_names = {StatName{"mean", StatKind::mean},   StatName{"median", StatKind::median},
                                   StatName{"min", StatKind::min},     StatName{"max", StatKind::max},
                                   StatName{"rate", StatKind::rate},   StatName{"count", StatKind::count},
                                   StatName{"slope", StatKind::slope}, StatName{"avg", StatKind::mean},
                                   StatName{"med", StatKind::median}};

// What may head a rule of k6, which names no series: https://grafana.com/docs/k6, "Thresholds".
constexpr std::array<std::string_view, 5> k6_heads = {"avg", "min", "med", "max", "rate"};

const std::vector<std::string>& words_after_selector() {
  static const std::vector<std::string> words = {"p50",     "p95",  "p99",   "mean",  "median",     "min",
                                                 "max",     "rate", "count", "slope", "regression", "change",
                                                 "ratchet", "none", "fresh", "by"};
  return words;
}

std::string suggestion(std::string_view word) {
  const auto near = base::nearest(word, words_after_selector());
  return near ? fmt::format("did you mean {}?", *near) : "";
}

bool is_segment(std::string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z') return false;
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_comparison(char c) {
  return c == '<' || c == '>' || c == '=' || c == '!';
}

class RuleParser {
 public:
  RuleParser(std::string_view text, const base::Place& place) : scan_(text, place) {}

  Result<model::Rule> rule();
  Result<model::Selector> whole_selector();

 private:
  bool is_k6();
  base::Status k6_rule(model::Rule& rule);
  Result<model::Selector> selector();
  Result<std::string> name();
  base::Status check_segments(std::string_view name, std::size_t at);
  Result<std::vector<model::Match>> matches();
  Result<model::Match> match();
  Result<std::string> key();
  Result<model::MatchOperator> match_operator();
  Result<std::string> match_value();
  base::Status check_regex(const model::Match& match, std::size_t at);
  Result<std::optional<std::vector<std::string>>> by();
  Result<std::optional<model::Stat>> stat();
  Result<model::Stat> percentile(std::string_view digits, std::size_t at);
  Result<model::Check> check(bool has_stat);
  Result<model::Check> word_check(std::string_view word, std::size_t at);
  Result<model::Comparison> comparison();
  Result<model::Check> threshold(std::string_view unit_of_bare_number = {});
  Result<double> per(std::string_view bound, std::size_t at);
  Result<model::Check> change();
  Result<model::Regression> bounds(std::string_view example);
  Result<double> percent();
  Result<model::Check> fresh();
  base::Status check_speed(const model::Rule& rule);
  base::Status end();

  RuleScanner scan_;
  bool bare_ = false;  // a regression or change without bounds of its own
};

Result<model::Rule> RuleParser::rule() {
  model::Rule rule;
  if (is_k6()) {
    BASE_TRY(k6_rule(rule));
  } else {
    BASE_ASSIGN(rule.selector, selector());
    BASE_ASSIGN(rule.stat, stat());
    BASE_ASSIGN(rule.check, check(rule.stat.has_value()));
    const bool regression = std::holds_alternative<model::Regression>(rule.check);
    if (bare_ && regression && rule.selector.name == counted_series) rule.check = counted_bounds;
  }
  BASE_TRY(end());
  BASE_TRY(check_speed(rule));
  return rule;
}

Result<model::Selector> RuleParser::whole_selector() {
  BASE_ASSIGN(auto result, selector());
  BASE_TRY(end());
  return result;
}

bool RuleParser::is_k6() {
  const auto head = scan_.take_word();
  const char next = scan_.peek();
  scan_.go_back(0);
  if (head == "p") return next == '(';
  return is_comparison(next) && std::ranges::find(k6_heads, head) != k6_heads.end();
}

// k6 keeps its series apart from the rule; these are the two that every load test has.
base::Status RuleParser::k6_rule(model::Rule& rule) {
  if (scan_.accept("rate")) {
    rule.selector.name = "load.errors";
    BASE_ASSIGN(rule.check, threshold());
    return {};
  }
  rule.selector.name = "load.latency";
  BASE_ASSIGN(rule.stat, stat());
  BASE_ASSIGN(rule.check, threshold("ms"));
  return {};
}

Result<model::Selector> RuleParser::selector() {
  model::Selector result;
  BASE_ASSIGN(result.name, name());
  if (scan_.accept("{")) {
    BASE_ASSIGN(result.matches, matches());
  }
  BASE_ASSIGN(result.by, by());
  return result;
}

Result<std::string> RuleParser::name() {
  scan_.skip_space();
  const auto at = scan_.position();
  std::string name(scan_.take_word());
  if (name.empty()) {
    return scan_.expected("the name of a series", "a rule starts like load.latency p95 < 200ms");
  }
  BASE_TRY(check_segments(name, at));
  return name;
}

base::Status RuleParser::check_segments(std::string_view name, std::size_t at) {
  const auto segments = base::split(name, '.');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto& segment = segments[i];
    const bool is_tail = segment == "**" && i + 1 == segments.size();
    if (segment == "**" && !is_tail) {
      return scan_.error(at, "\"**\" may only end a name", "* stands for one segment");
    }
    if (segment != "*" && !is_tail && !is_segment(segment)) {
      return scan_.error(at, fmt::format("expected a segment of a name, found \"{}\"", segment),
                         "segments are [a-z][a-z0-9_]*, or * for any one, and ** at the end for any tail");
    }
    at += segment.size() + 1;
  }
  return {};
}

// Behind the opening brace.
Result<std::vector<model::Match>> RuleParser::matches() {
  std::vector<model::Match> result;
  if (scan_.accept("}")) return result;
  while (true) {
    BASE_ASSIGN(auto next, match());
    result.push_back(std::move(next));
    if (scan_.accept("}")) return result;
    if (!scan_.accept(",")) {
      return scan_.expected("\",\" or \"}\" after a label's value",
                            "a value that holds , } or \" is written in quotes");
    }
  }
}

Result<model::Match> RuleParser::match() {
  model::Match result;
  BASE_ASSIGN(result.key, key());
  BASE_ASSIGN(result.op, match_operator());
  scan_.skip_space();
  const auto at = scan_.position();
  BASE_ASSIGN(result.value, match_value());
  BASE_TRY(check_regex(result, at));
  return result;
}

Result<std::string> RuleParser::key() {
  scan_.skip_space();
  const auto at = scan_.position();
  std::string key(scan_.take_word());
  if (is_segment(key)) return key;
  return scan_.error(at, fmt::format("expected the name of a label, found {}", scan_.found_at(at)),
                     "labels are [a-z][a-z0-9_]*");
}

Result<model::MatchOperator> RuleParser::match_operator() {
  if (scan_.accept("=~")) return model::MatchOperator::regex;
  if (scan_.accept("!~")) return model::MatchOperator::not_regex;
  if (scan_.accept("!=")) return model::MatchOperator::not_equal;
  if (scan_.accept("==")) {
    return scan_.error(scan_.position() - 2, "expected =, !=, =~ or !~ after a label, found \"==\"",
                       "write key=value");
  }
  if (scan_.accept("=")) return model::MatchOperator::equal;
  return scan_.expected("=, !=, =~ or !~ after a label");
}

Result<std::string> RuleParser::match_value() {
  if (scan_.peek() == '"') return scan_.take_json_string();
  return std::string(scan_.take_until(",}\""));
}

base::Status RuleParser::check_regex(const model::Match& match, std::size_t at) {
  const bool regex = match.op == model::MatchOperator::regex || match.op == model::MatchOperator::not_regex;
  if (!regex) return {};
  const auto complaint = model::regex_error(match.value);
  if (!complaint) return {};
  return scan_.error(at, fmt::format("not a regular expression of RE2: {}", *complaint),
                     "one that holds , } or \" is written in quotes");
}

Result<std::optional<std::vector<std::string>>> RuleParser::by() {
  const auto start = scan_.position();
  if (scan_.take_word() != "by" || !scan_.accept("(")) {
    scan_.go_back(start);
    return std::nullopt;
  }
  std::vector<std::string> keys;
  if (scan_.accept(")")) return keys;
  while (true) {
    BASE_ASSIGN(auto next, key());
    keys.push_back(std::move(next));
    if (scan_.accept(")")) return keys;
    if (!scan_.accept(",")) return scan_.expected("\",\" or \")\" after a label");
  }
}

Result<std::optional<model::Stat>> RuleParser::stat() {
  scan_.skip_space();
  const auto at = scan_.position();
  const auto word = scan_.take_word();
  if (word == "p" && scan_.accept("(")) {  // as k6 writes it
    BASE_ASSIGN(const auto result, percentile(scan_.take_word(), at + 2));
    if (!scan_.accept(")")) return scan_.expected("\")\" after the percentile");
    return result;
  }
  const auto known = std::ranges::find(stat_names, word, &StatName::name);
  if (known != stat_names.end()) return model::Stat{known->kind};
  const bool numbered = word.size() > 1 && word[0] == 'p' && word[1] >= '0' && word[1] <= '9';
  if (numbered) return percentile(word.substr(1), at + 1);
  scan_.go_back(at);
  return std::nullopt;
}

Result<model::Stat> RuleParser::percentile(std::string_view digits, std::size_t at) {
  const auto quantity = base::parse_quantity(digits);
  const bool good = quantity && quantity->dimension == Dimension::none && quantity->value <= 100;
  if (good) return model::Stat{StatKind::percentile, quantity->value};
  return scan_.error(at, fmt::format("expected a percentile from 0 to 100, found \"{}\"", digits),
                     "p99.9 is the value that 99.9 % do not exceed");
}

Result<model::Check> RuleParser::check(bool has_stat) {
  if (is_comparison(scan_.peek())) return threshold();
  scan_.skip_space();
  const auto at = scan_.position();
  const auto word = scan_.take_word();
  if (has_stat && (word == "none" || word == "fresh")) {
    return scan_.error(at, fmt::format("\"{}\" does not go with a statistic", word),
                       "leave the statistic out");
  }
  return word_check(word, at);
}

Result<model::Check> RuleParser::word_check(std::string_view word, std::size_t at) {
  if (word == "regression") return bounds("as in regression warn 10% fail 20%");
  if (word == "change") return change();
  if (word == "ratchet") return model::Ratchet{};
  if (word == "none") return model::None{};
  if (word == "fresh") return fresh();
  const auto hint = suggestion(word);
  return scan_.error(
      at,
      fmt::format("expected a comparison (<, <=, >, >=, =), regression, change, ratchet, none or "
                  "fresh within, found {}",
                  scan_.found_at(at)),
      hint.empty() ? "as in load.latency p95 < 200ms" : hint);
}

Result<model::Comparison> RuleParser::comparison() {
  using enum model::Comparison;
  if (scan_.accept("<=")) return less_equal;
  if (scan_.accept(">=")) return greater_equal;
  if (scan_.accept("<")) return less;
  if (scan_.accept(">")) return greater;
  if (scan_.accept("===") || scan_.accept("==") || scan_.accept("=")) return equal;
  return scan_.expected("<, <=, >, >= or =");
}

Result<model::Check> RuleParser::threshold(std::string_view unit_of_bare_number) {
  BASE_ASSIGN(const auto sign, comparison());
  scan_.skip_space();
  const auto at = scan_.position();
  auto text = scan_.take_until_space();
  if (text.empty()) return scan_.expected("a bound", "as in < 200ms, > 0.75 or < 0.1%");
  BASE_ASSIGN(const double per_seconds, per(text, at));
  text = text.substr(0, text.find('/'));
  auto bound = base::parse_quantity(text);
  if (bound && bound->dimension == Dimension::none && !unit_of_bare_number.empty()) {
    bound = base::parse_quantity(fmt::format("{}{}", text, unit_of_bare_number));
  }
  if (!bound) return scan_.error(at, bound.error().message, bound.error().hint);
  return model::Threshold{sign, *bound, per_seconds};
}

// The seconds behind the stroke of "1MiB/h"; 0 without one.
Result<double> RuleParser::per(std::string_view bound, std::size_t at) {
  const auto stroke = bound.find('/');
  if (stroke == std::string_view::npos) return 0;
  const auto unit = bound.substr(stroke + 1);
  for (const auto& [name, seconds] : {std::pair("s", 1.0), {"m", 60.0}, {"h", 3'600.0}, {"d", 86'400.0}}) {
    if (unit == name) return seconds;
  }
  return scan_.error(at + stroke + 1,
                     fmt::format("expected s, m, h or d behind the stroke, found \"{}\"", unit),
                     "as in slope < 1MiB/h");
}

// A slope is a speed, and nothing else is.
base::Status RuleParser::check_speed(const model::Rule& rule) {
  const bool slope = rule.stat && rule.stat->kind == StatKind::slope;
  const auto* bound = std::get_if<model::Threshold>(&rule.check);
  const bool speed = bound != nullptr && bound->per_seconds > 0;
  if (slope == speed && (!slope || bound->comparison != model::Comparison::equal)) return {};
  return scan_.error(0, slope ? "a slope is judged by a bound per time" : "only a slope has a bound per time",
                     "as in service.memory slope < 1MiB/h");
}

Result<model::Check> RuleParser::change() {
  BASE_ASSIGN(const model::Regression read, bounds("as in change warn 10% fail 20%"));
  return model::Change{read.warn, read.fail};
}

Result<model::Regression> RuleParser::bounds(std::string_view example) {
  std::optional<double> warn, fail;
  std::size_t fail_at = 0;
  while (!scan_.at_end()) {
    const auto at = scan_.position();
    const auto word = scan_.take_word();
    auto* target = word == "warn" ? &warn : word == "fail" ? &fail : nullptr;
    if (target == nullptr) {
      return scan_.error(at, fmt::format("expected warn or fail, found {}", scan_.found_at(at)),
                         std::string(example));
    }
    if (*target) return scan_.error(at, fmt::format("\"{}\" is there twice", word));
    scan_.skip_space();
    if (target == &fail) fail_at = scan_.position();
    BASE_ASSIGN(*target, percent());
  }
  bare_ = !warn && !fail;
  if (!warn) warn = fail ? *fail / fail_over_warn : usual_warn;
  if (!fail) fail = *warn * fail_over_warn;
  if (*fail < *warn) return scan_.error(fail_at, "fail lies below warn", "a warning comes before a failure");
  return model::Regression{*warn, *fail};
}

Result<double> RuleParser::percent() {
  scan_.skip_space();
  const auto at = scan_.position();
  const auto quantity = base::parse_quantity(scan_.take_until_space());
  const bool good = quantity && quantity->dimension == Dimension::share && quantity->value > 0;
  if (good) return quantity->value;
  return scan_.error(at, fmt::format("expected a percentage above 0, found {}", scan_.found_at(at)),
                     "write it as 10%");
}

Result<model::Check> RuleParser::fresh() {
  if (const auto at = scan_.position(); scan_.take_word() != "within") {
    scan_.go_back(at);
    return scan_.expected("\"within\" after \"fresh\"", "as in fresh within 24h");
  }
  scan_.skip_space();
  const auto at = scan_.position();
  const auto quantity = base::parse_quantity(scan_.take_until_space());
  const bool good = quantity && quantity->dimension == Dimension::seconds && quantity->value > 0;
  if (good) return model::Fresh{quantity->value};
  return scan_.error(at, fmt::format("expected a duration above 0, found {}", scan_.found_at(at)),
                     "as in fresh within 24h");
}

base::Status RuleParser::end() {
  if (scan_.at_end()) return {};
  return scan_.expected("the end of the rule", "a number and its unit are written without a space: 200ms");
}

base::Status check_text(std::string_view text, const base::Place& place) {
  if (text.size() > longest_rule) {
    return base::fail_at(place,
                         fmt::format("a rule of {} bytes; at most {} are read", text.size(), longest_rule));
  }
  if (!base::is_valid_utf8(text)) return base::fail_at(place, "the rule is not valid UTF-8");
  return {};
}

}  // namespace

Result<model::Rule> parse_rule(std::string_view text, const base::Place& place) {
  BASE_TRY(check_text(text, place));
  BASE_ASSIGN(auto rule, RuleParser(text, place).rule());
  rule.text = base::trim(text);
  rule.place = place;
  rule.place.column += static_cast<int>(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return rule;
}

Result<model::Selector> parse_selector(std::string_view text, const base::Place& place) {
  BASE_TRY(check_text(text, place));
  return RuleParser(text, place).whole_selector();
}

}  // namespace plimsoll::plan
