// The words that all forms of report share. They are plain text as the snapshot has it: each form escapes
// them its own way.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plimsoll/model/verdict.h"

namespace plimsoll::report {

// The order in which every form lists judgements.
inline constexpr std::array kWorstFirst = {model::Status::fail,     model::Status::inconclusive,
                                           model::Status::warn,     model::Status::pass,
                                           model::Status::learning, model::Status::not_run};

std::string_view mark(model::Status status);         // "✗", "?", "!", "✓", "~", "–"
std::string_view label(model::Status status);        // "fail", …, "not run"
std::string_view heading(model::Status status);      // "Failed", "Inconclusive", …
std::string_view reason_text(model::Reason reason);  // "too few samples"; "" for none

std::vector<const model::Judgement*> with_status(const model::Verdict& verdict, model::Status status);
std::string count_text(model::Status status, std::size_t n);  // "2 failed"
std::string counts_text(const model::Verdict& verdict);       // "2 failed, 1 inconclusive, 14 passed"

// What the rule asks for, without its selector: "p95 < 200ms", "p50 regression warn 10% fail 20%" (the
// statistic that was judged is named, also where the rule names none).
std::string demand(const model::Judgement& judgement);

// What stands against the bound, on the bound's scale; all finite. An interval of no width is none.
struct Measured {
  std::optional<double> value, low, high, bound;
  bool is_change = false;   // a ratio to the base: 1 is no change
  bool open_ended = false;  // an interval with one end
};
Measured measured(const model::Judgement& judgement);

// "213 ms"; "–" where there is none.
std::string value_text(const model::Judgement& judgement);
// The figure that the bound is held against: a change where the effect is a ratio ("+30 %"), else the value.
std::string figure_text(const model::Judgement& judgement);
// "207 to 219 ms", "+18 to +41 %", "from 207 ms"; empty where there is none.
std::string interval_text(const model::Judgement& judgement);
std::string bound_text(const model::Judgement& judgement);
// A number on the effect's scale: a ratio is written as a change ("+30 %"), a difference in the judgement's
// unit.
std::string effect_number(const model::Judgement& judgement, double number);
// "n = 24,013", "n = 1 against 12"; empty where nothing was sampled.
std::string sample_text(const model::Judgement& judgement);

std::string change_text(double ratio);                     // 1.3: "+30 %"; from tenfold on "× 12"
std::string duration_text(const model::Run& run);          // empty while it has not finished
std::string short_commit(const model::Run& run);           // 10 digits; empty outside a repository
std::string started_text(const model::Run& run);           // "2026-11-23 14:52:35 UTC"
std::string place_text(const model::Finding& finding);     // "src/a.cpp:12:3", or the package, or empty
std::string plural(std::size_t n, std::string_view word);  // "1 series" is the caller's problem: adds an s

// Findings that count, worst first, else in the snapshot's order; and those that are suppressed.
std::vector<const model::Finding*> open_findings(const model::Verdict& verdict);
std::vector<const model::Finding*> suppressed_findings(const model::Verdict& verdict);

}  // namespace plimsoll::report
