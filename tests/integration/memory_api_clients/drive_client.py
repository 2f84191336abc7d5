"""Drives an unmodified mem0ai client through every method it has, against a running memory_api.

    python drive_client.py URL KEY sync|async

Prints a line for each method that did what it promises; exit 1 with the reason at the first that did not.
Works with mem0ai 2.x and 1.0.x, which differ in a few arguments.
"""
import asyncio
import inspect
import json
import os
import sys

os.environ["MEM0_TELEMETRY"] = "False"
import httpx  # noqa: E402
import mem0  # noqa: E402
from mem0 import AsyncMemoryClient, MemoryClient  # noqa: E402

STATUS = {"ValidationError": 400, "MemoryNotFoundError": 404}
NEW = int(mem0.__version__.split(".")[0]) >= 2
UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Driver:
    def __init__(self, client):
        self.client = client
        self.called = set()

    async def call(self, name, /, *arguments, **named):
        target, shown = self.client, name
        if name.startswith("project."):
            target, name = self.client.project, name[len("project."):]
        result = getattr(target, name)(*arguments, **named)
        if inspect.isawaitable(result):
            result = await result
        self.called.add(shown)
        return result

    async def fails(self, kind, name, /, *arguments, **named):
        """The error that the call ends with, whose class is called `kind`. Some methods of 1.0.x let httpx's through."""
        try:
            await self.call(name, *arguments, **named)
        except httpx.HTTPStatusError as error:
            self.called.add(name)
            expect(not NEW and error.response.status_code == STATUS[kind], f"{name}: expected {kind}, found {error}")
            return error.response.text
        except Exception as error:  # noqa: BLE001
            self.called.add(name)
            expect(type(error).__name__ == kind, f"{name}: expected {kind}, found {type(error).__name__}: {error}")
            return str(error)
        raise AssertionError(f"{name}: expected {kind}, found no error")

    async def listed(self, user):
        return (await self.call("get_all", filters={"user_id": user}))["results"]

    async def add(self, text, **named):
        added = await self.call("add", [{"role": "user", "content": text}], infer=False, **named)
        return added["results"][0]["id"]


def expect(holds, what):
    if not holds:
        raise AssertionError(what)


async def memories(d):
    added = await d.call("add", [{"role": "user", "content": "I moved to Lisbon"},
                                 {"role": "assistant", "content": "Enjoy the sun"}],
                         user_id="ann", run_id="r1", metadata={"team": "red"}, infer=False)
    expect(added["status"] == "SUCCEEDED" and len(added["results"]) == 2, f"add: {added}")
    one = added["results"][0]["id"]
    got = await d.call("get", one)
    expect(got["memory"] == "I moved to Lisbon" and got["user_id"] == "ann", f"get: {got}")
    expect(got["metadata"] == {"team": "red"} and got["session_id"] == "r1", f"get: {got}")
    said = await d.call("add", "plain text, told as it is", user_id="bob")
    expect(said["results"][0]["memory"] == "plain text, told as it is", f"add: {said}")
    await d.fails("MemoryNotFoundError", "get", UNKNOWN)
    await d.fails("MemoryNotFoundError", "get", "a/b" if NEW else "a b")
    await d.fails("ValidationError", "add", [{"role": "user", "content": "x"}])
    changed = await d.call("update", one, text="I moved to Porto", metadata={"team": "blue"})
    expect(changed["memory"] == "I moved to Porto", f"update: {changed}")
    history = await d.call("history", one)
    expect([step["event"] for step in history] == ["ADD", "UPDATE"], f"history: {history}")
    await feedback(d, one)
    await d.fails("MemoryNotFoundError", "feedback", UNKNOWN, feedback="NEGATIVE")
    if NEW:
        dated = await d.call("update", one, expiration_date="2999-01-01")
        expect(dated["expiration_date"] == "2999-01-01", f"update: {dated}")
        await d.call("delete", one, delete_linked=True)
    else:
        await d.call("delete", one)
    await d.fails("MemoryNotFoundError", "delete", one)


async def feedback(d, one):
    try:
        noted = await d.call("feedback", one, feedback="POSITIVE", feedback_reason="right")
    except TypeError as error:  # 1.0.x trips over its own telemetry when the answer is there
        expect(not NEW and "capture_client_event" in str(error), f"feedback: {error}")
        d.called.add("feedback")
        return
    expect(noted["feedback"] == "POSITIVE" and noted["id"] == one, f"feedback: {noted}")
    expect((await d.call("feedback", one))["feedback"] is None, "feedback: null")


async def queries(d):
    for number in range(5):
        await d.add(f"note {number} about gardens", user_id="cy", metadata={"n": number})
    page = await d.call("get_all", filters={"user_id": "cy"}, page=2, page_size=2)
    expect(page["count"] == 5 and len(page["results"]) == 2 and page["next"], f"get_all: {page}")
    expect(page["results"][0]["memory"] == "note 2 about gardens", f"get_all: {page}")
    await d.fails("MemoryNotFoundError", "get_all", filters={"user_id": "cy"}, page=9, page_size=2)
    await d.fails("ValidationError", "get_all", filters={"nonsense": "cy"})
    wanted = {"AND": [{"user_id": "cy"}, {"OR": [{"metadata": {"n": {"gte": 4}}}, {"metadata": {"n": 0}}]},
                      {"NOT": [{"keywords": {"icontains": "NOTE 0"}}]}]}
    found = await d.call("get_all", filters=wanted)
    expect([m["memory"] for m in found["results"]] == ["note 4 about gardens"], f"get_all: {found}")
    best = await d.call("search", "  gardens 3  ", filters={"user_id": "cy"}, top_k=3, threshold=0.0)
    expect(len(best["results"]) == 3, f"search: {best}")
    expect(best["results"][0]["memory"] == "note 3 about gardens", f"search: {best}")
    expect(all(0 <= m["score"] <= 1 and "run_id" in m for m in best["results"]), f"search: {best}")
    summary = await d.call("get_summary", filters={"user_id": "cy"})
    expect("note 4" in summary["summary"], f"get_summary: {summary}")
    made = await d.call("create_memory_export", json.dumps({"type": "object"}), filters={"user_id": "cy"})
    expect(made["id"] and made["message"], f"create_memory_export: {made}")
    for how in ({"memory_export_id": made["id"]}, {"filters": {"user_id": "cy"}}):
        export = await d.call("get_memory_export", **how)
        expect(len(export["memories"]) == 5, f"get_memory_export: {export}")
    await d.fails("MemoryNotFoundError", "get_memory_export", filters={"user_id": "dee"})


async def batches(d):
    ids = [await d.add(f"batch {number}", user_id="eve") for number in range(3)]
    await d.fails("MemoryNotFoundError", "batch_update",
                  [{"memory_id": ids[0], "text": "x"}, {"memory_id": UNKNOWN, "text": "y"}])
    expect((await d.call("get", ids[0]))["memory"] == "batch 0", "batch_update: half written")
    told = await d.call("batch_update", [{"memory_id": one, "text": f"changed {one}"} for one in ids])
    expect("3" in told["message"], f"batch_update: {told}")
    told = await d.call("batch_delete", [{"memory_id": one} for one in ids[:2]])
    expect("2" in told["message"], f"batch_delete: {told}")
    expect(len(await d.listed("eve")) == 1, "batch_delete: what is left")


async def entities(d):
    await d.add("slash", user_id="a/b c?" if NEW else "a b")
    await d.add("agent's", agent_id="bot")
    names = [(e["type"], e["name"]) for e in (await d.call("users"))["results"]]
    expect(("agent", "bot") in names and ("user", "a/b c?" if NEW else "a b") in names, f"users: {names}")
    await d.call("delete_users", user_id="a/b c?" if NEW else "a b")
    await d.call("delete_users", user_id="never was")
    names = [e["name"] for e in (await d.call("users"))["results"]]
    expect("bot" in names and "a/b c?" not in names, f"delete_users: {names}")


async def deletions(d):
    await d.add("gone", user_id="dan")
    await d.add("stays", user_id="fay")
    await d.fails("ValidationError", "delete_all")
    await d.call("delete_all", user_id="dan")
    expect(not await d.listed("dan") and len(await d.listed("fay")) == 1, "delete_all: by id")
    await d.add("gone too", user_id="dan", metadata={"k": None})
    await d.call("delete_all", filters={"AND": [{"user_id": "dan"}, {"created_at": {"gte": "2020-01-01"}}]})
    expect(not await d.listed("dan") and len(await d.listed("fay")) == 1, "delete_all: by filters")
    await d.add("with agent", user_id="dan", agent_id="bot2")
    await d.call("reset")
    expect((await d.call("users"))["count"] == 0, "reset: what is left")


async def project(d):
    got = await d.call("project.get", fields=["custom_instructions", "custom_categories"])
    expect(set(got) == {"custom_instructions", "custom_categories"}, f"project.get: {got}")
    await d.call("project.update", custom_instructions="short sentences", custom_categories=[{"work": "jobs"}])
    got = await d.call("project.get")
    expect(got["custom_instructions"] == "short sentences", f"project.get: {got}")
    await d.call("update_project", custom_instructions="long sentences")
    got = await d.call("get_project", fields=["custom_instructions", "custom_categories"])
    expect(got["custom_instructions"] == "long sentences", f"get_project: {got}")
    expect(got["custom_categories"] == [{"work": "jobs"}], f"get_project: {got}")


async def managed(d):
    for name, arguments in (("project.create", ("p",)), ("project.delete", ()), ("project.get_members", ()),
                            ("project.add_member", ("a@b.c", "READER")), ("project.update_member", ("a@b.c", "OWNER")),
                            ("project.remove_member", ("a@b.c",)), ("get_webhooks", ("p",)),
                            ("create_webhook", ("http://x", "n", "p", ["memory_add"])), ("delete_webhook", (1,))):
        expect("managed" in await d.fails("MemoryNotFoundError", name, *arguments), f"{name} says why")
    await d.fails("MemoryNotFoundError", "update_webhook", 1, name="n", url="http://x", event_types=["memory_add"])
    for name, arguments in (("get_profile", ("ann",)), ("generate_profile", ("ann",)), ("get_profile_settings", ()),
                            ("update_profile_settings", (True,)), ("sample_profiles", ()),
                            ("get_profile_job", ("j",))):
        if hasattr(d.client, name):
            await d.fails("MemoryNotFoundError", name, *arguments)


def methods(client):
    names = {name for name, _ in inspect.getmembers(client, callable) if not name.startswith("_")}
    for name, _ in inspect.getmembers(client.project, callable):
        if not name.startswith("_"):
            names.add("project." + name)
    return names - {"chat", "project"}  # chat raises NotImplementedError without a call


async def main(url, key, kind):
    client = MemoryClient(api_key=key, host=url) if kind == "sync" else AsyncMemoryClient(api_key=key, host=url)
    driver = Driver(client)
    for part in (memories, queries, batches, entities, deletions, project, managed):
        await part(driver)
    missed = methods(client) - driver.called - {"config", "async_client", "client"}
    expect(not missed, f"never called: {sorted(missed)}")
    for name in sorted(driver.called):
        print("ok", name)


if __name__ == "__main__":
    try:
        asyncio.run(main(*sys.argv[1:]))
    except AssertionError as error:
        sys.exit(f"mem0ai {mem0.__version__} {sys.argv[3]}: {error}")
