#include "plimsoll/cli/eval_embed.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "embedding/model.h"
#include "plimsoll/cli/command.h"

namespace plimsoll::cli {
namespace {

using base::ErrorCode;

constexpr std::uint64_t kMostBytes = 1u << 30;
constexpr std::size_t kTextsAtOnce = 512;  // printed as soon as they are done

struct EmbedArguments {
  CommonOptions common;
  std::string file;
  std::string model;
  bool tokens = false;
  int threads = 1;
};

struct Line {
  base::Json id;
  std::string text;
};

std::unexpected<base::Error> not_a_text(const base::Place& place, std::string_view what) {
  return base::fail_at(place, fmt::format("expected {{\"id\": …, \"text\": \"…\"}}: {}", what));
}

base::Result<Line> read_line(std::string_view line, base::Place place) {
  auto json = base::parse_json(line, place.file);
  if (!json) {
    if (json.error().place) place.column = json.error().place->column;
    return not_a_text(place, json.error().message);
  }
  const base::Json* id = base::find(*json, "id");
  if (id == nullptr) return not_a_text(place, "there is no id");
  auto text = base::get_string(*json, "text");
  if (!text) return not_a_text(place, text.error().message);
  return Line{*id, *std::move(text)};
}

base::Result<std::vector<Line>> read_lines(const std::string& file) {
  auto content = base::read_file(file, kMostBytes);
  if (!content && content.error().code == ErrorCode::not_found) {
    content.error().code = ErrorCode::invalid_argument;  // what the user named
  }
  if (!content) return std::unexpected(std::move(content).error());
  std::vector<Line> lines;
  std::string_view rest = *content;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    BASE_ASSIGN(Line line, read_line(rest.substr(0, end), {file, number, 0}));
    lines.push_back(std::move(line));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

base::Result<embedding::Model> load_model(const EmbedArguments& arguments) {
  if (arguments.model.empty()) return embedding::Model::load(embedding::model_folder_of(this_program()));
  auto model = embedding::Model::load(arguments.model);
  if (!model && model.error().code == ErrorCode::not_found) model.error().code = ErrorCode::invalid_argument;
  return model;
}

// Nine digits tell each float from its neighbours.
void append_line(std::string& out, const Line& line, const embedding::Vector& vector,
                 const embedding::Tokens* tokens) {
  const auto to = std::back_inserter(out);
  fmt::format_to(to, R"({{"id":{})", base::dump(line.id));
  if (tokens != nullptr) fmt::format_to(to, R"(,"tokens":[{}])", fmt::join(*tokens, ","));
  out += R"(,"vector":[)";
  for (const float value : vector) fmt::format_to(to, "{:.9g},", value);
  out.back() = ']';
  out += "}\n";
}

base::Status print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return {};
  return std::unexpected(base::from_errno("standard output", errno));
}

base::Status print_vectors(const EmbedArguments& arguments, const embedding::Model& model,
                           std::span<const Line> lines) {
  std::vector<std::string_view> texts(lines.size());
  std::ranges::transform(lines, texts.begin(), &Line::text);
  BASE_ASSIGN(const auto vectors, model.embed(texts, arguments.threads));
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto tokens = arguments.tokens ? model.tokens(texts[i]) : embedding::Tokens{};
    append_line(out, lines[i], vectors[i], arguments.tokens ? &tokens : nullptr);
  }
  return print(out);
}

// Every line is read before the first is answered: a broken file prints no vector.
base::Status embed(const EmbedArguments& arguments) {
  BASE_ASSIGN(const auto lines, read_lines(arguments.file));
  BASE_ASSIGN(const embedding::Model model, load_model(arguments));
  std::span<const Line> rest = lines;
  while (!rest.empty()) {
    if (base::interrupts::raised() != 0) return base::fail(ErrorCode::cancelled, "interrupted");
    const auto some = rest.first(std::min(kTextsAtOnce, rest.size()));
    BASE_TRY(print_vectors(arguments, model, some));
    rest = rest.subspan(some.size());
  }
  return {};
}

}  // namespace

void add_eval_embed(Commands& commands, CLI::App& eval) {
  CLI::App& command =
      commands.add_to(eval, "embed", "print the vector of each text, computed by all-MiniLM-L6-v2",
                      R"(printf '{"id": 1, "text": "a ship"}\n' > texts.jsonl)"
                      "\nplimsoll eval embed texts.jsonl --tokens");
  auto arguments = std::make_shared<EmbedArguments>();
  add_common_options(command, arguments->common, Takes::json);
  command.add_option("file", arguments->file, R"(a line each: {"id": …, "text": "…"}; - is standard input)")
      ->required()
      ->type_name("FILE.jsonl");
  command.add_flag("--tokens", arguments->tokens, "print the numbers of each text's word pieces, too");
  command
      .add_option("--model", arguments->model,
                  "the folder of the model (../share/plimsoll beside the program)")
      ->type_name("DIR");
  command.add_option("--threads", arguments->threads, "threads to compute on (1)")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  commands.on_run(command, [arguments] {
    const base::Status done = embed(*arguments);
    return done ? exit_pass : end_with_error(done.error(), arguments->common);
  });
}

}  // namespace plimsoll::cli
