#include "plimsoll/traffic/scenario/yaml_body.h"

#include "base/json.h"
#include "plimsoll/traffic/request/json_pointer.h"

namespace plimsoll::traffic {
namespace {

using base::yaml::Entry;
using base::yaml::Kind;
using base::yaml::Node;

class Writer {
 public:
  Writer(const std::filesystem::path& folder, const Vocabulary* vocabulary)
      : folder_(folder), vocabulary_(vocabulary) {}

  base::Status write(const Node& node) {
    switch (node.kind) {
      case Kind::null:
        out_.append("null");
        return {};
      case Kind::scalar:
        return write_scalar(node);
      case Kind::sequence:
        return write_sequence(node);
      case Kind::map:
        return write_map(node);
    }
    return {};
  }

  TextTemplate take() { return std::move(out_); }

 private:
  base::Status write_scalar(const Node& node) {
    if (!node.quoted && is_json_literal(node.text)) {
      out_.append(node.text);
      return {};
    }
    if (!node.quoted) {
      BASE_ASSIGN(const TextTemplate plain,
                  TextTemplate::parse(node.text, Escape::json_value, folder_, node.place, vocabulary_));
      if (plain.is_one_value()) {
        out_.append(plain);
        return {};
      }
    }
    // The mark's own characters are the same inside a JSON string, so the escaped text is still a template.
    BASE_ASSIGN(const TextTemplate text, TextTemplate::parse(base::dump(base::Json(node.text)), Escape::json,
                                                             folder_, node.place, vocabulary_));
    out_.append(text);
    return {};
  }

  base::Status write_sequence(const Node& node) {
    out_.append("[");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (i > 0) out_.append(",");
      BASE_TRY(write(node.items[i]));
    }
    out_.append("]");
    return {};
  }

  base::Status write_map(const Node& node) {
    out_.append("{");
    for (std::size_t i = 0; i < node.entries.size(); ++i) {
      const Entry& entry = node.entries[i];
      if (i > 0) out_.append(",");
      out_.append(base::dump(base::Json(entry.key)) + ":");
      BASE_TRY(write(entry.value));
    }
    out_.append("}");
    return {};
  }

  std::filesystem::path folder_;
  const Vocabulary* vocabulary_;
  TextTemplate out_;
};

}  // namespace

base::Result<StepBody> json_body(const Node& node, const std::filesystem::path& folder,
                                 const Vocabulary* vocabulary) {
  Writer writer(folder, vocabulary);
  if (base::Status status = writer.write(node); !status) {
    base::Error error = status.error();
    if (!error.place) error.place = node.place;
    error.code = base::ErrorCode::invalid_argument;
    return std::unexpected(std::move(error));
  }
  return StepBody{writer.take(), "application/json"};
}

}  // namespace plimsoll::traffic
