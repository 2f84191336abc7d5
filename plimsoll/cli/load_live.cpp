#include "plimsoll/cli/load_live.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "base/units.h"
#include "plimsoll/report/text_layout.h"

namespace plimsoll::cli {
namespace {

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

// Whole words only, so that the line never wraps.
std::string fitting(std::string line, std::size_t width) {
  while (report::display_width(line) >= width) {
    const std::size_t gap = line.rfind("  ");
    if (gap == std::string::npos || gap == 0) break;
    line.resize(gap);
  }
  return line;
}

}  // namespace

LiveLine::LiveLine(const traffic::LoadPlan& plan, bool quiet)
    : plan_(plan),
      quiet_(quiet),
      terminal_(::isatty(STDERR_FILENO) != 0),
      colour_(terminal_ && std::getenv("NO_COLOR") == nullptr) {}

LiveLine::~LiveLine() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void LiveLine::take(const traffic::ServerSample& sample) {
  server_ = sample.usage;
}

void LiveLine::take(const traffic::LoadSlice& slice) {
  if (quiet_) return;
  const double now = slice.start_seconds + slice.seconds;
  for (const traffic::RouteSlice& route : slice.routes) {
    errors_ += traffic::total(route.errors);
    recent_.merge(route.latency);
  }
  const double length = now - begun_;
  if (length < (terminal_ ? 0.5 : 5)) return;
  show(line(now, length));
  begun_ = now;
  errors_before_ = errors_;
  recent_ = {};
}

std::string LiveLine::line(double now, double length) const {
  std::string text = fmt::format("{:.0f} s  {:.0f}/s", now, static_cast<double>(recent_.count()) / length);
  for (const double percent : {50, 95, 99})
    text += fmt::format("  p{} {}", percent, base::format_seconds(recent_.percentile(percent)));
  text += fmt::format("  {} errors", base::format_count(static_cast<double>(errors_)));
  text += users(now);
  if (server_) {
    text += fmt::format("  server {}", base::format_bytes(static_cast<double>(server_->rss_bytes)));
  }
  return text;
}

std::string LiveLine::users(double now) const {
  const auto users = traffic::users_at(plan_.shape, now);
  return users ? fmt::format("  {:.0f} users", *users) : "";
}

void LiveLine::show(const std::string& line) {
  if (!terminal_) {
    std::fputs(("· " + line + "\n").c_str(), stderr);
    return;
  }
  const std::string text = fitting("  " + line, terminal_width());
  const bool alarm = colour_ && errors_ > errors_before_;
  std::fputs(("\r\x1b[K" + (alarm ? "\x1b[31m" + text + "\x1b[0m" : text)).c_str(), stderr);
  shown_ = true;
}

}  // namespace plimsoll::cli
