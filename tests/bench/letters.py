"""Callbacks as both platforms send them, encrypted beforehand: making them must not cost time while measuring."""

import json
import secrets
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode

from bot.clock import Clock
from bot.sandbox.feishu.envelope import event_header, wrap
from bot.sandbox.wecom.envelope import Envelope, xml_of
from tests.bench import wire

CORP, AGENT = "wwbench", 1000002
TOKEN, AES_KEY = "BenchToken", "YmVuY2gtYWVzLWtleS1vZi0zMi1ieXRlcy1sb25nLS0"
APP, ENCRYPT_KEY, VERIFICATION_TOKEN = "cli_bench", "bench-encrypt-key", "bench-verification-token"
KF_ACCOUNT = "wkBench"

_envelope = Envelope(TOKEN, AES_KEY, CORP)
_numbers = count(10**18)
_people = count(1)


@dataclass(frozen=True, slots=True)
class Chat:
    """Whom the answers are for, and what he says, one request a turn."""

    name: str
    requests: tuple[bytes, ...]


def said(person: int) -> tuple[str, ...]:
    """Return a whole intake, from the need to the number: five turns, five answers.

    No two people use the same words: what was understood once must not be at hand for the next.
    """
    return (
        f"你好，我是星河物流的刘强，电话137{person:08}。订单系统导出{person}号仓的报表一直报错，页面提示500，没法对账",
        f"昨天升级以后，月底给{person}号仓对账时发现的",
        "重要：影响业务，几天内需要",
        "没有",
        "确认",
    )


def intakes(number: int) -> list[Chat]:
    """Make conversations in the WeCom app, each of another member, from the need to the confirmation."""
    people = [next(_people) for _ in range(number)]
    return [
        Chat(f"member{person}", tuple(_app_message(f"member{person}", text) for text in said(person)))
        for person in people
    ]


def needs(number: int) -> list[bytes]:
    """Make first messages in the WeCom app, each of another member."""
    people = [next(_people) for _ in range(number)]
    return [_app_message(f"member{person}", said(person)[0]) for person in people]


def signals(number: int) -> list[bytes]:
    """Make the callbacks by which 微信客服 says that there is something to pull."""
    what = {"MsgType": "event", "Event": "kf_msg_or_event", "OpenKfId": KF_ACCOUNT}
    return [_wecom({**what, "Token": f"ENC{next(_numbers)}"}) for _ in range(number)]


def echoes(number: int) -> list[Chat]:
    """Make conversations in Feishu, each of another person, with as many messages as an intake."""
    people = [next(_people) for _ in range(number)]
    return [
        Chat(f"ou_{person}", tuple(_feishu_message(f"ou_{person}", text) for text in said(person))) for person in people
    ]


def challenge() -> bytes:
    """Make the request by which Feishu checks an address."""
    return _feishu({"challenge": "x", "type": "url_verification", "token": VERIFICATION_TOKEN})


def _app_message(name: str, text: str) -> bytes:
    return _wecom({"FromUserName": name, "MsgType": "text", "Content": text, "MsgId": next(_numbers), "AgentID": AGENT})


def _wecom(fields: dict[str, object]) -> bytes:
    stamp, nonce = _seconds(), secrets.token_hex(5)
    encrypted = _envelope.encrypt(xml_of({"ToUserName": CORP, "CreateTime": stamp, **fields}))
    signature = _envelope.signature(str(stamp), nonce, encrypted)
    query = urlencode({"msg_signature": signature, "timestamp": stamp, "nonce": nonce})
    body = xml_of({"ToUserName": CORP, "AgentID": str(AGENT), "Encrypt": encrypted}).encode()
    return wire.post(f"/wecom/callback?{query}", {"Content-Type": "text/xml"}, body)


def _feishu_message(open_id: str, text: str) -> bytes:
    ids = {"open_id": open_id, "union_id": open_id.replace("ou_", "on_"), "user_id": ""}
    stamp = str(_seconds() * 1000)
    message = {
        "message_id": f"om_{next(_numbers)}",
        "chat_id": open_id.replace("ou_", "oc_"),
        "chat_type": "p2p",
        "message_type": "text",
        "content": json.dumps({"text": text}, ensure_ascii=False),
        "create_time": stamp,
        "update_time": stamp,
    }
    sender = {"sender_id": ids, "sender_type": "user", "tenant_key": "bench"}
    header = event_header("im.message.receive_v1", VERIFICATION_TOKEN, APP, "bench", stamp)
    return _feishu({"schema": "2.0", "header": header, "event": {"sender": sender, "message": message}})


def _feishu(envelope: dict[str, object]) -> bytes:
    headers, body = wrap(envelope, ENCRYPT_KEY, _seconds())
    return wire.post(f"/feishu/{APP}", headers, body)


def _seconds() -> int:
    return int(Clock().real().timestamp())
