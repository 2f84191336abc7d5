#include "apps/memory_api/search/stop_words.h"

#include <algorithm>
#include <array>

namespace memory_api::search {
namespace {

// The usual list (after Fox, "A stop list for general text", SIGIR Forum 1989, shortened), with the pieces
// that the tokenizer makes of "don't", "she'll" and their like.
constexpr auto stop_words = std::to_array<std::string_view>({
    "a",          "about",  "above",   "after",    "again",      "against",   "all",    "also",    "am",
    "an",         "and",    "any",     "are",      "aren",       "as",        "at",     "be",      "because",
    "been",       "before", "being",   "below",    "between",    "both",      "but",    "by",      "can",
    "cannot",     "could",  "couldn",  "d",        "did",        "didn",      "do",     "does",    "doesn",
    "doing",      "don",    "down",    "during",   "each",       "few",       "for",    "from",    "further",
    "had",        "hadn",   "has",     "hasn",     "have",       "haven",     "having", "he",      "her",
    "here",       "hers",   "herself", "him",      "himself",    "his",       "how",    "i",       "if",
    "in",         "into",   "is",      "isn",      "it",         "its",       "itself", "just",    "let",
    "ll",         "m",      "may",     "me",       "might",      "mine",      "more",   "most",    "must",
    "my",         "myself", "no",      "nor",      "not",        "of",        "off",    "on",      "once",
    "only",       "or",     "other",   "our",      "ours",       "ourselves", "out",    "over",    "own",
    "please",     "re",     "s",       "same",     "shall",      "she",       "should", "shouldn", "so",
    "some",       "such",   "t",       "than",     "that",       "the",       "their",  "theirs",  "them",
    "themselves", "then",   "there",   "these",    "they",       "this",      "those",  "through", "to",
    "too",        "under",  "until",   "up",       "upon",       "us",        "ve",     "very",    "was",
    "wasn",       "we",     "were",    "weren",    "what",       "when",      "where",  "which",   "while",
    "who",        "whom",   "whose",   "why",      "will",       "with",      "won",    "would",   "wouldn",
    "you",        "your",   "yours",   "yourself", "yourselves",
});
static_assert(std::ranges::is_sorted(stop_words));

}  // namespace

bool is_stop_word(std::string_view word) {
  return std::ranges::binary_search(stop_words, word);
}

}  // namespace memory_api::search
