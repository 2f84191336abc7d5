"""Compares `plimsoll eval embed` with onnxruntime and OpenVINO; embed_vs_openvino_onnxruntime.sh starts it.

The model as an ONNX graph is built here from the same safetensors file, operator by operator as PyTorch exports BERT, and
optimised by each peer as it does by default. Everything runs on one core, rounds are interleaved, the answer is the median
of the rounds' ratios.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
import onnx
import onnxruntime
import openvino
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import BertWordPieceTokenizer

LAYERS, HEADS, WIDTH, MOST_TOKENS, BATCH = 6, 12, 384, 256, 32


class Graph:
    """An ONNX graph in the making: each operator is a method call that gives the name of what comes out."""

    def __init__(self, weights):
        self.weights, self.nodes, self.constants, self.count = weights, [], [], 0

    def constant(self, value):
        self.count += 1
        self.constants.append(numpy_helper.from_array(numpy.asarray(value), f"c{self.count}"))
        return f"c{self.count}"

    def __getattr__(self, operator):
        def add(*inputs, **attributes):
            self.count += 1
            inputs = [each if isinstance(each, str) else self.constant(each) for each in inputs]
            self.nodes.append(helper.make_node(operator, inputs, [f"t{self.count}"], **attributes))
            return f"t{self.count}"

        return add

    def dense(self, tokens, name):
        return self.Add(
            self.MatMul(tokens, self.weights[name + ".weight"].T.copy()), self.weights[name + ".bias"]
        )

    def norm(self, tokens, name):
        return self.LayerNormalization(
            tokens, self.weights[name + ".weight"], self.weights[name + ".bias"], axis=-1, epsilon=1e-12
        )

    def heads(self, tokens, order):
        shape = numpy.array([0, 0, HEADS, WIDTH // HEADS])
        return self.Transpose(self.Reshape(tokens, shape), perm=order)

    def layer(self, tokens, mask, name):
        attention = name + "attention."
        query = self.heads(self.dense(tokens, attention + "self.query"), [0, 2, 1, 3])
        key = self.heads(self.dense(tokens, attention + "self.key"), [0, 2, 3, 1])
        value = self.heads(self.dense(tokens, attention + "self.value"), [0, 2, 1, 3])
        scores = self.Div(self.MatMul(query, key), numpy.float32((WIDTH // HEADS) ** 0.5))
        context = self.MatMul(self.Softmax(self.Add(scores, mask), axis=-1), value)
        context = self.Reshape(self.Transpose(context, perm=[0, 2, 1, 3]), numpy.array([0, 0, WIDTH]))
        tokens = self.norm(
            self.Add(self.dense(context, attention + "output.dense"), tokens), attention + "output.LayerNorm"
        )
        inner = self.Gelu(self.dense(tokens, name + "intermediate.dense"))
        return self.norm(self.Add(self.dense(inner, name + "output.dense"), tokens), name + "output.LayerNorm")


def build_model(weights):
    graph = Graph(weights)
    embeddings = "embeddings."
    words = graph.Gather(weights[embeddings + "word_embeddings.weight"], "input_ids")
    length = graph.Gather(graph.Shape("input_ids"), numpy.array([1]))
    positions = graph.Slice(
        weights[embeddings + "position_embeddings.weight"], numpy.array([0]), length, numpy.array([0])
    )
    words = graph.Add(words, weights[embeddings + "token_type_embeddings.weight"][0])
    tokens = graph.norm(graph.Add(words, positions), embeddings + "LayerNorm")
    wide = graph.Cast(graph.Unsqueeze("attention_mask", numpy.array([1, 2])), to=TensorProto.FLOAT)
    mask = graph.Mul(graph.Sub(numpy.float32(1), wide), numpy.float32(-10000))
    for number in range(LAYERS):
        tokens = graph.layer(tokens, mask, f"encoder.layer.{number}.")
    graph.nodes.append(helper.make_node("Identity", [tokens], ["last_hidden_state"]))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", WIDTH])
    body = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", inputs, [output], graph.constants)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def onnxruntime_runner(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda ids, mask: session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


def openvino_runner(model):
    core = openvino.Core()
    hints = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    request = core.compile_model(core.read_model(model), "CPU", hints).create_infer_request()
    return lambda ids, mask: request.infer({"input_ids": ids, "attention_mask": mask})[0]


def embed(run, tokenizer, texts, batch):
    """The peers' vectors as their users compute them: batches by length, padded, mean over the mask, unit length."""
    encoded = tokenizer.encode_batch(texts)
    vectors = numpy.zeros((len(texts), WIDTH), numpy.float32)
    order = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
    for start in range(0, len(texts), batch):
        some = order[start : start + batch]
        ids = numpy.zeros((len(some), len(encoded[some[-1]].ids)), numpy.int64)
        mask = numpy.zeros_like(ids)
        for row, i in enumerate(some):
            ids[row, : len(encoded[i].ids)] = encoded[i].ids
            mask[row, : len(encoded[i].ids)] = 1
        hidden = run(ids, mask) * mask[:, :, None]
        pooled = hidden.sum(1) / mask.sum(1)[:, None]
        vectors[some] = pooled / numpy.linalg.norm(pooled, axis=1, keepdims=True)
    return vectors


SCRIPTS = [
    (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x5FF), (0x600, 0x6FF),
    (0x900, 0x97F), (0xE00, 0xE7F), (0x1100, 0x11FF), (0x1EA0, 0x1FF0), (0x2000, 0x206F), (0x20D0, 0x20FF),
    (0x2100, 0x23FF), (0x2600, 0x27BF), (0x3000, 0x30FF), (0x3400, 0x3410), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF), (0x1F300, 0x1FAFF), (0x20000, 0x20100),
    (0x2B820, 0x2B930), (0xE0000, 0xE007F), (0, 0x1F), (0x7F, 0x9F), (0x10000, 0x10FFFF), (0x80, 0xD7FF),
]  # fmt: skip
WORDS = (
    "The quick brown fox jumps over a lazy dog, an agent's memory prefers dark mode naïve café résumé Straße İstanbul "
    "ΣΊΣΥΦΟΣ Привет мир 你好世界 こんにちは 한국어 don't user@example.com http://x.y/z?q=1 3.14159 1,000,000 C++ [MASK] "
    "[CLS] [SEP] [PAD] [UNK] [mask] [unused1] ##ing antidisestablishmentarianism 👩\u200d👩\u200d👧\u200d👦 🇩🇪 e\u0301 "
    "a\u0300\u0323 \u200b \ufeff \u00ad \ufffd"
).split(" ")
EDGES = [
    "", " ", "\n\t\r", "\0", "[MASK]", "a[MASK]b", "[MASK", "[[MASK]]", "[MASK][MASK]", "x" * 100, "x" * 101, "é" * 100,
    "e\u0301" * 100, "e\u0301" * 101, "word " * 10_000, "日本" * 300, "a" * 100_000, "!" * 400, "[MASK] " * 300,
    "\u0301", "a \u0301b", "ﬁ", "Å", "ß", "ẞ", "İ", "ŉ", "\u1f82", "㎏", "½", "①",
    "\u00a0x\u2003y\u3000z\u2028w\u0085v\u000bu",
]  # fmt: skip


def hard_texts(count=2400):
    """Texts at which tokenizers come apart: from a fixed seed, the same each time."""
    chance = random.Random(6)
    texts = list(EDGES)
    while len(texts) < count:
        kind = chance.random()
        if kind < 0.5:
            texts.append(" ".join(chance.choices(WORDS, k=chance.randint(1, 30))))
        elif kind < 0.8:
            runs = ((chance.choice(SCRIPTS), chance.randint(1, 6)) for _ in range(chance.randint(1, 12)))
            texts.append(" ".join("".join(chr(chance.randint(*script)) for _ in range(n)) for script, n in runs))
        else:
            joints = ["", "-", ".", ", ", " ", "\u0300", "\u200d"]
            texts.append("".join(chance.choice(WORDS) + chance.choice(joints) for _ in range(chance.randint(1, 60))))
    return texts


def our_lines(program, model, texts):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            file.write(json.dumps({"id": number, "text": text}, ensure_ascii=number % 2 == 0) + "\n")
        file.flush()
        command = [program, "eval", "embed", file.name, "--tokens", "--model", model]
        return [json.loads(line) for line in subprocess.run(command, check=True, capture_output=True).stdout.splitlines()]


def compare(ours, theirs, name):
    vectors = numpy.array([line["vector"] for line in ours])
    cosines = (vectors * theirs).sum(1) / numpy.linalg.norm(theirs, axis=1)
    print(f"{name}: least cosine over {len(ours)} texts {cosines.min():.9f}")
    return cosines.min() >= 0.99999


def cpu_of(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def our_cpu(build, texts_file):
    """CPU seconds per text, in batches and one at a time, as our benchmark program measures them."""
    command = [f"{build}/bin/embedding_speed_benchmarks", "--benchmark_format=json", "--benchmark_filter=embed_"]
    environment = dict(os.environ, PLIMSOLL_TEXTS=texts_file)
    output = subprocess.run(command, check=True, capture_output=True, env=environment).stdout
    times = {each["name"]: each["cpu_time"] * 1e-9 for each in json.loads(output)["benchmarks"]}
    return {"batches": times["embed_batches"], "alone": times["embed_alone"]}


def main():
    build, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    tokenizer = BertWordPieceTokenizer(f"{folder}/vocab.txt", lowercase=True)
    tokenizer.add_special_tokens(["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"])
    tokenizer.enable_truncation(MOST_TOKENS)
    model = build_model(load_file(f"{folder}/model.safetensors"))
    peers = {
        f"onnxruntime {onnxruntime.__version__}": onnxruntime_runner(model),
        f"openvino {openvino.__version__.split('-')[0]} f32": openvino_runner(model),
    }

    texts = hard_texts()
    ours = our_lines(f"{build}/bin/plimsoll", folder, texts)
    different = [i for i, line in enumerate(ours) if line["tokens"] != tokenizer.encode(texts[i]).ids]
    print(f"tokens: {len(different)} of {len(texts)} texts differ from the tokenizers library")
    for i in different[:5]:
        print(f"  {texts[i][:80]!r}")
    good = not different
    for name, run in peers.items():
        good = compare(ours, embed(run, tokenizer, texts, BATCH), name) and good

    source = "tests/ml_quality/golden/corpus.jsonl"
    short = [json.loads(line)["text"] for line in Path(source).read_text("utf-8").splitlines()]
    tokens = sum(len(each.ids) for each in tokenizer.encode_batch(short)) / len(short)
    print(f"speed: {len(short)} texts of {tokens:.1f} tokens on average, one core, median of {rounds} rounds")
    measured = {}
    for _ in range(rounds):
        for mode, seconds in our_cpu(build, source).items():
            measured.setdefault(("plimsoll", mode), []).append(seconds)
        for name, run in peers.items():
            for mode, batch in (("batches", BATCH), ("alone", 1)):
                seconds = cpu_of(lambda: embed(run, tokenizer, short, batch)) / len(short)
                measured.setdefault((name, mode), []).append(seconds)
    for (name, mode), seconds in measured.items():
        own = measured["plimsoll", mode]
        ratio = statistics.median(mine / theirs for mine, theirs in zip(own, seconds))
        per_second = 1 / statistics.median(seconds)
        print(f"{mode:8} {name:24} {per_second:7.0f} texts per CPU second; plimsoll's CPU per text / its: {ratio:.2f}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
