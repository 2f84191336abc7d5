// How the page looks: one style sheet, light and dark, on screens of any width and in print.
#pragma once

#include "plimsoll/report/markup.h"

namespace plimsoll::report {

Markup style_element();

}  // namespace plimsoll::report
