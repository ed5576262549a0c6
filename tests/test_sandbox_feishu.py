"""The Feishu simulator at the wire: crypto, tokens, the message API, limits, faults, delivery of events."""

import asyncio
import json
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.sandbox.feishu import FeishuSimulator
from bot.sandbox.feishu.envelope import seal, signature, unseal
from bot.sandbox.feishu.frames import CONTROL, DATA, Frame, decode, encode
from tests.feishu_stage import GROUP, LI, PNG, WANG, Scene, button, card, sent, story, text

CHALLENGE = b'{"challenge":"ajls384kdjxxxx","token":"vt-123","type":"url_verification"}'
OWN_VECTOR = (
    "AAECAwQFBgcICQoLDA0ODygxCRD00ikE2ev/uv2HP2eaFMOS88c+1AoPDd0/R78xkyyYqegh4OAQ+RrIBmTEcoItJGcECsV1EFSmuj8l0wW5Z7rE"
    "OLjS/krD+hyTAx2S"
)


def test_encryption_agrees_with_the_documented_and_the_measured_vectors() -> None:
    assert unseal("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "test key") == b"hello world"
    assert seal(CHALLENGE, "kudryavka", bytes(range(16))) == OWN_VECTOR
    assert seal('{"a":"你好"}'.encode(), "密钥Key", bytes(16)) == "AAAAAAAAAAAAAAAAAAAAAKPOgEC4TurD+GjRHULUFr4="
    body = json.dumps({"encrypt": OWN_VECTOR}, separators=(",", ":")).encode()
    digest = "b83de3347781b2f4c795d70912d6d4fc15f415fbd3ceab0c5144deb4068aff4b"
    assert signature("1700000000", "nonce-abc", "kudryavka", body) == digest


def test_a_wrong_key_does_not_open_an_envelope() -> None:
    with pytest.raises(ValueError, match="padding"):
        unseal(OWN_VECTOR, "another key")


def test_frames_survive_the_wire_and_broken_ones_are_refused() -> None:
    frame = Frame(DATA, 33, (("type", "event"), ("标题", "值")), b"x" * 300, 7, 2**40)
    assert decode(encode(frame)) == frame
    assert decode(encode(Frame(CONTROL, 0, ()))) == Frame(CONTROL, 0, ())
    with pytest.raises(ValueError, match="ends inside"):
        decode(encode(frame)[:-1])


@story()
async def test_a_token_is_kept_until_thirty_minutes_are_left_and_then_two_are_valid(scene: Scene) -> None:
    first = await scene.login()
    scene.wait(minutes=89)
    assert await scene.login() == first
    scene.wait(minutes=2)
    assert await scene.login() != first
    for token in (first, scene.token):
        scene.token = token
        assert (await scene.call("GET", "bot/v3/info"))[1]["bot"]["open_id"].startswith("ou_")
    scene.token = first
    scene.wait(minutes=29)
    assert await scene.code("GET", "bot/v3/info") == 99991663


@story()
async def test_a_revoked_token_is_refused_until_a_new_one_is_fetched(scene: Scene) -> None:
    await scene.send("text", {"text": "一"})
    scene.feishu.revoke_token()
    assert await scene.code("POST", "im/v1/messages?receive_id_type=open_id", sent("text", {"text": "二"})) == 99991663
    await scene.login()
    await scene.send("text", {"text": "二"})
    assert [seen.text for seen in scene.feishu.seen_by(LI)] == ["一", "二"]


@story()
async def test_a_wrong_secret_and_a_missing_token_have_their_own_codes(scene: Scene) -> None:
    url = f"{scene.feishu.api_base}/open-apis/auth/v3/tenant_access_token/internal"
    async with scene.http.post(url, json={"app_id": scene.feishu.app_id, "app_secret": "x"}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (200, 10014)
    async with scene.http.get(f"{scene.feishu.api_base}/open-apis/bot/v3/info") as bare:
        assert (bare.status, (await bare.json())["code"]) == (400, 99991661)


@story(rate_limits=False)
async def test_bad_messages_are_refused_with_the_documented_codes(scene: Scene) -> None:
    def to(open_id: str, msg_type: str = "text", content: str = '{"text":"a"}', **more: str) -> dict[str, str]:
        return {"receive_id": open_id, "msg_type": msg_type, "content": content, **more}

    scene.feishu.unreachable_people.add(WANG)
    refused = [
        (to("ou_nobody"), 99992351),
        (to("oc_x"), 230034),
        (to(WANG), 230013),
        (to(LI, "shout"), 230001),
        (to(LI, "text", "not json"), 230001),
        (to(LI, "image", '{"image_key":"img_none"}'), 230001),
        (to(LI, "text", json.dumps({"text": "长" * 60_000})), 230025),
        (to(LI, "interactive", json.dumps(card({"tag": "markdown", "content": "长" * 11_000}))), 230025),
        (to(LI, uuid="u" * 51), 230001),
    ]
    for body, code in refused:
        assert await scene.code("POST", "im/v1/messages?receive_id_type=open_id", body) == code
    assert await scene.code("POST", "im/v1/messages?receive_id_type=chat_id", to("oc_strange")) == 230002
    assert await scene.code("POST", "im/v1/messages", to(LI)) == 99992402
    assert scene.feishu.seen_by(LI) == []


@story()
async def test_the_same_uuid_sends_once_within_an_hour(scene: Scene) -> None:
    first = await scene.send("text", {"text": "一次"}, uuid="u1")
    scene.wait(minutes=59)
    assert await scene.send("text", {"text": "一次"}, uuid="u1") == first
    scene.wait(minutes=2)
    scene.token = ""
    assert await scene.send("text", {"text": "一次"}, uuid="u1") != first


@story()
async def test_replies_carry_root_parent_and_thread_in_both_directions(scene: Scene) -> None:
    root = await scene.send("interactive", card(button("接单")))
    body = {"msg_type": "text", "content": '{"text":"客户说"}', "reply_in_thread": True, "uuid": "r1"}
    _, answer = await scene.call("POST", f"im/v1/messages/{root}/reply", body)
    data = answer["data"]
    assert (data["root_id"], data["parent_id"], data["thread_id"][:4]) == (root, root, "omt_")
    await scene.feishu.says(LI, "马上处理", reply_to=data["message_id"])
    message = scene.bot.events[-1]["event"]["message"]
    assert (message["root_id"], message["parent_id"]) == (root, data["message_id"])
    assert message["thread_id"] == data["thread_id"]
    assert message["chat_type"] == "p2p"


@story()
async def test_the_sixth_message_of_a_second_to_one_chat_is_a_rate_limit(scene: Scene) -> None:
    codes = [
        await scene.code("POST", "im/v1/messages?receive_id_type=open_id", sent("text", {"text": str(n)}))
        for n in range(6)
    ]
    assert codes == [0, 0, 0, 0, 0, 230020]
    await scene.send("text", {"text": "别人"}, to=WANG)
    await asyncio.sleep(1)
    await scene.send("text", {"text": "再来"})


@story()
async def test_the_gateway_limits_an_api_and_says_when_to_come_back(scene: Scene) -> None:
    message = await scene.send("text", {"text": "一"})
    answers = [await scene.call("GET", f"im/v1/messages/{message}") for _ in range(51)]
    assert [status for status, _ in answers[:50]] == [200] * 50
    assert (answers[50][0], answers[50][1]["code"]) == (429, 99991400)
    url = f"{scene.feishu.api_base}/open-apis/im/v1/messages/{message}"
    async with scene.http.get(url, headers={"Authorization": f"Bearer {scene.token}"}) as answer:
        assert int(answer.headers["x-ogw-ratelimit-reset"]) >= 1


@story()
async def test_text_may_be_edited_twenty_times_but_never_as_a_card(scene: Scene) -> None:
    message = await scene.send("text", {"text": "0"})
    for n in range(1, 21):
        assert await scene.code("PUT", f"im/v1/messages/{message}", sent("text", {"text": str(n)})) == 0
    assert await scene.code("PUT", f"im/v1/messages/{message}", sent("text", {"text": "21"})) == 230072
    assert await scene.code("PATCH", f"im/v1/messages/{message}", sent("interactive", card())) == 230001
    assert scene.feishu.seen_by(LI)[0].text == "20"
    assert await scene.code("DELETE", f"im/v1/messages/{message}") == 0
    assert scene.feishu.seen_by(LI)[0].text == "[消息已撤回]"


@story()
async def test_uploads_reach_people_and_their_files_reach_the_bot(scene: Scene) -> None:
    image = await scene.upload("im/v1/images", {"image_type": "message"}, "image", PNG, "图.png")
    await scene.send("image", {"image_key": image["data"]["image_key"]})
    odd = bytes(range(256)) * 3 + b"\r\n--"
    named = {"file_type": "stream", "file_name": "需求清单.xlsx"}
    file = await scene.upload("im/v1/files", named, "file", odd, "x")
    await scene.send("file", {"file_key": file["data"]["file_key"]})
    assert scene.feishu.resource(file["data"]["file_key"]).content == odd
    assert (await scene.upload("im/v1/images", {"image_type": "message"}, "image", b"text", "a.png"))["code"] == 234011
    assert (await scene.upload("im/v1/files", named, "file", b"", "x"))["code"] == 234010
    await scene.feishu.sends(LI, "file", odd, "日志 1.txt")
    event = scene.bot.events[-1]["event"]["message"]
    key = json.loads(event["content"])["file_key"]
    url = f"{scene.feishu.api_base}/open-apis/im/v1/messages/{event['message_id']}/resources/{key}?type=file"
    async with scene.http.get(url, headers={"Authorization": f"Bearer {scene.token}"}) as answer:
        assert await answer.read() == odd
        assert "filename*=UTF-8''%E6%97%A5" in answer.headers["Content-Disposition"]


@story()
async def test_a_group_message_mentions_by_key_and_unheard_ones_stay_in_the_group(scene: Scene) -> None:
    await scene.feishu.says(LI, "/assign 202611-001 @王芳", chat_id=GROUP, mention_bot=True, mentions=[WANG])
    message = scene.bot.events[-1]["event"]["message"]
    assert json.loads(message["content"])["text"] == "@_user_1 /assign 202611-001 @_user_2"
    assert [mention["id"]["open_id"] for mention in message["mentions"]][1] == WANG
    assert scene.feishu.seen_by(WANG)[-1].text == "@机器人 /assign 202611-001 @王芳"
    scene.feishu.every_group_message = False
    assert (await scene.feishu.says(LI, "闲聊", chat_id=GROUP)).attempts == 0
    assert len(scene.bot.events) == 1


@story()
async def test_a_failed_event_is_repeated_on_the_domain_clock_with_the_same_event_id(scene: Scene) -> None:
    scene.bot.status = 500
    delivery = await scene.feishu.says(LI, "你好")
    assert (delivery.status, delivery.attempts) == (500, 1)
    for span, attempts in ((15, 2), (300, 3), (3600, 4), (21600, 5)):
        assert await scene.feishu.redeliver() == []
        scene.wait(seconds=span)
        assert [again.attempts for again in await scene.feishu.redeliver()] == [attempts]
    scene.wait(days=1)
    assert await scene.feishu.redeliver() == []
    assert len({event["header"]["event_id"] for event in scene.bot.events}) == 1
    assert len(scene.bot.events) == 5
    scene.bot.status = 200
    again = await scene.feishu.repeat(delivery, new_event_id=True)
    assert again.ok
    first, last = scene.bot.events[0], scene.bot.events[-1]
    assert first["header"]["event_id"] != last["header"]["event_id"]
    assert first["event"] == last["event"]


@story()
async def test_the_callback_address_is_verified_and_other_events_can_be_pushed(scene: Scene) -> None:
    assert await scene.feishu.verify_url()
    scene.bot.delay = 1.2
    assert not await scene.feishu.verify_url()
    scene.bot.delay = 0
    await scene.feishu.push("application.bot.menu_v6", {"event_key": "help"})
    header = scene.bot.events[-1]["header"]
    assert (header["event_type"], header["token"], len(header["create_time"])) == (
        "application.bot.menu_v6",
        scene.feishu.verification_token,
        13,
    )


@story()
async def test_injected_faults_strike_as_often_as_told(scene: Scene) -> None:
    path, body = "im/v1/messages?receive_id_type=open_id", sent("text", {"text": "一"}, uuid="u1")
    await scene.login()
    scene.feishu.inject("POST /open-apis/im/v1/messages", code=230020)
    assert await scene.code("POST", path, body) == 230020
    scene.feishu.inject("/open-apis/im", html=True, after=True)
    with pytest.raises((KeyError, aiohttp.ContentTypeError)):
        await scene.call("POST", path, body)
    scene.feishu.inject("/open-apis/im", reset=True)
    with pytest.raises(aiohttp.ClientConnectionError):
        await scene.call("POST", path, body)
    assert await scene.code("POST", path, body) == 0
    assert len(scene.feishu.seen_by(LI)) == 1


@story()
async def test_an_urgent_push_names_people_outside_the_chat_as_invalid(scene: Scene) -> None:
    message = await scene.send("text", {"text": "超时"})
    path = f"im/v1/messages/{message}/urgent_app?user_id_type=open_id"
    _, answer = await scene.call("PATCH", path, {"user_id_list": [LI, WANG]})
    assert answer["data"]["invalid_user_id_list"] == [WANG]
    assert scene.feishu.world.urgent == [(message, LI)]


def test_an_empty_encrypt_key_sends_plain_events_without_a_signature() -> None:
    clock = datetime(2026, 11, 2, tzinfo=UTC)
    feishu = FeishuSimulator(callback_url="", now=lambda: clock, encrypt_key="")
    headers, body = feishu.encrypt_event(feishu.envelope("im.message.receive_v1", {"sender": text("x")}))
    assert json.loads(body)["schema"] == "2.0"
    assert "X-Lark-Signature" not in headers
    assert feishu.settings["YINGXU_FEISHU__ENCRYPT_KEY"] == ""
