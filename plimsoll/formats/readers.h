// One line for each format's .cpp file; see format.h for what the two functions promise.
#pragma once

#include "plimsoll/formats/format.h"

namespace plimsoll::formats {

Format google_benchmark();
Format pytest_benchmark();
Format hyperfine();
Format go_testing();
Format jmh();
Format criterion();
Format k6_summary();
Format k6_csv();
Format locust_stats();
Format vegeta();
Format oha();
Format autocannon();
Format hdrhistogram_log();
Format junit();

}  // namespace plimsoll::formats
