// A picture with its title and what it says in words; a section of such pictures.
#pragma once

#include <string>
#include <string_view>

#include "plimsoll/report/markup.h"

namespace plimsoll::report {

Markup figure(const Markup& title, const Markup& picture, const std::string& words);

// Empty where there are no figures. `grid` is the CSS class that lays them out.
Markup figure_section(std::string_view id, std::string_view title, std::string_view lead,
                      std::string_view grid, const Markup& figures);

}  // namespace plimsoll::report
