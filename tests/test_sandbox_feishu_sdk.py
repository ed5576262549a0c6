"""The Feishu simulator and the platform's own Python SDK, unmodified, in processes of their own."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE

from tests.feishu_stage import LI, Scene, button, card, story

SLIM = """
import importlib, io, json, os, sys, types
base = next(os.path.join(p, "lark_oapi") for p in sys.path if os.path.isdir(os.path.join(p, "lark_oapi")))
for name, path in (("lark_oapi", base), ("lark_oapi.api", os.path.join(base, "api"))):
    module = types.ModuleType(name)
    module.__path__, module.__package__ = [path], name
    sys.modules[name] = module
given = json.loads(sys.argv[1])
"""
CLIENT = (
    SLIM
    + """
from lark_oapi.core.model import Config
from lark_oapi.api.im.service import ImService
import lark_oapi.api.im.v1.model as m
config = Config()
config.app_id, config.app_secret, config.domain, config.timeout = given["id"], given["secret"], given["base"], 10
im = ImService(config).v1
def ok(answer):
    assert answer.success(), (answer.code, answer.msg)
    assert answer.raw.headers["x-tt-logid"]
    return answer.data
def content(kind, text):
    return m.CreateMessageRequestBody.builder().receive_id(given["to"]).msg_type(kind).content(text).uuid(kind).build()
send = m.CreateMessageRequest.builder().receive_id_type("open_id")
made = ok(im.message.create(send.request_body(content("interactive", given["card"])).build()))
body = m.ReplyMessageRequestBody.builder().msg_type("text").content('{"text":"回复"}').uuid("r").build()
reply = ok(im.message.reply(m.ReplyMessageRequest.builder().message_id(made.message_id).request_body(body).build()))
assert reply.root_id == made.message_id
body = m.PatchMessageRequestBody.builder().content(given["newer"]).build()
ok_patch = im.message.patch(m.PatchMessageRequest.builder().message_id(made.message_id).request_body(body).build())
assert ok_patch.success(), ok_patch.msg
body = m.CreateFileRequestBody.builder().file_type("stream").file_name("清单.txt").file(io.BytesIO(b"bytes")).build()
key = ok(im.file.create(m.CreateFileRequest.builder().request_body(body).build())).file_key
ok(im.message.create(send.request_body(content("file", json.dumps({"file_key": key}))).build()))
bad = im.message.create(send.request_body(content("text", "no json")).build())
assert (bad.code, bad.raw.status_code) == (230001, 400)
print(json.dumps({"card": made.message_id}))
"""
)
LISTENER = (
    SLIM
    + """
import asyncio
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
core = sys.modules["lark_oapi"]
import lark_oapi.ws.client as ws
from lark_oapi.event.dispatcher_handler import EventDispatcherHandler
from lark_oapi.event.callback.model.p2_card_action_trigger import P2CardActionTriggerResponse
from lark_oapi.core.enum import LogLevel
ws.loop = loop
def heard(data):
    print(json.dumps({"heard": json.loads(data.event.message.content)["text"]}), flush=True)
def pressed(data):
    print(json.dumps({"pressed": data.event.action.value}), flush=True)
    return P2CardActionTriggerResponse({"toast": {"type": "success", "content": "已受理"}})
handler = EventDispatcherHandler.builder("", "").register_p2_im_message_receive_v1(heard)
handler = handler.register_p2_card_action_trigger(pressed).build()
ws.Client(given["id"], given["secret"], LogLevel.ERROR, handler, given["base"]).start()
"""
)


async def start(scene: Scene, script: str, **more: str) -> asyncio.subprocess.Process:
    given = {"id": scene.feishu.app_id, "secret": scene.feishu.app_secret, "base": scene.feishu.api_base, **more}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, json.dumps(given), stdout=PIPE, stderr=PIPE
    )


async def connected(scene: Scene, count: int) -> None:
    async with asyncio.timeout(60):
        # The simulator has no event for a test to await.
        while len(scene.feishu.long_connections.connections) != count:  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.05)


@story()
async def test_the_real_client_sends_replies_updates_and_uploads(scene: Scene) -> None:
    cards = [json.dumps(card(button(label)), ensure_ascii=False) for label in ("接单", "更新进度")]
    client = await start(scene, CLIENT, to=LI, card=cards[0], newer=cards[1])
    out, err = await client.communicate()
    assert client.returncode == 0, err.decode()[-2000:]
    message = json.loads(out.decode().splitlines()[-1])["card"]
    first, reply, file = scene.feishu.seen_by(LI)
    assert (first.message_id, first.updated, scene.feishu.card_buttons(message)) == (message, 1, ["更新进度"])
    assert (reply.text, reply.root_id, file.kind) == ("回复", message, "file")


@story(mode="websocket")
async def test_the_real_long_connection_hears_events_and_answers_presses(scene: Scene) -> None:
    message = await scene.send("interactive", card(button("接单")))
    listener = await start(scene, LISTENER)
    try:
        await connected(scene, 1)
        scene.feishu.long_connections.part_bytes = 100
        said = await scene.feishu.says(LI, "你好")
        assert (said.status, said.body) == (200, {})
        result = await scene.feishu.clicks(LI, message, "接单")
        assert result.toast is not None
        assert (result.ok, result.toast.content) == (True, "已受理")
        unregistered = await scene.feishu.push("im.chat.disbanded_v1", {"chat_id": "oc_1"})
        assert (unregistered.status, scene.feishu.undelivered) == (500, 1)
        await scene.feishu.long_connections.drop()
        await connected(scene, 1)
        assert (await scene.feishu.says(LI, "又来了")).ok
    finally:
        listener.kill()
        out, err = await listener.communicate()
    lines = [json.loads(line) for line in out.decode().splitlines() if line.startswith("{")]
    assert lines == [{"heard": "你好"}, {"pressed": {"act": "接单"}}, {"heard": "又来了"}], err.decode()[-1000:]
    assert scene.bot.events == []
