"""A real `yingxu serve` in a process of its own, and signed callbacks to send it; its platforms answer nothing."""

import http.client
import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.sandbox.feishu.envelope import event_header, wrap
from bot.sandbox.wecom import Envelope
from tests.test_settings import FEISHU, WECOM

HERE = Path(__file__).parent.parent
READY_SECONDS = 60
WECOM_SIDE = Envelope(WECOM["YINGXU_WECOM__TOKEN"], WECOM["YINGXU_WECOM__AES_KEY"], WECOM["YINGXU_WECOM__CORP_ID"])
ENCRYPT_KEY, VERIFICATION = FEISHU["YINGXU_FEISHU__ENCRYPT_KEY"], FEISHU["YINGXU_FEISHU__VERIFICATION_TOKEN"]


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Serving:
    """One process and its address."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    port: int

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()})
        finally:
            connection.close()

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> Answer:
        return self.ask("POST", path, body, headers)

    def counted(self, name: str) -> float:
        """Read one figure of /metrics, 0 if it is not there; labels in alphabetical order."""
        for line in self.ask("GET", "/metrics").body.decode().splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        return 0.0

    def ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while self.ask("GET", "/readyz").status != 200:
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def log(self) -> str:
        return (self.folder / "stderr").read_text("utf-8")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


def serve(folder: Path, **settings: str) -> Serving:
    """Start a bot in a folder and wait until it says that it listens."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    bare = {name: value for name, value in os.environ.items() if not name.startswith("YINGXU_")}
    given = {"PYTHONPATH": str(HERE), "YINGXU_PORT": str(port), **WECOM, **FEISHU} | settings
    with (folder / "stderr").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], cwd=folder, env=bare | given, stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdout
    with process.stdout as words:
        said = words.readline().decode()
    serving = Serving(process, folder, port)
    assert said == f"listening on http://127.0.0.1:{port}\n", serving.log()
    return serving


def kept(folder: Path, dedup: str) -> str | None:
    """Return the state of one job, None if it was never kept."""
    with sqlite3.connect(folder / "data" / "yingxu.db") as database:
        row = database.execute("SELECT state FROM job WHERE dedup = ?", (dedup,)).fetchone()
    database.close()
    return str(row[0]) if row else None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def from_member(text: str, member: str = "ZhangSan", msgid: str = "") -> tuple[str, bytes]:
    """Path and body of a member's message in the app."""
    xml = (
        f"<xml><ToUserName><![CDATA[wwcorp]]></ToUserName><FromUserName><![CDATA[{member}]]></FromUserName>"
        f"<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
        f"<MsgId>{msgid or secrets.randbelow(10**15)}</MsgId><AgentID>1000002</AgentID></xml>"
    )
    return sealed(xml)


def kf_signal(account: str = "wkOne") -> tuple[str, bytes]:
    """Path and body of the signal that a KF account has something new."""
    return sealed(
        "<xml><ToUserName><![CDATA[wwcorp]]></ToUserName><CreateTime>1700000000</CreateTime>"
        "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event>"
        f"<Token><![CDATA[kf-token-canary]]></Token><OpenKfId><![CDATA[{account}]]></OpenKfId></xml>"
    )


def sealed(xml: str) -> tuple[str, bytes]:
    encrypted = WECOM_SIDE.encrypt(xml)
    body = f"<xml><ToUserName><![CDATA[wwcorp]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return f"/wecom/callback?{signed(encrypted)}", body.encode()


def signed(encrypted: str, **more: str) -> str:
    timestamp, nonce = "1700000000", secrets.token_hex(8)
    signature = WECOM_SIDE.signature(timestamp, nonce, encrypted)
    return urlencode({"msg_signature": signature, "timestamp": timestamp, "nonce": nonce, **more})


def to_feishu(envelope: dict[str, Any], key: str = ENCRYPT_KEY) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a Feishu callback."""
    headers, body = wrap(envelope, key, 1_700_000_000)
    return body, headers


def event(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Make an envelope of version 2.0."""
    return {
        "schema": "2.0",
        "header": event_header(kind, VERIFICATION, "cli_app", "tenant", "1700000000000"),
        "event": content,
    }


def click(person: str = "ou_li", value: dict[str, Any] | None = None) -> dict[str, Any]:
    """Make the press of a card's button."""
    content = {
        "operator": {"open_id": person},
        "token": "c-token",
        "action": {"tag": "button", "value": value or {"a": "accept", "s": "1", "v": 1, "l": "接单"}},
        "context": {"open_message_id": "om_1", "open_chat_id": "oc_1"},
    }
    return event("card.action.trigger", content)
