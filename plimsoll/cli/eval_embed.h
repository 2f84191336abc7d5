// `plimsoll eval embed`: tokens and vectors of texts, for comparing them with those of other programs.
#pragma once

namespace CLI {
class App;
}

namespace plimsoll::cli {

class Commands;

void add_eval_embed(Commands& commands, CLI::App& eval);

}  // namespace plimsoll::cli
