// A retrieval test collection in the layout of BEIR (Thakur and others, "BEIR", 2021): documents, queries and
// judgements ("qrels") of which document answers which query.
//
//   corpus.jsonl   {"_id": "d1", "title": "", "text": "…", "metadata": {…}}    title and metadata may be
//   absent queries.jsonl  {"_id": "q1", "text": "…", "metadata": {…}} qrels.tsv      query-id TAB corpus-id
//   TAB grade, after a header line of those names or none; a grade of 1
//                  or more is relevant, more is better, 0 and less is judged and not relevant
//   judged-not-relevant.tsv  the same columns, optional: pairs that people judged not to answer
//
// Any of them may end in .zst. Everything is refused at file:line: broken JSON or UTF-8, an id that is
// absent, empty, longer than 200 bytes or given twice, a document without text, a pair judged twice, a pair
// of something unknown, and what passes the limits.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "plimsoll/probes/eval/measures.h"

namespace plimsoll::probes::eval {

struct Document {
  std::string id;
  std::string title;
  std::string text;
  std::string metadata;  // a JSON object as compact text; empty: none

  bool operator==(const Document&) const = default;
};

struct Query {
  std::string id;
  std::string text;
  std::string metadata;
  Grades judged;

  bool answerable() const { return relevant_count(judged) > 0; }
  bool operator==(const Query&) const = default;
};

struct JudgedSet {
  std::vector<Document> documents;  // in the file's order
  std::vector<Query> queries;
};

struct SetLimits {
  std::size_t file_bytes = 1u << 30;  // unpacked
  std::size_t line_bytes = 4u << 20;
  std::size_t entries = 2'000'000;  // of each file
};

// Where a set's files lie.
struct SetFiles {
  std::filesystem::path corpus;
  std::filesystem::path queries;
  std::filesystem::path qrels;
  std::filesystem::path judged_not_relevant;  // empty: none

  std::vector<std::filesystem::path> all() const;
};

// The files of a folder by their usual names: corpus.jsonl or corpus.jsonl.zst …, qrels.tsv or
// qrels/test.tsv. not_found names what is missing.
base::Result<SetFiles> find_set(const std::filesystem::path& folder);

base::Result<JudgedSet> read_set(const SetFiles& files, const SetLimits& limits = {});

// A set from texts, as read_set reads them; `names` are only for errors. judged_not_relevant may be empty.
struct SetTexts {
  std::string_view corpus, queries, qrels, judged_not_relevant;
};
base::Result<JudgedSet> parse_set(const SetTexts& texts, const SetFiles& names, const SetLimits& limits = {});

// A field of a metadata text: texts as they are, numbers and booleans as JSON writes them; nothing where it
// is absent, null, a list or an object.
std::optional<std::string> metadata_field(const std::string& metadata, std::string_view key);

}  // namespace plimsoll::probes::eval
