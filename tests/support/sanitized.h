// Whether this program was built with a sanitizer, which needs memory and time of its own.
#pragma once

namespace plimsoll::testing {

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace plimsoll::testing
