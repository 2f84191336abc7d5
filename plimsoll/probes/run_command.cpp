#include "plimsoll/probes/run_command.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/text.h"
#include "plimsoll/formats/format.h"

namespace plimsoll::probes {
namespace {

constexpr auto poll_interval = std::chrono::milliseconds(50);
constexpr auto stop_grace = std::chrono::seconds(1);  // less than `check` gives this process

// A time that no run writes. Files are dated back to it, so that one that was not written anew is known.
constexpr timespec long_ago = {.tv_sec = 1, .tv_nsec = 0};

base::Status date_back(const std::filesystem::path& file) {
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, long_ago};
  if (::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0 || errno == ENOENT) return {};
  return std::unexpected(base::from_errno(file.string(), errno));
}

bool was_written(const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return false;
  return status.st_mtim.tv_sec != long_ago.tv_sec;
}

std::string last_line(std::string_view text) {
  const std::string_view trimmed = base::trim(text);
  const std::size_t start = trimmed.rfind('\n');
  const std::string_view line = trimmed.substr(start == std::string_view::npos ? 0 : start + 1);
  return base::printable(base::mask_secrets(base::truncate_utf8(line, 400)));
}

}  // namespace

std::map<std::string, std::string> command_environment(const Task& task) {
  return {{"PLIMSOLL_SERVICE_URL", task.service_url},
          {"PLIMSOLL_ROOT", task.root.string()},
          {"PLIMSOLL_WORKDIR", task.workdir.string()}};
}

base::Result<base::Exit> run_to_end(base::ProcessOptions options, const std::function<bool()>& stop) {
  BASE_ASSIGN(const auto process, base::system_processes().start(std::move(options)));
  while (true) {
    if (auto exit = process->wait_for(poll_interval)) return *std::move(exit);
    if (base::interrupts::raised() != 0) {
      process->stop(stop_grace);
      return base::fail(base::ErrorCode::cancelled,
                        "interrupted by " + base::signal_name(base::interrupts::raised()));
    }
    if (stop && stop()) return process->stop(stop_grace);
  }
}

base::Result<CommandResult> run_command(const Command& command) {
  CommandResult result;
  base::ProcessOptions options;
  options.arguments = command.arguments;
  options.folder = command.folder;
  options.environment = command.environment;
  options.on_output = [&result](std::string_view bytes) {
    const std::size_t room = formats::most_bytes - result.output.size();
    result.output += bytes.substr(0, room);
    result.output_was_cut |= bytes.size() > room;
  };
  if (!command.result_file.empty()) BASE_TRY(date_back(command.result_file));
  BASE_ASSIGN(result.exit, run_to_end(std::move(options)));
  if (!command.result_file.empty() && was_written(command.result_file)) {
    BASE_ASSIGN(result.results, base::read_file(command.result_file, formats::most_bytes));
  }
  return result;
}

base::Status expect_success(const Command& command, const base::Exit& exit) {
  if (exit.ok()) return {};
  const std::string line = last_line(exit.error_tail);
  return base::fail(base::ErrorCode::unavailable, "`" + base::printable(command.arguments.front()) + "` " +
                                                      exit.describe() + (line.empty() ? "" : ": " + line));
}

}  // namespace plimsoll::probes
