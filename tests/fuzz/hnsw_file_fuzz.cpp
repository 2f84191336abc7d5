// Any bytes as the file of an index, and, as bytes seldom have the right checksums, any bytes as its links:
// nothing is found that is not there, nothing twice, and repairs come to an end.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "apps/memory_api/search/hnsw_file.h"

namespace {

using namespace memory_api::search;

constexpr std::size_t dimensions = 2, rows = 200, exact_up_to = 20;

std::unique_ptr<CodeBlock> some_rows() {
  CodeBlocks blocks(dimensions);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto x = static_cast<float>(i) / rows;
    blocks.write(blocks.append(), static_cast<std::int64_t>(i), 1, std::array{x, 1 - x});
  }
  return std::make_unique<CodeBlock>(blocks.block(0));
}

void use(HnswIndex& index) {
  constexpr std::array query = {0.6F, 0.8F};
  for (std::int64_t document = 0; document < 100; ++document) index.remove(document);
  while (index.work()) {
  }
  std::set<std::int64_t> found;
  for (const Bounded& one : index.nearest(EncodedQuery(query), 30)) {
    if (one.document < 100 || !found.insert(one.document).second) std::abort();
  }
}

void read_as_file(std::span<const std::uint8_t> data) {
  const auto index =
      read_index({1, 1, dimensions}, data.size(), exact_up_to, [&](std::span<std::byte> to) -> base::Status {
        if (to.size() > data.size()) std::abort();  // more than the size allows for
        if (!to.empty()) std::memcpy(to.data(), data.data(), to.size());
        data = data.subspan(to.size());
        return {};
      });
  if (index) use(**index);
}

void read_as_links(std::span<const std::uint8_t> data) {
  const auto next = [&]() -> std::uint8_t {
    if (data.empty()) return 0;
    const std::uint8_t byte = data.front();
    data = data.subspan(1);
    return byte;
  };
  auto links = std::make_unique<LinkBlock>();
  std::vector<LinkChange> above;
  while (!data.empty()) {
    const Place place = next();
    links->levels[place] = next();
    links->counts[place] = next();
    for (std::size_t i = 0; i < 4 && i < links->counts[place]; ++i) {
      links->links[place][i] = next() * 2u;
    }
    above.push_back({next(), next(), {next(), next() * 2u}});
  }
  std::vector<std::unique_ptr<CodeBlock>> blocks;
  std::vector<std::unique_ptr<LinkBlock>> link_blocks;
  blocks.push_back(some_rows());
  link_blocks.push_back(std::move(links));
  HnswIndex index(dimensions, exact_up_to);
  index.restore(std::move(blocks), std::move(link_blocks), rows, above);
  use(index);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_as_file({data, size});
  read_as_links({data, size});
  return 0;
}
