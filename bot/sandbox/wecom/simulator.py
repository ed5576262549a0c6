"""The WeCom platform on this machine: one corporation, one self-built app, its customers and members."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime

from bot.sandbox.wecom import tokens
from bot.sandbox.wecom.callbacks import Callbacks
from bot.sandbox.wecom.customers import CustomerActs
from bot.sandbox.wecom.envelope import Envelope
from bot.sandbox.wecom.faults import Fault, Faults
from bot.sandbox.wecom.members import MemberActs
from bot.sandbox.wecom.server import PlatformApp
from bot.sandbox.wecom.state import ApiCall, Delivery, Platform, Quirks, SeenMessage

SANDBOX_SECRET = "sandbox-secret-of-the-app"  # noqa: S105 - opens nothing but this simulator
SANDBOX_TOKEN = "SandboxToken"  # noqa: S105 - signs nothing but this simulator's callbacks
SANDBOX_AES_KEY = "c2FuZGJveC1hZXMta2V5LW9mLTMyLWJ5dGVzLWxvbmc"


class WeComSimulator(CustomerActs, MemberActs):
    """Speaks WeCom's wire formats to a bot: serve `app` at `api_base`, then let people act and look at what they see.

    Belongs to one event loop. Times of the domain (tokens, windows, stamps) follow `now`; only socket time-outs,
    hanging faults and the pause between callback attempts are real time.
    """

    def __init__(
        self,
        *,
        corp_id: str = "wwsandbox",
        agent_id: int = 1000002,
        secret: str = SANDBOX_SECRET,
        token: str = SANDBOX_TOKEN,
        aes_key: str = SANDBOX_AES_KEY,
        callback_url: str,
        now: Callable[[], datetime],
    ) -> None:
        self.platform = Platform(corp_id, agent_id, secret, now)
        self.platform.signal = self._signal_soon
        self.callbacks = Callbacks(self.platform, Envelope(token, aes_key, corp_id), callback_url)
        self.api_base = ""
        """Where the caller serves `app`, without /cgi-bin; appears in `settings`."""
        self._faults = Faults()
        self._token, self._aes_key = token, aes_key
        self._tasks: set[asyncio.Task[Delivery]] = set()
        self.app = PlatformApp(self.platform, self._faults)

    @property
    def settings(self) -> dict[str, str]:
        """The bot's environment variables that match this platform."""
        prefix = "YINGXU_WECOM__"
        return {
            f"{prefix}CORP_ID": self.platform.corp_id,
            f"{prefix}AGENT_ID": str(self.platform.agent_id),
            f"{prefix}SECRET": self.platform.secret,
            f"{prefix}TOKEN": self._token,
            f"{prefix}AES_KEY": self._aes_key,
            f"{prefix}API_BASE": self.api_base,
        }

    @property
    def quirks(self) -> Quirks:
        """Switches for what the real platform does only sometimes or does not document."""
        return self.platform.quirks

    @property
    def calls(self) -> deque[ApiCall]:
        """The bot's calls, oldest first (the last 100,000)."""
        return self.platform.calls

    @property
    def counts(self) -> Counter[tuple[str, int]]:
        """The number of calls per (endpoint, errcode answered)."""
        return self.platform.counts

    @property
    def deliveries(self) -> deque[Delivery]:
        """The callbacks delivered, oldest first (the last 10,000)."""
        return self.callbacks.deliveries

    @property
    def bad_passive_replies(self) -> list[str]:
        """Bodies the bot answered callbacks with; answers must be empty, so this should stay so too."""
        return self.callbacks.bad_passive_replies

    def seen_by_customer(self, external_userid: str) -> list[SeenMessage]:
        """Return the customer's chats as they look now, oldest message first."""
        return list(self.platform.customers[external_userid].seen)

    def seen_by_member(self, userid: str) -> list[SeenMessage]:
        """Return the member's chat with the app as it looks now, oldest message first."""
        return list(self.platform.members[userid].seen)

    def inject(
        self,
        endpoint: str,
        *,
        times: int = 1,
        errcode: int | None = None,
        http: int | None = None,
        html: bool = False,
        hang: float = 0,
        reset: bool = False,
        after: bool = False,
    ) -> None:
        """Make the next `times` calls of `endpoint` ("*" = any) go wrong; `after` = they take effect all the same.

        `hang` is real seconds, alone it only delays; `html` answers a page instead of JSON (with `http` as status);
        `reset` cuts the connection.
        """
        self._faults.inject(endpoint, Fault(errcode, http, html, hang, reset, after), times)

    def clear_faults(self) -> None:
        """Forget the faults that have not been used up."""
        self._faults.clear()

    def fail_sends_late(self, fail_type: int, times: int = 1) -> None:
        """Accept the next KF messages, then report each by a msg_send_fail event instead of showing it."""
        self.platform.late_failures.extend([fail_type] * times)

    def revoke_token(self) -> None:
        """Make every access token given so far invalid."""
        tokens.revoke(self.platform)

    def encrypt_callback(self, xml: str) -> tuple[str, str]:
        """Return the percent-encoded query and the body that carry the plain `xml` to the bot."""
        return self.callbacks.encrypt(xml)

    async def redeliver(self, index: int = -1) -> Delivery:
        """Deliver an earlier callback once more: the same plain text in a new envelope."""
        old = self.deliveries[index]
        return await self.callbacks.deliver(old.xml, msgid=old.msgid)

    async def verify_url(self) -> str:
        """Verify the bot's callback address (1 s to answer); return "ok" or what is wrong."""
        return await self.callbacks.verify_url()

    async def settle(self) -> None:
        """Wait until the callbacks that the platform sends by itself (late failures) are delivered."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Finish what is under way and close the connections to the bot."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.callbacks.close()

    def _signal_soon(self, open_kfid: str) -> None:
        if not self._queue_only:
            task = asyncio.get_running_loop().create_task(self.signal(open_kfid))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
