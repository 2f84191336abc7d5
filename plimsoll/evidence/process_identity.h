// Which process is which, also across a reboot and when a number is used again.
#pragma once

#include <cstdint>
#include <string>

namespace plimsoll::evidence {

// /proc/sys/kernel/random/boot_id: another one after every boot. Empty where the system has none.
std::string current_boot_id();

// When a process started, in clock ticks since boot (field 22 of /proc/PID/stat, proc(5)); 0 where it is
// gone.
std::int64_t process_start(std::int64_t process_id);

// Whether the process that had this number, start and boot still runs. A start of 0 is unknown: the number
// decides.
bool is_alive(std::int64_t process_id, std::int64_t start, const std::string& boot_id);

}  // namespace plimsoll::evidence
