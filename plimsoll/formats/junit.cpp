// JUnit XML, as pytest, GoogleTest, Maven and most other test runners write it. There is no standard; this
// follows https://github.com/testmoapp/junitxml and what pytest and GoogleTest print.
//   tests.duration{suite,test}                            seconds, of tests that passed
//   tests.total, tests.failures, tests.errors, tests.skipped   count, of the file
// A test that failed is a finding, tests.failed or tests.error, of severity high.
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/hash.h"
#include "base/text.h"
#include "plimsoll/formats/collector.h"
#include "plimsoll/formats/readers.h"
#include "plimsoll/formats/xml_document.h"

namespace plimsoll::formats {
namespace {

using model::Better;

constexpr int deepest = 64;  // of testsuites in testsuites
constexpr std::size_t message_bytes = 2000;

// Text of the file that is passed on: valid UTF-8, whatever stood there.
std::string clean(std::string_view text) {
  return base::is_valid_utf8(text) ? std::string(text) : base::printable(text, true);
}

struct Location {
  std::string file;
  int line = 0;
};

// "tests/test_store.py:10: AssertionError", "store_test.cpp:4": what a line of a failure's text begins with.
std::optional<Location> location_in(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view file = line.substr(0, colon);
  const bool is_file =
      file.find('.') != std::string_view::npos && file.find_first_of(" \t\"'()<>") == std::string_view::npos;
  std::string_view rest = line.substr(colon + 1);
  const std::string_view digits = rest.substr(0, rest.find_first_not_of("0123456789"));
  rest.remove_prefix(digits.size());
  const bool ends_there = rest.empty() || rest.front() == ':' || rest.front() == ' ' || rest.front() == '\r';
  const auto number = base::parse_integer(digits);
  if (!is_file || !ends_there || !number || *number < 1 || *number > 100'000'000) return std::nullopt;
  return Location{clean(file), static_cast<int>(*number)};
}

// Of the last line that names a place: where a traceback ends.
std::optional<Location> last_location_in(std::string_view text) {
  std::optional<Location> last;
  for (const std::string& line : base::split(text, '\n')) {
    if (auto location = location_in(line)) last = std::move(location);
  }
  return last;
}

int line_attribute(pugi::xml_node node) {
  const auto line = base::parse_integer(base::trim(node.attribute("line").value()));
  return line && *line > 0 && *line <= 100'000'000 ? static_cast<int>(*line) : 0;
}

// Where the failure says it happened; else where the test case stands.
Location place_of(pugi::xml_node test, pugi::xml_node failure) {
  const std::string_view message = failure.attribute("message").value();
  if (auto place = location_in(message.substr(0, message.find('\n')))) return *std::move(place);
  auto inside = last_location_in(failure.text().get());
  Location stands{clean(test.attribute("file").value()), line_attribute(test)};
  if (!inside) return stands;
  return stands.file.empty() || inside->file == stands.file ? *inside : stands;
}

// On one line, every run of white space one space.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : base::truncate_utf8(text, 2 * message_bytes)) {
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!space) line += c;
    if (space && !line.ends_with(' ')) line += ' ';
  }
  return line;
}

// The failure's message, else its text.
std::string first_words(pugi::xml_node failure) {
  std::string_view text = base::trim(failure.attribute("message").value());
  if (text.empty()) text = base::trim(failure.text().get());
  if (text.empty()) text = failure.attribute("type").value();
  return clean(text.empty() ? "no message" : one_line(text));
}

struct Test {
  pugi::xml_node node;
  std::string suite;
  std::string name;
  std::string full_name() const { return suite.empty() ? name : suite + "." + name; }
};

class Reader {
 public:
  explicit Reader(const Content& content) : content_(content) {}

  base::Result<ImportedFile> read() {
    BASE_ASSIGN(const auto document, parse_xml(content_));
    const pugi::xml_node root = document->document_element();
    const std::string_view name = root.name();
    if (name != "testsuites" && name != "testsuite")
      return std::unexpected(content_.wrong("expected JUnit XML, found an element <" + clean(name) + ">"));
    BASE_TRY(name == "testsuite" ? read_suite(root, 0) : read_children(root, 0));
    add_totals();
    return collector_.take();
  }

 private:
  base::Status read_children(pugi::xml_node parent, int depth) {
    if (depth > deepest) {
      base::Error error = content_.wrong(fmt::format("testsuites are nested deeper than {}", deepest));
      error.code = base::ErrorCode::too_large;
      return std::unexpected(error);
    }
    const std::string suite = clean(parent.attribute("name").value());
    for (const pugi::xml_node child : parent.children()) {
      const std::string_view kind = child.name();
      if (kind == "testsuite") BASE_TRY(read_suite(child, depth));
      if (kind == "testcase") read_test(child, suite);
    }
    return {};
  }

  base::Status read_suite(pugi::xml_node suite, int depth) {
    if (!suite.child("testsuite")) read_summary(suite);
    return read_children(suite, depth + 1);
  }

  // A suite that says of more failures than its tests show: it was cut, or failed as a whole.
  void read_summary(pugi::xml_node suite) {
    const auto said = [&](const char* key) { return suite.attribute(key).as_ullong(0) % 1'000'000'000; };
    std::uint64_t shown = 0;
    for (const pugi::xml_node test : suite.children("testcase")) {
      for (const pugi::xml_node child : test.children())
        shown += std::string_view(child.name()) == "failure" || std::string_view(child.name()) == "error";
    }
    if (!suite.child("testcase")) {
      total_ += said("tests");
      skipped_ += said("skipped");
    }
    if (said("failures") + said("errors") <= shown) return;
    const std::uint64_t missing = said("failures") + said("errors") - shown;
    (said("errors") > 0 ? errors_ : failures_) += missing;
    const std::string name = clean(suite.attribute("name").value());
    add_finding({suite, "", name}, said("errors") > 0 ? "tests.error" : "tests.failed",
                {clean(suite.attribute("file").value()), 0},
                fmt::format("says that {} failed, but lists {}", missing + shown, shown));
  }

  void read_test(pugi::xml_node node, const std::string& suite) {
    Test test{node, clean(node.attribute("classname").value()), clean(node.attribute("name").value())};
    if (test.suite.empty()) test.suite = suite;
    ++total_;
    const pugi::xml_node failure = node.child("failure");
    const pugi::xml_node error = node.child("error");
    if (failure || error) {
      (error ? errors_ : failures_) += 1;
      const pugi::xml_node what = error ? error : failure;
      add_finding(test, error ? "tests.error" : "tests.failed", place_of(node, what), first_words(what));
    } else if (const auto why = why_skipped(node)) {
      ++skipped_;
      collector_.skip(test.full_name(), *why);
    } else if (const auto seconds = base::parse_double(base::trim(node.attribute("time").value()));
               seconds && *seconds >= 0) {
      const model::Labels labels = {{"suite", label_value(test.suite)}, {"test", label_value(test.name)}};
      collector_.add_sample(series_in_seconds("tests.duration", labels), *seconds);
    }
  }

  // GoogleTest writes disabled tests as not run.
  static std::optional<std::string> why_skipped(pugi::xml_node test) {
    if (const pugi::xml_node skipped = test.child("skipped")) {
      const std::string words = first_words(skipped);
      return words == "no message" ? "skipped" : "skipped: " + base::truncate_utf8(words, 300);
    }
    if (std::string_view(test.attribute("status").value()) == "notrun") return "not run";
    return std::nullopt;
  }

  // The fingerprint has neither line nor message, so that it survives both.
  void add_finding(const Test& test, const std::string& rule, Location place, const std::string& words) {
    model::Finding finding{.rule = rule, .severity = model::Severity::high};
    finding.file = std::move(place.file);
    finding.line = finding.file.empty() ? 0 : place.line;
    finding.fingerprint = base::sha256_hex(rule + "\n" + test.suite + "\n" + test.name).substr(0, 32);
    finding.message = base::mask_secrets(base::truncate_utf8(test.full_name() + ": " + words, message_bytes));
    finding.tools = {"junit"};
    collector_.file().findings.push_back(std::move(finding));
  }

  void add_totals() {
    const auto add = [&](const char* name, Better better, std::uint64_t count) {
      collector_.add_sample({{name, {}}, "count", better}, static_cast<double>(count));
    };
    add("tests.total", Better::neither, total_);
    add("tests.failures", Better::lower, failures_);
    add("tests.errors", Better::lower, errors_);
    add("tests.skipped", Better::lower, skipped_);
  }

  const Content& content_;
  Collector collector_;
  std::uint64_t total_ = 0, failures_ = 0, errors_ = 0, skipped_ = 0;
};

bool recognises(const Content& content) {
  if (!content.looks_like_xml()) return false;
  const std::string_view root = root_element(content.text());
  return root == "testsuites" || root == "testsuite";
}

}  // namespace

Format junit() {
  return {"junit", "pytest --junitxml=FILE, GoogleTest --gtest_output=xml:FILE", recognises,
          [](const Content& content) { return Reader(content).read(); }};
}

}  // namespace plimsoll::formats
