#include "plimsoll/report/html_figure.h"

namespace plimsoll::report {

Markup figure(const Markup& title, const Markup& picture, const std::string& words) {
  return element("figure", {},
                 element("h3", {}, title) + element("div", {{"class", "plot"}}, picture) +
                     element("figcaption", {}, words));
}

Markup figure_section(std::string_view id, std::string_view title, std::string_view lead,
                      std::string_view grid, const Markup& figures) {
  if (figures.empty()) return {};
  return element("section", {{"aria-labelledby", std::string(id)}},
                 element("h2", {{"id", std::string(id)}}, title) + element("p", {{"class", "lead"}}, lead) +
                     element("div", {{"class", std::string(grid)}}, figures));
}

}  // namespace plimsoll::report
