#include "plimsoll/report/junit.h"

#include <map>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/text.h"
#include "plimsoll/report/escape.h"
#include "plimsoll/report/words.h"

namespace plimsoll::report {
namespace {

using model::Judgement;
using model::Status;

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;

  void add(Status status) {
    ++tests;
    if (status == Status::fail) ++failures;
    if (status == Status::inconclusive) ++errors;
    if (status == Status::learning || status == Status::not_run) ++skipped;
  }
};

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(xml_characters(value).c_str());
}

void set_counts(pugi::xml_node node, const Counts& counts) {
  set(node, "tests", std::to_string(counts.tests));
  set(node, "failures", std::to_string(counts.failures));
  set(node, "errors", std::to_string(counts.errors));
  set(node, "skipped", std::to_string(counts.skipped));
}

void add_text(pugi::xml_node node, const std::string& text) {
  node.append_child(pugi::node_pcdata).set_value(xml_characters(text).c_str());
}

// "load" of load.latency{…}: what CI systems group by.
std::string suite_of(const Judgement& judgement) {
  const std::string name = judgement.series.substr(0, judgement.series.find_first_of(".{ "));
  return name.empty() ? "rules" : name;
}

std::string details(const Judgement& judgement) {
  std::string text = judgement.explanation;
  const auto add = [&text](std::string_view what, const std::string& value) {
    if (!value.empty()) text += fmt::format("\n{}: {}", what, value);
  };
  add("rule", judgement.rule);
  add("series", judgement.series);
  add("value", judgement.value ? value_text(judgement) : std::string());
  add("interval", interval_text(judgement));
  add("bound", bound_text(judgement));
  add("sample", sample_text(judgement));
  add("test", judgement.test);
  add("reason", std::string(reason_text(judgement.reason)));
  add("because", judgement.because);
  add("owner", judgement.owner);
  return text;
}

void add_outcome(pugi::xml_node test_case, const char* element, const Judgement& judgement) {
  pugi::xml_node outcome = test_case.append_child(element);
  set(outcome, "message", judgement.explanation);
  if (judgement.reason != model::Reason::none) set(outcome, "type", std::string(to_string(judgement.reason)));
  add_text(outcome, details(judgement));
}

void add_skipped(pugi::xml_node test_case, const Judgement& judgement) {
  const std::string why = judgement.status == Status::learning
                              ? "learning: too few comparable runs to say what is normal"
                              : "not run: left out of this run";
  const std::string& said = judgement.explanation;
  set(test_case.append_child("skipped"), "message", said.empty() ? why : why + ". " + said);
}

void add_case(pugi::xml_node suite, const Judgement& judgement) {
  pugi::xml_node test_case = suite.append_child("testcase");
  set(test_case, "classname", "plimsoll." + suite_of(judgement));
  set(test_case, "name", judgement.series + " " + demand(judgement));
  set(test_case, "time", "0");
  switch (judgement.status) {
    case Status::fail:
      return add_outcome(test_case, "failure", judgement);
    case Status::inconclusive:
      return add_outcome(test_case, "error", judgement);
    case Status::learning:
    case Status::not_run:
      return add_skipped(test_case, judgement);
    case Status::warn:
      return add_text(test_case.append_child("system-out"), "warning: " + details(judgement));
    case Status::pass:
      return;
  }
}

int badness(Status status) {
  return status == Status::fail ? 2 : status == Status::inconclusive ? 1 : 0;
}

// What no judgement shows: a verdict without rules, or a service that died where nothing was asked of it.
bool needs_case_of_its_own(const model::Verdict& verdict) {
  int worst = 0;
  for (const Judgement& judgement : verdict.judgements) worst = std::max(worst, badness(judgement.status));
  return badness(verdict.status) > worst;
}

void add_suite(pugi::xml_node root, const std::string& name, const std::vector<const Judgement*>& judgements,
               const model::Run& run) {
  pugi::xml_node suite = root.append_child("testsuite");
  Counts counts;
  for (const Judgement* judgement : judgements) counts.add(judgement->status);
  set(suite, "name", name);
  set_counts(suite, counts);
  set(suite, "timestamp", base::to_rfc3339(run.started));
  for (const Judgement* judgement : judgements) add_case(suite, *judgement);
}

}  // namespace

std::string junit(const model::Snapshot& snapshot) {
  const model::Verdict& verdict = snapshot.verdict;
  Judgement whole{
      .rule = "verdict", .series = "verdict", .status = verdict.status, .explanation = verdict.headline};
  std::map<std::string, std::vector<const Judgement*>> suites;
  if (needs_case_of_its_own(verdict)) suites["verdict"].push_back(&whole);
  for (const Judgement& judgement : verdict.judgements) suites[suite_of(judgement)].push_back(&judgement);
  Counts counts;
  for (const auto& [name, judgements] : suites) {
    for (const Judgement* judgement : judgements) counts.add(judgement->status);
  }
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node root = document.append_child("testsuites");
  set(root, "name", "plimsoll");
  set_counts(root, counts);
  for (const auto& [name, judgements] : suites) add_suite(root, name, judgements, verdict.run);
  std::ostringstream out;
  document.save(out, "  ", pugi::format_default, pugi::encoding_utf8);
  return std::move(out).str();
}

}  // namespace plimsoll::report
