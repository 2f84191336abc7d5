#include "plimsoll/report/html_page.h"

#include <string_view>

#include "plimsoll/report/html_style.h"

namespace plimsoll::report {
namespace {

Markup head(const std::string& title) {
  constexpr std::string_view kPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return element(
      "head", {},
      element("meta", {{"charset", "utf-8"}}) +
          element("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", std::string(kPolicy)}}) +
          element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}) +
          element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}) +
          element("meta", {{"name", "referrer"}, {"content", "no-referrer"}}) +
          element("link", {{"rel", "icon"}, {"href", "data:,"}}) + element("title", {}, title) +
          style_element());
}

}  // namespace

std::string page(const std::string& title, const Markup& body) {
  const Markup whole = element("html", {{"lang", "en"}}, head(title) + element("body", {}, body));
  return "<!DOCTYPE html>\n" + whole.html() + "\n";
}

}  // namespace plimsoll::report
