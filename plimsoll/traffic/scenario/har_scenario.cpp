#include "plimsoll/traffic/scenario/har_scenario.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/json_reference.h"
#include "base/text.h"
#include "net/headers.h"
#include "net/url.h"
#include "plimsoll/traffic/scenario/written_scenario.h"

namespace plimsoll::traffic {
namespace {

using base::Json;
using base::member;
using base::text_member;

constexpr std::size_t most_steps = 200;
constexpr std::size_t most_body_bytes = 64 << 10;
constexpr double shortest_pause = 0.1;  // seconds; less is the browser, not its user
constexpr double longest_pause = 60;    // more is a user who was away

// One request of the recording.
struct Recorded {
  const Json* request;
  const Json* response;
  net::Url url;
  double begin = 0;  // unix seconds
  double end = 0;
  bool fetched = false;  // an image, font, style or script
};

bool is_fetched(const Json& entry) {
  const std::string type = text_member(member(member(entry, "response"), "content"), "mimeType");
  constexpr std::array<std::string_view, 7> fetched = {
      "image/", "font/",           "text/css", "text/javascript", "application/javascript",
      "video/", "application/font"};
  return std::ranges::any_of(fetched, [&](std::string_view prefix) { return type.starts_with(prefix); });
}

std::optional<Recorded> recorded(const Json& entry) {
  const Json& request = member(entry, "request");
  const auto url = net::parse_url(text_member(request, "url"));
  if (!request.is_object() || !url) return std::nullopt;
  Recorded result{&request, &member(entry, "response"), *url, 0, 0, is_fetched(entry)};
  if (const auto at = base::parse_rfc3339(text_member(entry, "startedDateTime")))
    result.begin = base::to_unix_seconds(*at);
  const Json& time = member(entry, "time");
  result.end = result.begin + (time.is_number() ? std::clamp(time.get<double>() / 1000, 0.0, 3600.0) : 0);
  return result;
}

bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> known = {"GET",    "POST", "PUT",    "PATCH",
                                                     "DELETE", "HEAD", "OPTIONS"};
  return std::ranges::find(known, method) != known.end();
}

// What a browser adds by itself, or what the engine writes.
bool is_automatic(std::string_view name) {
  constexpr std::array<std::string_view, 16> automatic = {"host",
                                                          "connection",
                                                          "content-length",
                                                          "accept-encoding",
                                                          "cookie",
                                                          "user-agent",
                                                          "if-none-match",
                                                          "if-modified-since",
                                                          "origin",
                                                          "referer",
                                                          "pragma",
                                                          "cache-control",
                                                          "upgrade-insecure-requests",
                                                          "te",
                                                          "priority",
                                                          "dnt"};
  const std::string lower = base::to_lower_ascii(name);
  return lower.starts_with(':') || lower.starts_with("sec-") ||
         std::ranges::find(automatic, lower) != automatic.end();
}

class HarWriter {
 public:
  HarWriter(const std::string& source, std::string host) : source_(source), host_(std::move(host)) {}

  base::Result<std::string> write(const Json& document) {
    const Json& entries = member(member(document, "log"), "entries");
    if (!entries.is_array())
      return base::fail(base::ErrorCode::unsupported, source_ + " is no HAR: it has no log.entries");
    std::vector<Recorded> all;
    for (const Json& entry : entries) {
      if (auto one = recorded(entry)) all.push_back(*std::move(one));
    }
    std::ranges::stable_sort(all, {}, &Recorded::begin);
    if (host_.empty()) host_ = usual_host(all);
    const std::vector<Recorded> kept = keep(all);
    if (kept.empty())
      return base::fail(
          base::ErrorCode::unsupported,
          source_ + " holds no request to " + (host_.empty() ? "any host" : host_),
          hosts_.empty() ? "" : "it asks " + base::join(std::vector(hosts_.begin(), hosts_.end()), ", "));
    for (std::size_t i = 0; i < kept.size(); ++i)
      add_step(kept[i], i + 1 < kept.size() ? &kept[i + 1] : nullptr);
    return head(kept.front()) + steps_;
  }

 private:
  static std::string usual_host(const std::vector<Recorded>& all) {
    std::map<std::string, int> times;
    for (const Recorded& one : all) times[one.url.authority()] += one.fetched ? 0 : 1;
    const auto most = std::ranges::max_element(times, {}, [](const auto& host) { return host.second; });
    return most == times.end() ? "" : most->first;
  }

  std::vector<Recorded> keep(const std::vector<Recorded>& all) {
    std::vector<Recorded> kept;
    for (const Recorded& one : all) {
      hosts_.insert(one.url.authority());
      const bool here = one.url.authority() == host_ || one.url.host == host_;
      const bool good = is_known_method(text_member(*one.request, "method"));
      if (!here || !good) {
        ++elsewhere_;
      } else if (one.fetched) {
        ++fetched_;
      } else if (kept.size() == most_steps) {
        ++too_many_;
      } else {
        kept.push_back(one);
      }
    }
    return kept;
  }

  std::string head(const Recorded& first) const {
    std::string out = written::comment("Written from " + source_ + " by plimsoll load --from-har: a start.");
    if (elsewhere_ > 0)
      out += written::comment(fmt::format("{} requests to other hosts were left out", elsewhere_));
    if (fetched_ > 0)
      out += written::comment(fmt::format("{} images, fonts, styles and scripts were left out", fetched_));
    if (too_many_ > 0)
      out += written::comment(
          fmt::format("{} requests after the first {} were left out", too_many_, most_steps));
    for (const std::string& name : secrets_)
      out += "# " + name +
             " stands for what looked like a secret: set it in the environment, or write a value that is "
             "none.\n";
    out += "name: " + written::quote(written::name_of(first.url.host, "from_har")) + "\n";
    out += "url: " + written::quote(first.url.scheme + "://" + first.url.authority()) + "\n";
    return out + "users: 10\nduration: 30s\nflows:\n  - name: recorded\n    steps:\n";
  }

  void add_step(const Recorded& one, const Recorded* next) {
    const std::string method = text_member(*one.request, "method");
    std::string name = method + " " + base::truncate_utf8(base::printable(one.url.path), 150);
    for (int times = 2; !names_.insert(name).second; ++times)
      name =
          fmt::format("{} {} ({})", method, base::truncate_utf8(base::printable(one.url.path), 150), times);
    steps_ += "      - name: " + written::quote(name) + "\n";
    if (method != "GET") steps_ += "        method: " + method + "\n";
    steps_ += "        path: " + written::quote(path_of(one.url)) + "\n";
    const std::string body = body_of(*one.request);
    add_headers(*one.request);
    if (!body.empty()) steps_ += body;
    const Json& cookies = member(*one.response, "cookies");
    for (const Json& cookie : cookies.is_array() ? cookies : Json::array())
      given_.insert(text_member(cookie, "name"));
    if (next != nullptr && next->begin - one.end >= shortest_pause) {
      const double pause = std::min(next->begin - one.end, longest_pause);
      steps_ += fmt::format("        think_time: {{mean: {:.0f}ms, distribution: constant}}\n", pause * 1000);
    }
  }

  std::string secret(std::string_view name) {
    const std::string variable = written::variable_of(name);
    secrets_.insert(variable);
    return "${" + variable + "}";
  }

  static std::string clean_path(const std::string& path) {
    std::string out;
    for (const char c : path) {
      const bool plain = static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
      out += plain ? std::string(1, c) : net::percent_encode(std::string_view(&c, 1));
    }
    return written::as_text(out);
  }

  std::string path_of(const net::Url& url) {
    std::string path = clean_path(url.path);
    if (url.query.empty()) return path;
    char mark = '?';
    for (const std::string& part : base::split(url.query, '&')) {
      const std::size_t equals = part.find('=');
      const std::string name = part.substr(0, equals);
      path += std::exchange(mark, '&');
      const bool hidden = equals != std::string::npos && written::is_secret_name(name);
      path += hidden ? clean_path(name) + "=" + secret(name) : clean_path(part);
    }
    return path;
  }

  void add_headers(const Json& request) {
    std::string lines;
    std::set<std::string> seen;
    const Json& headers = member(request, "headers");
    for (const Json& header : headers.is_array() ? headers : Json::array()) {
      const std::string name = text_member(header, "name");
      const std::string value = text_member(header, "value");
      if (!net::is_header_name(name) || !net::is_header_value(value) || is_automatic(name)) continue;
      if (!seen.insert(base::to_lower_ascii(name)).second) continue;
      const bool hidden = written::is_secret_name(name);
      lines += "          " + written::quote(name) + ": " +
               written::quote(hidden ? secret(name) : written::as_text(value)) + "\n";
    }
    if (const std::string cookies = cookies_of(request); !cookies.empty())
      lines += "          Cookie: " + written::quote(cookies) + "\n";
    if (!lines.empty()) steps_ += "        headers:\n" + lines;
  }

  // Those that the flow itself was not given by an earlier response; a cookie's value is always taken for a
  // secret.
  std::string cookies_of(const Json& request) {
    std::string out;
    const Json& cookies = member(request, "cookies");
    for (const Json& cookie : cookies.is_array() ? cookies : Json::array()) {
      const std::string name = text_member(cookie, "name");
      if (!net::is_header_name(name) || given_.contains(name)) continue;
      out += (out.empty() ? "" : "; ") + name + "=" + secret("COOKIE_" + name);
    }
    return out;
  }

  std::string body_of(const Json& request) {
    const Json& data = member(request, "postData");
    const std::string type = text_member(data, "mimeType");
    const std::string text = text_member(data, "text");
    if (text.empty() || !data.is_object()) return {};
    if (text.size() > most_body_bytes || type.starts_with("multipart/") || !base::is_valid_utf8(text))
      return "        " + written::comment("its body (" + type + ") was left out");
    auto json = base::parse_json(text, "body");
    const bool is_json = json && (json->is_object() || json->is_array());
    if (!written::can_be_written(is_json ? *json : Json(text)))
      return "        " + written::comment("its body was left out: it holds a control character");
    if (is_json) {
      hide(*json);
      return "        body: " + written::flow(*json) + "\n";
    }
    return "        body: " +
           written::quote(type.find("urlencoded") == std::string::npos ? written::as_text(text)
                                                                       : form(text)) +
           "\n";
  }

  void hide(Json& json) {
    if (json.is_array()) {
      for (Json& item : json) hide(item);
    }
    if (!json.is_object()) return;
    for (auto& [name, value] : json.items()) {
      if (value.is_string() && written::is_secret_name(name)) {
        value = written::generated + secret(name);
      } else {
        hide(value);
      }
    }
  }

  std::string form(const std::string& text) {
    std::string out;
    for (const std::string& part : base::split(text, '&')) {
      const std::size_t equals = part.find('=');
      const std::string name = part.substr(0, equals);
      const bool hidden = equals != std::string::npos && written::is_secret_name(name);
      out += (out.empty() ? "" : "&") +
             (hidden ? written::as_text(name) + "=" + secret(name) : written::as_text(part));
    }
    return out;
  }

  const std::string& source_;
  std::string host_;
  std::string steps_;
  std::set<std::string> names_, secrets_, hosts_, given_;
  std::size_t elsewhere_ = 0, fetched_ = 0, too_many_ = 0;
};

}  // namespace

base::Result<std::string> scenario_from_har(std::string_view text, const std::string& source,
                                            const std::string& host) {
  const std::size_t start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;  // some browsers write one
  base::JsonLimits limits;
  limits.allow_duplicate_keys = true;
  BASE_ASSIGN(const Json document, base::parse_json(text.substr(start), source, limits));
  return HarWriter(source, host).write(document);
}

}  // namespace plimsoll::traffic
