#!/usr/bin/env bash
# Our embeddings beside the same weights in `tokenizers`, onnxruntime and OpenVINO (PyPI): not one different token, cosines,
# and the CPU time per text on one core, all in one run. Needs python3 with venv, and the model (./dev setup).
#   benchmarking/peers/embed_vs_openvino_onnxruntime.sh [ROUNDS]     BUILD=build  MODEL=DIR  PEERS=DIR (kept between runs)
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
model=${MODEL:-build/share/plimsoll/all-MiniLM-L6-v2}
peers=${PEERS:-${TMPDIR:-/tmp}/plimsoll-embedding-peers}
[ -f "$model/model.safetensors" ] || { echo "no model in $model: ./dev setup fetches it" >&2; exit 2; }

if [ ! -x "$peers/bin/python" ]; then
  python3 -m venv "$peers"
  "$peers/bin/pip" install -q numpy onnx onnxruntime openvino safetensors tokenizers
fi
exec "$peers/bin/python" benchmarking/peers/embed_vs_openvino_onnxruntime.py "$build" "$model" "${1:-5}"
