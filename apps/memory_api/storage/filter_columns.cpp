#include "apps/memory_api/storage/filter_columns.h"

namespace memory_api::storage {

using memory::Field;
using memory::Operator;

std::string_view column_of(Field field) {
  switch (field) {
    case Field::user_id:
      return "user_id";
    case Field::agent_id:
      return "agent_id";
    case Field::app_id:
      return "app_id";
    case Field::run_id:
      return "run_id";
    case Field::id:
      return "id";
    case Field::text:
      return "text";
    case Field::categories:
      return "categories";
    case Field::created_at:
      return "created_at";
    case Field::updated_at:
      return "updated_at";
    case Field::expiration:
      return "expires_at";
    case Field::metadata:
      return "metadata";
  }
  return "id";
}

std::string_view symbol_of(Operator op) {
  switch (op) {
    case Operator::greater:
      return ">";
    case Operator::greater_equal:
      return ">=";
    case Operator::less:
      return "<";
    case Operator::less_equal:
      return "<=";
    default:
      return "=";
  }
}

}  // namespace memory_api::storage
