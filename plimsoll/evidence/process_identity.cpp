#include "plimsoll/evidence/process_identity.h"

#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace plimsoll::evidence {
namespace {

// The fields after the command's name, which may hold spaces and brackets itself: state is the first, start
// the 20th.
constexpr std::size_t kStateField = 0;
constexpr std::size_t kStartField = 19;

}  // namespace

std::string current_boot_id() {
  const auto text = base::read_file("/proc/sys/kernel/random/boot_id", 4096);
  return text ? std::string(base::trim(*text)) : std::string();
}

std::int64_t process_start(std::int64_t process_id) {
  const auto stat = base::read_file("/proc/" + std::to_string(process_id) + "/stat", 64 << 10);
  if (!stat) return 0;
  const auto name_end = stat->rfind(") ");
  if (name_end == std::string::npos) return 0;
  const auto fields = base::split(std::string_view(*stat).substr(name_end + 2), ' ');
  // A zombie has ended; only its parent has not asked yet.
  if (fields.size() <= kStartField || fields[kStateField] == "Z" || fields[kStateField] == "X") return 0;
  return base::parse_integer(fields[kStartField]).value_or(0);
}

bool is_alive(std::int64_t process_id, std::int64_t start, const std::string& boot_id) {
  if (boot_id != current_boot_id()) return false;
  const std::int64_t now = process_start(process_id);
  return now != 0 && (start == 0 || start == now);
}

}  // namespace plimsoll::evidence
