#include "embedding/safetensors.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"

namespace embedding {
namespace {

using base::ErrorCode;

static_assert(std::endian::native == std::endian::little, "safetensors holds little-endian values");

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMostHeaderBytes = 1 << 20;
constexpr std::size_t kMostTensors = 4096;
constexpr std::size_t kMostDimensions = 8;

std::unexpected<base::Error> broken(std::string_view source, std::string_view what) {
  return base::fail(ErrorCode::corrupt, fmt::format("{}: {}", source, what));
}

std::optional<std::uint64_t> unsigned_value(const base::Json& json) {
  if (!json.is_number_unsigned()) return std::nullopt;
  return json.get<std::uint64_t>();
}

std::optional<std::vector<std::uint64_t>> unsigned_values(const base::Json* json, std::size_t most) {
  if (json == nullptr || !json->is_array() || json->size() > most) return std::nullopt;
  std::vector<std::uint64_t> values;
  for (const auto& element : *json) {
    const auto value = unsigned_value(element);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

// Bytes of an F32 tensor; nothing where that overflows.
std::optional<std::uint64_t> float_bytes(const std::vector<std::uint64_t>& shape) {
  std::uint64_t bytes = sizeof(float);
  for (const std::uint64_t length : shape) {
    if (__builtin_mul_overflow(bytes, length, &bytes)) return std::nullopt;
  }
  return bytes;
}

base::Result<Tensor> parse_tensor(const base::Json& json, std::uint64_t data_begin, std::uint64_t file_size) {
  const base::Json* type = base::find(json, "dtype");
  const auto shape = unsigned_values(base::find(json, "shape"), kMostDimensions);
  const auto place = unsigned_values(base::find(json, "data_offsets"), 2);
  if (type == nullptr || !type->is_string() || !shape || !place || place->size() != 2) {
    return base::fail(ErrorCode::corrupt, "expected dtype, shape and data_offsets");
  }
  const std::uint64_t first = place->front(), last = place->back();
  if (first > last || last > file_size - data_begin) {
    return base::fail(ErrorCode::corrupt, fmt::format("bytes {} to {} are not in the file", first, last));
  }
  Tensor tensor{type->get<std::string>(), *shape, data_begin + first, data_begin + last};
  if (tensor.type == "F32" && float_bytes(tensor.shape) != last - first) {
    return base::fail(ErrorCode::corrupt, "the shape is not the size");
  }
  return tensor;
}

// All bytes or an error; `out` is wholly written on success.
base::Status read_at(int file, std::uint64_t offset, std::span<std::byte> out, const std::string& path) {
  while (!out.empty()) {
    const ssize_t got = ::pread(file, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(base::from_errno(path, errno));
    if (got == 0) return broken(path, "the file ends too early");
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

base::Result<std::uint64_t> size_of(int file, const std::string& path) {
  struct stat status = {};
  if (::fstat(file, &status) != 0) return std::unexpected(base::from_errno(path, errno));
  return static_cast<std::uint64_t>(status.st_size);
}

base::Result<Tensors> read_header(int file, const std::string& path) {
  BASE_ASSIGN(const std::uint64_t size, size_of(file, path));
  std::uint64_t length = 0;
  BASE_TRY(read_at(file, 0, std::as_writable_bytes(std::span(&length, 1)), path));
  if (length > kMostHeaderBytes) {
    return base::fail(ErrorCode::too_large, fmt::format("{}: a header of {} bytes", path, length));
  }
  if (length > size - kLengthBytes) return broken(path, "the header ends behind the file");
  std::string json(length, '\0');
  BASE_TRY(read_at(file, kLengthBytes, std::as_writable_bytes(std::span(json)), path));
  return parse_safetensors_header(json, kLengthBytes + length, size, path);
}

}  // namespace

base::Result<Tensors> parse_safetensors_header(std::string_view json, std::uint64_t data_begin,
                                               std::uint64_t file_size, std::string_view source) {
  if (data_begin > file_size) return broken(source, "the header ends behind the file");
  BASE_ASSIGN(const base::Json document, base::parse_json(json, source));
  if (!document.is_object()) return broken(source, "the header is no JSON object");
  if (document.size() > kMostTensors) {
    return base::fail(ErrorCode::too_large, fmt::format("{}: {} tensors", source, document.size()));
  }
  Tensors tensors;
  for (const auto& [name, value] : document.items()) {
    if (name == "__metadata__") continue;
    auto tensor = parse_tensor(value, data_begin, file_size);
    if (!tensor)
      return std::unexpected(base::with_context(tensor.error(), fmt::format("{}: {}", source, name)));
    tensors.emplace(name, *std::move(tensor));
  }
  return tensors;
}

base::Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
  SafetensorsFile result;
  result.path_ = path.string();
  result.file_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!result.file_.valid()) return std::unexpected(base::from_errno(result.path_, errno));
  BASE_ASSIGN(result.tensors_, read_header(result.file_.get(), result.path_));
  return result;
}

base::Result<Tensor> SafetensorsFile::find(std::string_view name,
                                           const std::vector<std::uint64_t>& shape) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) return broken(path_, fmt::format("there is no tensor \"{}\"", name));
  if (found->second.type != "F32" || found->second.shape != shape) {
    return broken(path_, fmt::format("{} is not F32 of {}", name, fmt::join(shape, " × ")));
  }
  return found->second;
}

base::Status SafetensorsFile::read(const Tensor& tensor, std::uint64_t first, std::span<float> out) const {
  const std::uint64_t values = (tensor.end - tensor.begin) / sizeof(float);
  if (first > values || out.size() > values - first) return broken(path_, "read past a tensor's end");
  return read_at(file_.get(), tensor.begin + first * sizeof(float), std::as_writable_bytes(out), path_);
}

}  // namespace embedding
