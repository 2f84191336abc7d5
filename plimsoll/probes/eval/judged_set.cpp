#include "plimsoll/probes/eval/judged_set.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "plimsoll/probes/eval/set_file.h"

namespace plimsoll::probes::eval {
namespace {

constexpr std::size_t longest_id = 200;  // what a subject of an observation may have
constexpr int deepest_metadata = 16;
constexpr long long highest_grade = 1'000'000;
constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

// One line of a file, and how an error in it is told.
struct Line {
  std::string_view text;
  const std::string& file;
  int number;

  std::unexpected<base::Error> refuse(std::string message, std::string hint = {}) const {
    return base::fail_at({file, number, 0}, std::move(message), std::move(hint));
  }
};

using LineReader = std::function<base::Status(const Line&)>;

// Calls `read` for each line that is not blank.
base::Status for_each_line(std::string_view text, const std::string& file, const SetLimits& limits,
                           const LineReader& read) {
  if (text.starts_with(utf8_mark)) text.remove_prefix(utf8_mark.size());
  std::size_t entries = 0;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Line line{base::trim(text.substr(0, end)), file, number};
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.text.empty()) continue;
    if (line.text.size() > limits.line_bytes) return line.refuse("the line is too long");
    if (++entries > limits.entries) return line.refuse("the file has too many lines");
    BASE_TRY(read(line));
  }
  return {};
}

std::string shown(std::string_view text) {
  return "\"" + base::printable(base::truncate_utf8(text, 60)) + "\"";
}

base::Result<base::Json> read_object(const Line& line) {
  auto json = base::parse_json(line.text, line.file, {.bytes = line.text.size(), .depth = deepest_metadata});
  if (!json) return line.refuse("expected one JSON object: " + json.error().message);
  if (!json->is_object())
    return line.refuse("expected a JSON object, found " + std::string(json->type_name()));
  return json;
}

base::Result<std::string> read_text(const Line& line, const base::Json& object, std::string_view key) {
  const base::Json* value = base::find(object, key);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) {
    return line.refuse(fmt::format("{}: expected a text, found {}", key, value->type_name()));
  }
  return value->get<std::string>();
}

base::Result<std::string> read_id(const Line& line, const base::Json& object) {
  BASE_ASSIGN(std::string id, read_text(line, object, "_id"));
  if (id.empty()) return line.refuse("_id: expected a text that is not empty, found nothing");
  if (id.size() > longest_id) {
    return line.refuse(fmt::format("_id: expected at most {} bytes, found {}", longest_id, id.size()));
  }
  return id;
}

base::Result<std::string> read_metadata(const Line& line, const base::Json& object) {
  const base::Json* value = base::find(object, "metadata");
  if (value == nullptr || value->is_null() || (value->is_object() && value->empty())) return std::string();
  if (!value->is_object()) {
    return line.refuse(fmt::format("metadata: expected an object, found {}", value->type_name()));
  }
  return base::dump(*value);
}

// Ids of what was read, and on which line.
using Index = std::unordered_map<std::string, std::size_t>;

base::Status add_to_index(const Line& line, const std::string& id, std::size_t position, Index& index) {
  if (!index.emplace(id, position).second) return line.refuse("_id: " + shown(id) + " is given twice");
  return {};
}

// Reads the files one after the other into one set.
class SetReader {
 public:
  explicit SetReader(const SetLimits& limits) : limits_(limits) {}

  base::Status read_corpus(std::string_view text, const std::string& file) {
    BASE_TRY(for_each_line(text, file, limits_, [this](const Line& line) { return read_document(line); }));
    if (!set_.documents.empty()) return {};
    return base::fail_at({file, 1, 0}, "there is no document in it");
  }

  base::Status read_queries(std::string_view text, const std::string& file) {
    BASE_TRY(for_each_line(text, file, limits_, [this](const Line& line) { return read_query(line); }));
    if (!set_.queries.empty()) return {};
    return base::fail_at({file, 1, 0}, "there is no query in it");
  }

  base::Status read_qrels(std::string_view text, const std::string& file) {
    bool first = true;
    return for_each_line(text, file, limits_, [&](const Line& line) -> base::Status {
      const bool header = first && is_header(line.text);
      first = false;
      return header ? base::Status{} : read_pair(line);
    });
  }

  JudgedSet take() { return std::move(set_); }

 private:
  // Its names differ between collections, but the last is a word.
  // Its names differ between collections, but the last is a word.
  static bool is_header(std::string_view text) {
    const std::vector<std::string> columns = base::split(text, '\t');
    const auto is_letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return columns.size() == 3 && std::ranges::all_of(columns[2], is_letter);
  }

  base::Status read_document(const Line& line) {
    BASE_ASSIGN(const base::Json json, read_object(line));
    Document document;
    BASE_ASSIGN(document.id, read_id(line, json));
    BASE_ASSIGN(document.title, read_text(line, json, "title"));
    BASE_ASSIGN(document.text, read_text(line, json, "text"));
    BASE_ASSIGN(document.metadata, read_metadata(line, json));
    if (base::trim(document.text).empty() && base::trim(document.title).empty()) {
      return line.refuse("text: document " + shown(document.id) + " has none");
    }
    BASE_TRY(add_to_index(line, document.id, set_.documents.size(), documents_));
    set_.documents.push_back(std::move(document));
    return {};
  }

  base::Status read_query(const Line& line) {
    BASE_ASSIGN(const base::Json json, read_object(line));
    Query query;
    BASE_ASSIGN(query.id, read_id(line, json));
    BASE_ASSIGN(query.text, read_text(line, json, "text"));
    BASE_ASSIGN(query.metadata, read_metadata(line, json));
    if (base::trim(query.text).empty()) return line.refuse("text: query " + shown(query.id) + " has none");
    BASE_TRY(add_to_index(line, query.id, set_.queries.size(), queries_));
    set_.queries.push_back(std::move(query));
    return {};
  }

  base::Status read_pair(const Line& line) {
    const std::vector<std::string> columns = base::split(line.text, '\t');
    if (columns.size() != 3) {
      return line.refuse(fmt::format("expected 3 columns with tabs between them, found {}", columns.size()),
                         "query-id TAB corpus-id TAB score");
    }
    const auto grade = base::parse_integer(columns[2]);
    if (!grade || *grade > highest_grade || *grade < -highest_grade) {
      return line.refuse("score: expected a whole number, found " + shown(columns[2]));
    }
    const auto query = queries_.find(columns[0]);
    if (query == queries_.end()) return line.refuse("there is no query " + shown(columns[0]));
    if (!documents_.contains(columns[1])) return line.refuse("there is no document " + shown(columns[1]));
    Grades& judged = set_.queries[query->second].judged;
    if (!judged.emplace(columns[1], static_cast<Grade>(*grade)).second) {
      return line.refuse("the pair of " + shown(columns[0]) + " and " + shown(columns[1]) +
                         " is judged twice");
    }
    return {};
  }

  SetLimits limits_;
  JudgedSet set_;
  Index documents_;
  Index queries_;
};

base::Result<std::filesystem::path> find_one(const std::filesystem::path& folder,
                                             std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (const std::string_view packing : {"", ".zst"}) {
      std::filesystem::path file = folder / (std::string(name) + std::string(packing));
      std::error_code ignored;
      if (std::filesystem::is_regular_file(file, ignored)) return file;
    }
  }
  return base::fail(base::ErrorCode::not_found,
                    "there is no " + std::string(*names.begin()) + " in " + folder.string(),
                    "a judged set is corpus.jsonl, queries.jsonl and qrels.tsv (each may be .zst)");
}

}  // namespace

std::vector<std::filesystem::path> SetFiles::all() const {
  std::vector<std::filesystem::path> files = {corpus, queries, qrels};
  if (!judged_not_relevant.empty()) files.push_back(judged_not_relevant);
  return files;
}

base::Result<SetFiles> find_set(const std::filesystem::path& folder) {
  SetFiles files;
  BASE_ASSIGN(files.corpus, find_one(folder, {"corpus.jsonl"}));
  BASE_ASSIGN(files.queries, find_one(folder, {"queries.jsonl"}));
  BASE_ASSIGN(files.qrels, find_one(folder, {"qrels.tsv", "qrels/test.tsv"}));
  files.judged_not_relevant = find_one(folder, {"judged-not-relevant.tsv"}).value_or("");
  return files;
}

base::Result<JudgedSet> parse_set(const SetTexts& texts, const SetFiles& names, const SetLimits& limits) {
  SetReader reader(limits);
  BASE_TRY(reader.read_corpus(texts.corpus, names.corpus.string()));
  BASE_TRY(reader.read_queries(texts.queries, names.queries.string()));
  BASE_TRY(reader.read_qrels(texts.qrels, names.qrels.string()));
  BASE_TRY(reader.read_qrels(texts.judged_not_relevant, names.judged_not_relevant.string()));
  return reader.take();
}

base::Result<JudgedSet> read_set(const SetFiles& files, const SetLimits& limits) {
  BASE_ASSIGN(const std::string corpus, read_set_file(files.corpus, limits.file_bytes));
  BASE_ASSIGN(const std::string queries, read_set_file(files.queries, limits.file_bytes));
  BASE_ASSIGN(const std::string qrels, read_set_file(files.qrels, limits.file_bytes));
  std::string others;
  if (!files.judged_not_relevant.empty()) {
    BASE_ASSIGN(others, read_set_file(files.judged_not_relevant, limits.file_bytes));
  }
  return parse_set({corpus, queries, qrels, others}, files, limits);
}

std::optional<std::string> metadata_field(const std::string& metadata, std::string_view key) {
  if (metadata.empty()) return std::nullopt;
  const base::Json object = base::Json::parse(metadata, nullptr, false);
  const base::Json* value = base::find(object, key);
  if (value == nullptr || value->is_null() || value->is_structured()) return std::nullopt;
  return value->is_string() ? value->get<std::string>() : base::dump(*value);
}

}  // namespace plimsoll::probes::eval
