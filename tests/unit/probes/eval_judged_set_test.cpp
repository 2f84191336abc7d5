#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include "base/file.h"
#include "plimsoll/probes/eval/judged_set.h"
#include "plimsoll/probes/eval/set_file.h"

namespace plimsoll::probes::eval {
namespace {

using testing::HasSubstr;

constexpr const char* corpus =
    R"({"_id": "d1", "title": "T", "text": "one", "metadata": {"tenant": "a", "n": 3, "deep": {"x": 1}}})"
    "\n\n"
    R"({"_id": "d2", "text": "two"})"
    "\n";
constexpr const char* queries = R"({"_id": "q1", "text": "which?", "metadata": {"difficulty": "easy"}})"
                                "\r\n"
                                R"({"_id": "q2", "text": "what?"})";
constexpr const char* qrels = "query-id\tcorpus-id\tscore\nq1\td1\t2\n";
const SetFiles names = {"corpus.jsonl", "queries.jsonl", "qrels.tsv", "judged-not-relevant.tsv"};

base::Result<JudgedSet> parse(SetTexts texts, const SetLimits& limits = {}) {
  if (texts.corpus.empty()) texts.corpus = corpus;
  if (texts.queries.empty()) texts.queries = queries;
  if (texts.qrels.empty()) texts.qrels = qrels;
  return parse_set(texts, names, limits);
}

std::string refusal(const SetTexts& texts, const SetLimits& limits = {}) {
  const auto set = parse(texts, limits);
  return set ? "accepted" : base::to_string(set.error());
}

std::string pack(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

void write(const std::filesystem::path& file, std::string_view content) {
  ASSERT_TRUE(base::system_files().write_atomically(file, content));
}

TEST(JudgedSet, ReadsTheBeirLayout) {
  const auto set = parse({.judged_not_relevant = "q2\td2\t0\n"});
  ASSERT_TRUE(set) << base::to_string(set.error());
  ASSERT_EQ(set->documents.size(), 2U);
  EXPECT_EQ(set->documents[0].title, "T");
  EXPECT_EQ(set->documents[1].text, "two");
  ASSERT_EQ(set->queries.size(), 2U);
  EXPECT_EQ(set->queries[0].judged, (Grades{{"d1", 2}}));
  EXPECT_TRUE(set->queries[0].answerable());
  EXPECT_EQ(set->queries[1].judged, (Grades{{"d2", 0}}));
  EXPECT_FALSE(set->queries[1].answerable());
}

TEST(JudgedSet, KeepsMetadata) {
  const auto set = parse({});
  ASSERT_TRUE(set);
  const std::string& metadata = set->documents[0].metadata;
  EXPECT_EQ(metadata_field(metadata, "tenant"), "a");
  EXPECT_EQ(metadata_field(metadata, "n"), "3");
  EXPECT_EQ(metadata_field(metadata, "deep"), std::nullopt);
  EXPECT_EQ(metadata_field(metadata, "absent"), std::nullopt);
  EXPECT_EQ(metadata_field(set->documents[1].metadata, "tenant"), std::nullopt);
}

TEST(JudgedSet, NeedsNoHeaderOfItsJudgements) {
  const auto set = parse({.qrels = "q1\td2\t1\nq2\td1\t3"});
  ASSERT_TRUE(set) << base::to_string(set.error());
  EXPECT_EQ(set->queries[1].judged, (Grades{{"d1", 3}}));
}

TEST(JudgedSet, NamesTheLineOfABrokenDocument) {
  EXPECT_THAT(refusal({.corpus = "{\"_id\": \"d1\", \"text\": \"x\"}\n{\"_id\": "}),
              HasSubstr("corpus.jsonl:2: expected one JSON object"));
  EXPECT_THAT(refusal({.corpus = "[1]"}), HasSubstr("corpus.jsonl:1: expected a JSON object, found array"));
  EXPECT_THAT(refusal({.corpus = R"({"text": "x"})"}), HasSubstr("corpus.jsonl:1: _id: expected a text"));
  EXPECT_THAT(refusal({.corpus = R"({"_id": 7, "text": "x"})"}),
              HasSubstr("_id: expected a text, found number"));
  EXPECT_THAT(refusal({.corpus = R"({"_id": "d1", "text": " "})"}), HasSubstr("document \"d1\" has none"));
  EXPECT_THAT(refusal({.corpus = R"({"_id": "d1", "text": "x", "metadata": []})"}),
              HasSubstr("metadata: expected an object, found array"));
  EXPECT_THAT(refusal({.corpus = "{\"_id\": \"d\", \"text\": \"\xff\"}"}), HasSubstr("corpus.jsonl:1: "));
  const std::string long_id = R"({"_id": ")" + std::string(201, 'x') + R"(", "text": "x"})";
  EXPECT_THAT(refusal({.corpus = long_id}), HasSubstr("at most 200 bytes, found 201"));
  EXPECT_THAT(refusal({.corpus = "\n"}), HasSubstr("corpus.jsonl:1: there is no document in it"));
}

TEST(JudgedSet, RefusesAnIdGivenTwice) {
  EXPECT_THAT(refusal({.corpus = "{\"_id\":\"d1\",\"text\":\"x\"}\n{\"_id\":\"d1\",\"text\":\"y\"}"}),
              HasSubstr("corpus.jsonl:2: _id: \"d1\" is given twice"));
  EXPECT_THAT(refusal({.queries = "{\"_id\":\"q1\",\"text\":\"x\"}\n{\"_id\":\"q1\",\"text\":\"y\"}"}),
              HasSubstr("queries.jsonl:2: _id: \"q1\" is given twice"));
}

TEST(JudgedSet, NamesTheLineOfABrokenJudgement) {
  EXPECT_THAT(refusal({.qrels = "query-id\tcorpus-id\tscore\nq1\td1\n"}),
              HasSubstr("qrels.tsv:2: expected 3 columns with tabs between them, found 2"));
  EXPECT_THAT(refusal({.qrels = "q1 d1 1\n"}), HasSubstr("qrels.tsv:1: expected 3 columns"));
  EXPECT_THAT(refusal({.qrels = "q1\td1\t0.5\n"}), HasSubstr("qrels.tsv:1: score: expected a whole number"));
  EXPECT_THAT(refusal({.qrels = "q1\td1\t1\nq9\td1\t1"}), HasSubstr("qrels.tsv:2: there is no query \"q9\""));
  EXPECT_THAT(refusal({.qrels = "q1\td9\t1"}), HasSubstr("qrels.tsv:1: there is no document \"d9\""));
  EXPECT_THAT(refusal({.qrels = "q1\td1\t99999999999999999999"}),
              HasSubstr("score: expected a whole number"));
  EXPECT_THAT(refusal({.judged_not_relevant = "q1\td1\t0"}),
              HasSubstr("judged-not-relevant.tsv:1: the pair of \"q1\" and \"d1\" is judged twice"));
}

TEST(JudgedSet, HoldsItsLimits) {
  EXPECT_THAT(refusal({}, {.line_bytes = 40}), HasSubstr("corpus.jsonl:1: the line is too long"));
  EXPECT_THAT(refusal({}, {.entries = 1}), HasSubstr("corpus.jsonl:3: the file has too many lines"));
  std::string deep = R"({"_id": "d", "text": "x", "metadata": )";
  for (int i = 0; i < 1000; ++i) deep += R"({"a": )";
  EXPECT_THAT(refusal({.corpus = deep}), HasSubstr("corpus.jsonl:1: "));
}

TEST(SetFile, UnpacksZstandard) {
  const std::string text(300'000, 'x');
  EXPECT_EQ(unpack_zstd(pack(text), 1 << 20), text);
  EXPECT_EQ(unpack_zstd(pack("a") + pack("b"), 10), "ab");
  EXPECT_EQ(unpack_zstd(pack(text), 1000).error().code, base::ErrorCode::too_large);
  const std::string packed = pack("some text that is long enough to be cut");
  EXPECT_EQ(unpack_zstd(packed.substr(0, packed.size() - 4), 100).error().code, base::ErrorCode::corrupt);
  EXPECT_EQ(unpack_zstd("no frame", 100).error().code, base::ErrorCode::corrupt);
}

TEST(JudgedSet, IsFoundInAFolderPackedOrNot) {
  auto folder = base::TemporaryFolder::create("eval-set");
  ASSERT_TRUE(folder);
  EXPECT_THAT(find_set(folder->path()).error().message, HasSubstr("there is no corpus.jsonl"));
  write(folder->path() / "corpus.jsonl.zst", pack(corpus));
  write(folder->path() / "queries.jsonl", queries);
  ASSERT_TRUE(base::system_files().create_folders(folder->path() / "qrels"));
  write(folder->path() / "qrels/test.tsv", qrels);
  const auto files = find_set(folder->path());
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(files->qrels.filename(), "test.tsv");
  const auto set = read_set(*files);
  ASSERT_TRUE(set) << base::to_string(set.error());
  EXPECT_EQ(set->documents.size(), 2U);
}

}  // namespace
}  // namespace plimsoll::probes::eval
