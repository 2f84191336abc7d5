#include "apps/memory_api/search/hnsw_file.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "base/hash.h"

namespace memory_api::search {
namespace {

using base::ErrorCode;
using base::Status;

static_assert(std::endian::native == std::endian::little);
static_assert(sizeof(VectorCode) == 12);

constexpr std::size_t places = CodeBlock::places;
constexpr std::uint32_t version = 1;
constexpr std::array<char, 8> magic = {'P', 'L', 'H', 'N', 'S', 'W', '1', '\n'};

struct Header {
  std::array<char, 8> magic = {};
  std::uint32_t version = 0;
  std::uint32_t dimensions = 0;
  std::int64_t tenant = 0;
  std::int64_t embedder = 0;
  std::uint64_t places = 0;
  std::uint64_t words = 0;
  std::uint64_t sum = 0;
};

constexpr std::uint64_t links_bytes =
    sizeof(LinkBlock::levels) + sizeof(LinkBlock::counts) + sizeof(LinkBlock::links);

std::uint64_t block_bytes(std::size_t dimensions) {
  constexpr std::uint64_t of_a_row = 8 + 8 + sizeof(VectorCode) + 8;
  return places * (of_a_row + dimensions) + links_bytes + 8;
}

std::uint64_t blocks_of(std::uint64_t rows) {
  return (rows + places - 1) / places;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t sum_of(std::span<const std::byte> bytes) {
  return base::xxh3_64(text_of(bytes));
}

std::uint64_t sum_of(const Header& header) {
  return sum_of(std::as_bytes(std::span(&header, 1)).first(offsetof(Header, sum)));
}

// Of one row of a block; `scratch` is only there to be used again.
std::uint64_t sum_of_row(const CodeBlock& block, std::size_t i, std::string& scratch) {
  const std::size_t dimensions = block.bytes.size() / places;
  constexpr std::size_t begin = 16 + sizeof(VectorCode);
  scratch.resize(begin + dimensions);
  std::memcpy(scratch.data(), &block.documents[i], 8);
  std::memcpy(scratch.data() + 8, &block.digests[i], 8);
  std::memcpy(scratch.data() + 16, &block.codes[i], sizeof(VectorCode));
  std::memcpy(scratch.data() + begin, block.bytes.data() + i * dimensions, dimensions);
  return base::xxh3_64(scratch);
}

// Pieces of a buffer, one after the other.
class Packer {
 public:
  explicit Packer(std::span<std::byte> buffer) : rest_(buffer) {}

  template <class T>
  void put(std::span<const T> values) {
    std::memcpy(rest_.data(), values.data(), values.size_bytes());
    rest_ = rest_.subspan(values.size_bytes());
  }
  template <class T>
  void take(std::span<T> values) {
    std::memcpy(values.data(), rest_.data(), values.size_bytes());
    rest_ = rest_.subspan(values.size_bytes());
  }
  std::span<std::byte> next(std::size_t size) const { return rest_.first(size); }

 private:
  std::span<std::byte> rest_;
};

template <class T, std::size_t N>
std::span<const T> all(const std::array<T, N>& values) {
  return values;
}

// A block as it is at this moment, for the file.
void pack(const HnswIndex& index, std::size_t number, std::span<std::byte> buffer) {
  static const LinkBlock no_links;
  const auto shared = index.lock();
  const CodeBlock& rows = index.rows().block(number);
  Packer packer(buffer);
  packer.put(all(rows.documents));
  packer.put(all(rows.digests));
  packer.put(all(rows.codes));
  packer.put(std::span<const std::int8_t>(rows.bytes));
  std::string scratch;
  std::array<std::uint64_t, places> sums;
  for (std::size_t i = 0; i < places; ++i) sums[i] = sum_of_row(rows, i, scratch);
  packer.put(all(sums));
  const LinkBlock& links = number < index.graph().block_count() ? index.graph().block(number) : no_links;
  const std::uint64_t sum = [&] {
    const auto begin = packer.next(links_bytes);
    packer.put(all(links.levels));
    packer.put(all(links.counts));
    packer.put(std::span<const std::array<Place, LinkBlock::most_links>>(links.links));
    return sum_of(begin);
  }();
  packer.put(std::span<const std::uint64_t>(&sum, 1));
}

std::vector<std::uint32_t> pack(const std::vector<LinkChange>& above) {
  std::vector<std::uint32_t> words;
  for (const LinkChange& row : above) {
    words.push_back(row.place);
    words.push_back(static_cast<std::uint32_t>(row.level));
    words.push_back(static_cast<std::uint32_t>(row.links.size()));
    words.insert(words.end(), row.links.begin(), row.links.end());
  }
  return words;
}

// --- Reading.

std::unexpected<base::Error> damaged(std::string_view what) {
  return base::fail(ErrorCode::corrupt, std::string("the index has damaged ") + std::string(what));
}

Status check(const Header& header, const IndexIdentity& identity, std::uint64_t file_bytes) {
  if (header.magic != magic) return base::fail(ErrorCode::corrupt, "the file is no index");
  if (header.version != version) return base::fail(ErrorCode::unsupported, "the index has another version");
  if (header.sum != sum_of(header)) return damaged("header");
  if (header.tenant != identity.tenant || header.embedder != identity.embedder ||
      header.dimensions != identity.dimensions) {
    return base::fail(ErrorCode::conflict, "the index is of another tenant or embedder");
  }
  if (header.places > file_bytes || header.words > file_bytes || header.places >= no_place) {
    return damaged("size");
  }
  const std::uint64_t expected = sizeof(Header) + blocks_of(header.places) * block_bytes(header.dimensions) +
                                 header.words * sizeof(std::uint32_t) + 8;
  if (expected != file_bytes) return damaged("size");
  return {};
}

void drop_damaged_rows(CodeBlock& block, std::span<const std::uint64_t> sums, std::size_t in_use) {
  const std::size_t dimensions = block.bytes.size() / places;
  std::string scratch;
  for (std::size_t i = 0; i < places; ++i) {
    const bool is_whole = i < in_use && sums[i] == sum_of_row(block, i, scratch);
    if (is_whole) continue;
    block.documents[i] = no_document;
    block.digests[i] = 0;
    block.codes[i] = {};
    std::ranges::fill(std::span(block.bytes).subspan(i * dimensions, dimensions), std::int8_t{0});
  }
}

Status unpack(std::span<std::byte> buffer, std::size_t in_use, CodeBlock& rows, LinkBlock& links) {
  Packer packer(buffer);
  packer.take(std::span<std::int64_t>(rows.documents));
  packer.take(std::span<std::uint64_t>(rows.digests));
  packer.take(std::span<VectorCode>(rows.codes));
  packer.take(std::span<std::int8_t>(rows.bytes));
  std::array<std::uint64_t, places> sums;
  packer.take(std::span<std::uint64_t>(sums));
  const std::uint64_t found = sum_of(packer.next(links_bytes));
  packer.take(std::span<std::uint8_t>(links.levels));
  packer.take(std::span<std::uint8_t>(links.counts));
  packer.take(std::span<std::array<Place, LinkBlock::most_links>>(links.links));
  std::uint64_t sum = 0;
  packer.take(std::span<std::uint64_t>(&sum, 1));
  if (sum != found) return damaged("links");
  drop_damaged_rows(rows, sums, in_use);
  return {};
}

base::Result<std::vector<LinkChange>> unpack(std::span<const std::uint32_t> words) {
  std::vector<LinkChange> above;
  while (!words.empty()) {
    if (words.size() < 3 || words[2] > words.size() - 3 || words[1] > HnswGraph::highest_level) {
      return damaged("links");
    }
    const auto links = words.subspan(3, words[2]);
    above.push_back({words[0], static_cast<int>(words[1]), {links.begin(), links.end()}});
    words = words.subspan(3 + links.size());
  }
  return above;
}

base::Result<std::vector<LinkChange>> read_above(std::size_t count, const ReadBytes& read) {
  std::vector<std::uint32_t> words(count);
  BASE_TRY(read(std::as_writable_bytes(std::span(words))));
  std::uint64_t sum = 0;
  BASE_TRY(read(std::as_writable_bytes(std::span(&sum, 1))));
  if (sum != sum_of(std::as_bytes(std::span(words)))) return damaged("links");
  return unpack(std::span<const std::uint32_t>(words));
}

}  // namespace

Status write_index(const HnswIndex& index, const IndexIdentity& identity, const WriteBytes& write) {
  const std::vector<std::uint32_t> words = pack(index.graph().links_above());
  Header header{magic, version, static_cast<std::uint32_t>(identity.dimensions), identity.tenant,
                identity.embedder};
  {
    const auto shared = index.lock();
    header.places = index.rows().size();
  }
  header.words = words.size();
  header.sum = sum_of(header);
  BASE_TRY(write(std::as_bytes(std::span(&header, 1))));
  std::vector<std::byte> buffer(block_bytes(identity.dimensions));
  for (std::size_t i = 0; i < blocks_of(header.places); ++i) {
    pack(index, i, buffer);
    BASE_TRY(write(buffer));
  }
  const auto above = std::as_bytes(std::span(words));
  const std::uint64_t sum = sum_of(above);
  BASE_TRY(write(above));
  return write(std::as_bytes(std::span(&sum, 1)));
}

base::Result<std::unique_ptr<HnswIndex>> read_index(const IndexIdentity& identity, std::uint64_t file_bytes,
                                                    std::size_t exact_up_to, const ReadBytes& read) {
  Header header;
  if (file_bytes < sizeof header) return damaged("size");
  BASE_TRY(read(std::as_writable_bytes(std::span(&header, 1))));
  BASE_TRY(check(header, identity, file_bytes));
  std::vector<std::unique_ptr<CodeBlock>> rows;
  std::vector<std::unique_ptr<LinkBlock>> links;
  std::vector<std::byte> buffer(block_bytes(identity.dimensions));
  for (std::uint64_t first = 0; first < header.places; first += places) {
    BASE_TRY(read(buffer));
    rows.push_back(std::make_unique<CodeBlock>(identity.dimensions));
    links.push_back(std::make_unique<LinkBlock>());
    const auto in_use = static_cast<std::size_t>(std::min<std::uint64_t>(places, header.places - first));
    BASE_TRY(unpack(buffer, in_use, *rows.back(), *links.back()));
  }
  BASE_ASSIGN(const std::vector<LinkChange> above, read_above(header.words, read));
  auto index = std::make_unique<HnswIndex>(identity.dimensions, exact_up_to);
  index->restore(std::move(rows), std::move(links), header.places, above);
  return index;
}

std::uint64_t offset_of_row(Place place, std::size_t dimensions) {
  constexpr std::uint64_t before_the_bytes = places * (8 + 8 + sizeof(VectorCode));
  return sizeof(Header) + place / places * block_bytes(dimensions) + before_the_bytes +
         place % places * dimensions;
}

}  // namespace memory_api::search
