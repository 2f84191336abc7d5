// The tables of the evidence store and how older ones become newer ones.
//
//   run       one row a run; `document` is its JSON, state and waived stand in columns of their own and are
//   the truth series    every series a project ever had, its unit and direction fixed run_series, chunk,
//   summary, finding, snapshot   what a run consists of citation  which runs' evidence a run's judgements
//   were drawn from (retention pins by it)
//
// Rows of a run are keyed by `run << 24 | n`, so that they lie together and need no index: n is the handle in
// run_series, the chunk's number, the series' key in summary, the finding's number.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "plimsoll/evidence/sqlite.h"

namespace plimsoll::evidence {

inline constexpr int kSchemaVersion = 1;
inline constexpr std::int64_t kMaxRowsOfARun = std::int64_t{1} << 24;

inline std::int64_t row_key(std::int64_t run, std::int64_t n) {
  return run << 24 | n;
}
inline std::int64_t first_row(std::int64_t run) {
  return row_key(run, 0);
}
inline std::int64_t last_row(std::int64_t run) {
  return row_key(run, kMaxRowsOfARun - 1);
}
inline std::int64_t row_number(std::int64_t key) {
  return key & (kMaxRowsOfARun - 1);
}

// Pragmas of a connection, then the tables: made where the file is new, brought up to date where they are
// older. unsupported where a newer version or another program wrote the file; nothing is changed then. A
// read-only connection refuses older tables too.
base::Status prepare_schema(Database& database, bool read_only, bool synchronous);

}  // namespace plimsoll::evidence
