#!/bin/sh
# A server that leaks 1 MiB/min beside the saw tooth of a collector, under load for ten minutes: prints what
# `plimsoll load --soak` says of it, and fails where it is not found with its slope (within 10 %).
#   benchmarking/planted_leak.sh [build folder] [seconds] [MiB per minute]
set -eu
build=${1:-build}
LEAK_SECONDS=${2:-600} LEAK_MIB_PER_MINUTE=${3:-1} \
  exec "$build/tests/integration_load" --gtest_filter='LoadAround.APlantedLeakIsFoundWithItsSlope'
