// What /proc and the kernel tell about processes and ports (proc(5)).
#include <cerrno>
#include <sstream>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process.h"
#include "base/text.h"

namespace base {
namespace {

std::filesystem::path proc_folder(pid_t pid) {
  return fmt::format("/proc/{}", pid);
}

// "VmRSS:	    5124 kB" of /proc/PID/status.
std::uint64_t kilobytes_of(std::string_view status, std::string_view field) {
  const auto at = status.find(fmt::format("\n{}:", field));
  if (at == std::string_view::npos) return 0;  // a kernel thread has none
  std::string_view line = status.substr(at + field.size() + 2);
  line = trim(line.substr(0, line.find('\n')));
  const auto number = parse_integer(line.substr(0, line.find(' ')));
  return number && *number > 0 ? static_cast<std::uint64_t>(*number) << 10 : 0;
}

// The fields of /proc/PID/stat from the third (state) on; the second, the name, may itself hold spaces and
// brackets.
std::vector<std::string> stat_fields(std::string_view stat) {
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return {};
  return split(trim(stat.substr(name_end + 1)), ' ');
}

double number_at(const std::vector<std::string>& fields, std::size_t field) {
  const std::size_t index = field - 3;  // proc(5) counts from 1, and two are gone
  return index < fields.size() ? parse_double(fields[index]).value_or(0) : 0;
}

}  // namespace

Result<ProcessUsage> process_usage(pid_t pid) {
  constexpr std::uint64_t limit = 1 << 20;
  const auto gone = [&] { return fail(ErrorCode::not_found, fmt::format("no process {} is running", pid)); };
  const auto stat = system_files().read(proc_folder(pid) / "stat", limit);
  const auto status = system_files().read(proc_folder(pid) / "status", limit);
  if (!stat || !status) return gone();
  const auto fields = stat_fields(*stat);
  if (fields.empty() || fields[0] == "Z" || fields[0] == "X") return gone();

  ProcessUsage usage;
  usage.rss_bytes = kilobytes_of(*status, "VmRSS");
  usage.peak_rss_bytes = kilobytes_of(*status, "VmHWM");
  usage.cpu_seconds =
      (number_at(fields, 14) + number_at(fields, 15)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  usage.threads = static_cast<int>(number_at(fields, 20));
  const auto files = system_files().list(proc_folder(pid) / "fd");  // another user's are not shown
  usage.open_files = files ? static_cast<int>(files->size()) : 0;
  return usage;
}

Result<int> free_port() {
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (!socket.valid() || ::bind(socket.get(), generic, size) != 0 ||
      ::getsockname(socket.get(), generic, &size) != 0) {
    return std::unexpected(from_errno("cannot find a free port on 127.0.0.1", errno));
  }
  return ntohs(address.sin_port);
}

}  // namespace base
