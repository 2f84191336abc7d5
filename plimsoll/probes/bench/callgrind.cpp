#include "plimsoll/probes/bench/callgrind.h"

#include <charconv>

#include "base/file.h"
#include "base/text.h"

namespace plimsoll::probes::bench {
namespace {

constexpr std::uint64_t most_profile_bytes = std::uint64_t{256} << 20;
constexpr std::string_view profile_prefix = "callgrind.";

std::optional<std::uint64_t> number_after(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return std::nullopt;
  const std::string_view digits = base::trim(line.substr(key.size()));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end == digits.data()) return std::nullopt;
  return value;
}

base::Result<std::uint64_t> sum_of_profiles(const std::filesystem::path& folder) {
  std::uint64_t sum = 0;
  BASE_ASSIGN(const auto names, base::system_files().list(folder));
  for (const std::string& name : names) {
    if (!name.starts_with(profile_prefix)) continue;
    BASE_ASSIGN(const std::string text, base::read_file(folder / name, most_profile_bytes));
    BASE_ASSIGN(const std::uint64_t total, total_of_profile(text, name));
    sum += total;
    BASE_TRY(base::system_files().remove(folder / name));
  }
  return sum;
}

}  // namespace

base::Result<std::optional<std::uint64_t>> count_instructions(Command command,
                                                              const std::filesystem::path& folder) {
  const std::string program = command.arguments.front();
  const std::string profile = (folder / std::string(profile_prefix)).string() + "%p";
  command.arguments.insert(
      command.arguments.begin(),
      {"valgrind", "--tool=callgrind", "--quiet", "--trace-children=yes", "--callgrind-out-file=" + profile});
  const auto result = run_command(command);
  if (!result && result.error().code == base::ErrorCode::not_found) return std::nullopt;
  if (!result) return std::unexpected(result.error());
  command.arguments.front() = "valgrind " + program;
  BASE_TRY(expect_success(command, result->exit));
  BASE_ASSIGN(const std::uint64_t sum, sum_of_profiles(folder));
  if (sum > 0) return sum;
  return base::fail(base::ErrorCode::unavailable,
                    "callgrind wrote no profile of `" + base::printable(program) + "`");
}

base::Result<std::uint64_t> total_of_profile(std::string_view text, std::string_view source) {
  std::optional<std::uint64_t> total;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    for (const std::string_view key : {"totals:", "summary:"}) {
      if (const auto number = number_after(line, key)) total = number;
    }
    at = end + 1;
  }
  if (total) return *total;
  return base::fail(base::ErrorCode::corrupt,
                    std::string(source) + ": expected a callgrind profile with a total");
}

}  // namespace plimsoll::probes::bench
