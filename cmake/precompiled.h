// Standard headers and nlohmann/json.hpp, compiled once for all rooms: reading them is most of what a small
// file costs. Every file still includes what it uses; the sanitizer builds go without this (PLIMSOLL_PCH=OFF)
// and show what is missing.
#pragma once

#include <algorithm>
#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
