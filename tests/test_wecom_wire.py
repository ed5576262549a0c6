"""Exchanges with WeCom at the wire: what comes back byte by byte, and which connections are used again."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.errors import Retry
from bot.wecom import connection
from bot.wecom.connection import TooLong
from bot.wecom.wire import Wire

END = b"<hang up>"
YES = b'{"errcode":0}'
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + YES
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"errc\r\n7\r\node":0}\r\n0\r\n\r\n'
HINTED = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + PLAIN
TO_THE_END = b"HTTP/1.1 200 OK\r\n\r\n" + YES
CLOSING = PLAIN.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")


@dataclass
class Peer:
    """Answers each request with the next of the answers, part by part; END hangs up."""

    answers: list[tuple[bytes, ...]]
    connections: int = 0
    asked: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.answers and not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                self.asked.append(head + await reader.readexactly(length))
                await self._answer(writer, self.answers.pop(0))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, parts: tuple[bytes, ...]) -> None:
        for part in parts:
            if part is END:
                writer.close()
                return
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.01)


@asynccontextmanager
async def speaking(*answers: bytes | tuple[bytes, ...]) -> AsyncIterator[tuple[Wire, Peer]]:
    peer = Peer([one if isinstance(one, tuple) else (one,) for one in answers])
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    wire = Wire(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield wire, peer
    finally:
        await wire.close()
        server.close()


def play(story: Callable[[], Awaitable[None]]) -> None:
    """Run on the event loop of `yingxu serve`."""

    async def all_of_it() -> None:
        async with asyncio.timeout(10):
            await story()

    uvloop.run(all_of_it())


@pytest.mark.parametrize("said", [PLAIN, CHUNKED, HINTED, CLOSING])
def test_an_answer_is_read_however_it_is_sent(said: bytes) -> None:
    async def story() -> None:
        async with speaking(said, said) as (wire, peer):
            for _ in range(2):
                assert (await wire.exchange("POST", "x", {"a": "1"}, body=b"{}")).body == YES
            assert peer.connections == (2 if said is CLOSING else 1)

    play(story)


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    async def story() -> None:
        async with speaking((TO_THE_END, END)) as (wire, _):
            assert (await wire.exchange("GET", "x", {})).body == YES

    play(story)


def test_what_is_asked_is_plain_http() -> None:
    async def story() -> None:
        async with speaking(PLAIN, PLAIN) as (wire, peer):
            await wire.exchange("GET", "media/get", {"media_id": "一 &\r\nX: y"})
            await wire.exchange("POST", "message/send", {"access_token": "t"}, body="好".encode())
        asked, told = (one.decode().split("\r\n") for one in peer.asked)
        assert asked[0] == "GET /cgi-bin/media/get?media_id=%E4%B8%80+%26%0D%0AX%3A+y HTTP/1.1"
        assert asked[1].startswith("Host: 127.0.0.1:")
        assert told[-4:] == ["Content-Type: application/json; charset=utf-8", "Content-Length: 3", "", "好"]

    play(story)


@pytest.mark.parametrize(
    "said",
    [
        PLAIN[:-1],
        CHUNKED[:-5],
        b"HTTP/1.1 200",
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Length: 14\r\n\r\n" + YES,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * connection.HEAD_BYTES,
        b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 3000,
    ],
    ids=["cut", "cut in chunks", "cut head", "nothing", "another protocol", "two lengths", "upgrade", "head", "hints"],
)
def test_half_an_answer_is_none(said: bytes) -> None:
    async def story() -> None:
        async with speaking((said, END), PLAIN) as (wire, peer):
            with pytest.raises(Retry, match="连接企业微信失败"):
                await wire.exchange("POST", "x", {}, body=b"{}")
            assert (await wire.exchange("POST", "x", {}, body=b"{}")).body == YES
            assert peer.connections == 2

    play(story)


def test_too_long_an_answer_is_not_read_to_its_end() -> None:
    async def story() -> None:
        for said in (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b" " * 101, TO_THE_END + b" " * 101):
            async with speaking((said, b" " * 1000)) as (wire, _):
                with pytest.raises(TooLong):
                    await wire.exchange("GET", "x", {}, cap=100)

    play(story)


@pytest.mark.parametrize("more", [PLAIN, b"HTTP/1.1 500 Oh\r\n\r\n", b"?"])
def test_an_answer_to_nothing_is_never_taken_for_the_next(more: bytes) -> None:
    async def story() -> None:
        other = PLAIN.replace(b":0}", b":7}")
        async with speaking(PLAIN + more, other) as (wire, peer):
            for expected in (YES, b'{"errcode":7}'):
                assert (await wire.exchange("POST", "x", {}, body=b"{}")).body == expected
            assert peer.connections == 2
        async with speaking((PLAIN, more), other) as (wire, peer):
            await wire.exchange("POST", "x", {}, body=b"{}")
            await asyncio.sleep(0.05)  # it comes while nobody asks
            assert (await wire.exchange("POST", "x", {}, body=b"{}")).body == b'{"errcode":7}'
            assert peer.connections == 2

    play(story)


def test_a_connection_that_lay_idle_or_was_closed_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with speaking((PLAIN, END), PLAIN, PLAIN) as (wire, peer):
            await wire.exchange("GET", "x", {})
            await asyncio.sleep(0.05)  # the platform hangs up
            await wire.exchange("GET", "x", {})
            assert peer.connections == 2
            monkeypatch.setattr(connection, "IDLE_SECONDS", 0.01)
            await asyncio.sleep(0.02)
            await wire.exchange("GET", "x", {})
            assert peer.connections == 3

    play(story)


def test_whoever_stops_waiting_leaves_no_answer_behind() -> None:
    async def story() -> None:
        async with speaking((b"HTTP/1.1 200 OK\r\n", PLAIN), PLAIN.replace(b":0}", b":7}")) as (wire, peer):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(wire.exchange("GET", "x", {}), 0.005)
            await asyncio.sleep(0.05)
            assert b":7}" in (await wire.exchange("GET", "x", {})).body
            assert peer.connections == 2

    play(story)


def test_no_more_than_32_calls_are_under_way_at_one_time() -> None:
    async def story() -> None:
        async with speaking(*[PLAIN] * 100) as (wire, peer):
            await asyncio.gather(*(wire.exchange("GET", "x", {}) for _ in range(100)))
            assert peer.connections == 32

    play(story)


def test_over_tls_only_a_platform_with_a_certificate_that_is_trusted_hears_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        peer = Peer([(PLAIN,)])
        server = await asyncio.start_server(peer.serve, "127.0.0.1", 0, ssl=certified(tmp_path / "pair.pem"))
        address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(Retry, match="SSLCertVerificationError"):
            await Wire(address).exchange("GET", "x", {})
        assert not peer.asked
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pair.pem"))
        trusting = Wire(address)
        assert (await trusting.exchange("GET", "x", {})).body == YES
        await trusting.close()
        server.close()

    play(story)


def certified(file: Path) -> ssl.SSLContext:
    """Make a key and a certificate for this machine that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
    )
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
