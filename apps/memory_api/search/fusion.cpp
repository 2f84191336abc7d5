#include "apps/memory_api/search/fusion.h"

#include <algorithm>
#include <unordered_map>

namespace memory_api::search {
namespace {

constexpr double usual_constant = 60;  // of the paper; it found no other to be better

struct Entry {
  std::int64_t document = 0;
  double merit = 0;
  double score = 0;
};

double merit_of(std::size_t place) {
  return 1 / (usual_constant + static_cast<double>(place + 1));
}

bool is_better(const Entry& a, const Entry& b) {
  if (a.merit != b.merit) return a.merit > b.merit;
  if (a.score != b.score) return a.score > b.score;
  return a.document > b.document;
}

std::vector<Entry> gathered(const FusionInput& input) {
  std::vector<Entry> entries;
  std::unordered_map<std::int64_t, std::size_t> places;
  const auto add = [&](const Candidate& candidate, double merit, double trust) {
    const auto [known, is_new] = places.try_emplace(candidate.document, entries.size());
    if (is_new) entries.push_back({candidate.document, 0, 0});
    Entry& entry = entries[known->second];
    entry.merit += merit;
    entry.score = std::max(entry.score, trust * std::clamp(candidate.score, 0.0, 1.0));
  };
  for (std::size_t i = 0; i < input.by_meaning.size(); ++i) {
    add(input.by_meaning[i], input.meaning_weight * merit_of(i), input.meaning_weight);
  }
  for (std::size_t i = 0; i < input.by_words.size(); ++i) {
    const bool waits =
        !places.contains(input.by_words[i].document) && !input.has_vector(input.by_words[i].document);
    add(input.by_words[i], merit_of(i) * (waits ? 1 + input.meaning_weight : 1), 1);
  }
  return entries;
}

}  // namespace

std::size_t fusion_depth(std::size_t results) {
  constexpr std::size_t least = 30;
  return least + 2 * results;
}

std::vector<Candidate> fuse(const FusionInput& input, std::size_t most, double threshold) {
  std::vector<Entry> entries = gathered(input);
  std::erase_if(entries, [threshold](const Entry& entry) { return entry.score < threshold; });
  std::ranges::sort(entries, is_better);
  if (entries.size() > most) entries.resize(most);
  std::vector<Candidate> fused;
  fused.reserve(entries.size());
  for (const Entry& entry : entries) fused.push_back({entry.document, entry.score});
  for (std::size_t i = fused.size(); i > 1; --i) {
    fused[i - 2].score = std::max(fused[i - 2].score, fused[i - 1].score);
  }
  return fused;
}

}  // namespace memory_api::search
