#include "plimsoll/evidence/chunk_codec.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "base/hash.h"
#include "plimsoll/evidence/byte_codec.h"

namespace plimsoll::evidence {
namespace {

using base::Histogram;
using model::Observation;
using model::Proportion;
using model::Samples;
using model::SeriesHandle;

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 1 + sizeof(std::uint64_t);

// Flags of a segment; the low two bits are the index of the value's kind.
constexpr std::uint8_t kKindMask = 0x03;
constexpr std::uint8_t kHasSeconds = 0x04;
constexpr std::uint8_t kHasBlock = 0x08;
constexpr std::uint8_t kHasBaseSide = 0x10;
constexpr std::uint8_t kHasSubject = 0x20;

using Pointers = std::vector<const Observation*>;
using Segment = std::span<const Observation* const>;

Pointers sorted_by_series(std::span<const Observation> observations) {
  Pointers pointers;
  pointers.reserve(observations.size());
  for (const auto& observation : observations) pointers.push_back(&observation);
  // Within a series the addresses keep the order.
  std::ranges::sort(pointers, [](const Observation* a, const Observation* b) {
    return a->series != b->series ? a->series < b->series : a < b;
  });
  return pointers;
}

std::uint64_t bits(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

class SegmentWriter {
 public:
  SegmentWriter(ByteWriter& out, double start, double seconds)
      : out_(out), start_(start), seconds_(seconds) {}

  void write(Segment segment, SeriesHandle previous) {
    const std::uint8_t flags = flags_of(segment);
    body_.clear();
    write_columns(segment, flags);
    out_.signed_varint(static_cast<std::int64_t>(segment.front()->series) -
                       static_cast<std::int64_t>(previous));
    out_.byte(flags);
    out_.varint(segment.size());
    out_.varint(body_.size());
    out_.text(body_.view());
  }

 private:
  std::uint8_t flags_of(Segment segment) const {
    auto flags = static_cast<std::uint8_t>(segment.front()->value.index());
    for (const auto* observation : segment) {
      // Bit patterns: -0 is not 0 here.
      if (bits(observation->slice_seconds) != bits(seconds_)) flags |= kHasSeconds;
      if (observation->block) flags |= kHasBlock;
      if (observation->base_side) flags |= kHasBaseSide;
      if (!observation->subject.empty()) flags |= kHasSubject;
    }
    return flags;
  }

  void write_columns(Segment segment, std::uint8_t flags) {
    write_starts(segment);
    if (flags & kHasSeconds) {
      for (const auto* observation : segment) body_.number(observation->slice_seconds);
    }
    if (flags & kHasBlock) write_blocks(segment);
    if (flags & kHasBaseSide) {
      for (const auto* observation : segment) body_.byte(observation->base_side ? 1 : 0);
    }
    if (flags & kHasSubject) write_subjects(segment);
    for (const auto* observation : segment) write_value(observation->value);
  }

  void write_starts(Segment segment) {
    std::uint64_t previous = bits(start_);
    for (const auto* observation : segment) {
      const std::uint64_t current = bits(observation->slice_start);
      body_.signed_varint(static_cast<std::int64_t>(current - previous));
      previous = current;
    }
  }

  // 0 is no block; else the step from the block before, plus one.
  void write_blocks(Segment segment) {
    std::int64_t previous = 0;
    for (const auto* observation : segment) {
      if (!observation->block) {
        body_.varint(0);
        continue;
      }
      body_.varint(zigzag(*observation->block - previous) + 1);
      previous = *observation->block;
    }
  }

  // 0 is the subject before once more; else its length plus one.
  void write_subjects(Segment segment) {
    std::string_view previous;
    for (const auto* observation : segment) {
      if (observation->subject == previous) {
        body_.varint(0);
        continue;
      }
      body_.varint(observation->subject.size() + 1);
      body_.text(observation->subject);
      previous = observation->subject;
    }
  }

  void write_value(const model::Value& value) {
    if (const auto* scalar = std::get_if<double>(&value)) {
      body_.number(*scalar);
    } else if (const auto* proportion = std::get_if<Proportion>(&value)) {
      body_.varint(proportion->k);
      body_.varint(proportion->n);
    } else if (const auto* histogram = std::get_if<Histogram>(&value)) {
      write_histogram(histogram->parts());
    } else {
      const auto& samples = std::get<Samples>(value);
      body_.varint(samples.size());
      for (const double sample : samples) body_.number(sample);
    }
  }

  void write_histogram(const Histogram::Parts& parts) {
    body_.varint(parts.buckets.size());
    std::uint32_t previous = 0;
    for (const auto& bucket : parts.buckets) {
      body_.varint(bucket.index - previous);
      body_.varint(bucket.count);
      previous = bucket.index;
    }
    body_.varint(parts.edges.size());
    for (const auto& edge : parts.edges) {
      body_.number(edge.seconds);
      body_.varint(edge.at_or_below);
    }
    body_.varint(parts.infinite);
    body_.varint(parts.clamped);
    for (const double sum : {parts.sum, parts.sum_of_squares, parts.min, parts.max}) body_.number(sum);
  }

  ByteWriter& out_;
  ByteWriter body_;
  double start_;
  double seconds_;
};

std::unexpected<base::Error> damaged(std::string_view what) {
  return base::fail(base::ErrorCode::corrupt, "a chunk of observations is damaged: " + std::string(what));
}

bool read_histogram(ByteReader& in, model::Value& value) {
  Histogram::Parts parts;
  // A bucket takes two bytes at least and an edge nine: a lying count cannot make us allocate more than the
  // blob justifies.
  const std::uint64_t buckets = in.varint();
  if (buckets > in.remaining() / 2) return false;
  parts.buckets.reserve(buckets);
  std::uint64_t index = 0;
  for (std::uint64_t i = 0; i < buckets && in.ok(); ++i) {
    index += in.varint();
    if (index > UINT32_MAX) return false;
    parts.buckets.push_back({static_cast<std::uint32_t>(index), in.varint()});
  }
  const std::uint64_t edges = in.varint();
  if (edges > in.remaining() / 9) return false;
  for (std::uint64_t i = 0; i < edges && in.ok(); ++i) {
    const double seconds = in.number();
    parts.edges.push_back({seconds, in.varint()});
  }
  parts.infinite = in.varint();
  parts.clamped = in.varint();
  for (double* sum : {&parts.sum, &parts.sum_of_squares, &parts.min, &parts.max}) *sum = in.number();
  Histogram histogram;
  if (!in.ok() || !Histogram::from_parts(parts, histogram)) return false;
  value = std::move(histogram);
  return true;
}

bool read_samples(ByteReader& in, model::Value& value) {
  const std::uint64_t count = in.varint();
  if (count > in.remaining() / sizeof(double)) return false;
  Samples samples(count);
  for (double& sample : samples) sample = in.number();
  value = std::move(samples);
  return in.ok();
}

bool read_value(ByteReader& in, std::size_t kind, model::Value& value) {
  switch (kind) {
    case 0:
      value = in.number();
      return in.ok();
    case 1: {
      const std::uint64_t k = in.varint();
      value = Proportion{k, in.varint()};
      return in.ok();
    }
    case 2:
      return read_histogram(in, value);
    default:
      return read_samples(in, value);
  }
}

// Reads the columns of one segment into observations that have their series already.
class SegmentReader {
 public:
  SegmentReader(std::string_view body, std::uint8_t flags, double start, double seconds)
      : in_(body), flags_(flags), start_(start), seconds_(seconds) {}

  bool read(std::vector<Observation>& segment) {
    read_starts(segment);
    for (auto& observation : segment) {
      observation.slice_seconds = flags_ & kHasSeconds ? in_.number() : seconds_;
    }
    if (flags_ & kHasBlock && !read_blocks(segment)) return false;
    if (flags_ & kHasBaseSide) {
      for (auto& observation : segment) observation.base_side = in_.byte() != 0;
    }
    if (flags_ & kHasSubject) read_subjects(segment);
    for (auto& observation : segment) {
      if (!in_.ok() || !read_value(in_, flags_ & kKindMask, observation.value)) return false;
    }
    return in_.ok() && in_.remaining() == 0;
  }

 private:
  void read_starts(std::vector<Observation>& segment) {
    std::uint64_t current = bits(start_);
    for (auto& observation : segment) {
      current += static_cast<std::uint64_t>(in_.signed_varint());
      observation.slice_start = std::bit_cast<double>(current);
    }
  }

  bool read_blocks(std::vector<Observation>& segment) {
    std::uint64_t current = 0;
    for (auto& observation : segment) {
      const std::uint64_t step = in_.varint();
      if (step == 0) continue;
      current += static_cast<std::uint64_t>(unzigzag(step - 1));
      const auto block = static_cast<std::int64_t>(current);
      if (!std::in_range<std::int32_t>(block)) return false;
      observation.block = static_cast<std::int32_t>(block);
    }
    return true;
  }

  void read_subjects(std::vector<Observation>& segment) {
    std::string_view current;
    for (auto& observation : segment) {
      if (const std::uint64_t size = in_.varint(); size > 0) current = in_.text(size - 1);
      observation.subject = current;
    }
  }

  ByteReader in_;
  std::uint8_t flags_;
  double start_;
  double seconds_;
};

base::Status take_all(std::vector<Observation>&& segment, const std::function<void(Observation&&)>& take) {
  for (auto& observation : segment) {
    if (const auto valid = model::validate(observation); !valid) return damaged(valid.error().message);
    take(std::move(observation));
  }
  return {};
}

}  // namespace

std::string encode_chunk(std::span<const Observation> observations) {
  const Pointers pointers = sorted_by_series(observations);
  const double start = pointers.empty() ? 0 : pointers.front()->slice_start;
  const double seconds = pointers.empty() ? 0 : pointers.front()->slice_seconds;
  ByteWriter segments;
  SegmentWriter writer(segments, start, seconds);
  std::uint64_t count = 0;
  SeriesHandle previous = 0;
  const Segment all = pointers;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end, ++count) {
    const auto& first = *all[begin];
    while (end < all.size() && all[end]->series == first.series &&
           all[end]->value.index() == first.value.index())
      ++end;
    writer.write(all.subspan(begin, end - begin), previous);
    previous = first.series;
  }
  ByteWriter body;
  body.varint(count);
  body.number(start);
  body.number(seconds);
  body.text(segments.view());
  ByteWriter chunk;
  chunk.byte(kVersion);
  chunk.fixed(base::xxh3_64(body.view()));
  chunk.text(body.view());
  return chunk.take();
}

base::Status decode_chunk(std::string_view bytes, const std::function<bool(SeriesHandle)>& wanted,
                          const std::function<void(Observation&&)>& take) {
  if (bytes.size() < kHeaderBytes) return damaged("it is cut short");
  ByteReader in(bytes);
  if (in.byte() != kVersion) return damaged("its version is unknown");
  if (const std::uint64_t sum = in.fixed(); sum != base::xxh3_64(in.rest()))
    return damaged("its checksum is wrong");
  const std::uint64_t segments = in.varint();
  const double start = in.number();
  const double seconds = in.number();
  std::uint64_t series = 0;
  for (std::uint64_t i = 0; i < segments; ++i) {
    series += static_cast<std::uint64_t>(in.signed_varint());
    const std::uint8_t flags = in.byte();
    const std::uint64_t count = in.varint();
    const auto body = in.text(in.varint());
    // Every observation takes a byte for its start and one for its value at least.
    if (!in.ok() || series > UINT32_MAX || count > body.size() / 2)
      return damaged("a segment contradicts itself");
    const auto handle = static_cast<SeriesHandle>(series);
    if (!wanted(handle)) continue;
    std::vector<Observation> segment(count);
    for (auto& observation : segment) observation.series = handle;
    if (!SegmentReader(body, flags, start, seconds).read(segment))
      return damaged("a segment contradicts itself");
    BASE_TRY(take_all(std::move(segment), take));
  }
  if (!in.ok() || in.remaining() > 0) return damaged("its length is wrong");
  return {};
}

}  // namespace plimsoll::evidence
