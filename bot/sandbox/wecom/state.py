"""Everything the simulated platform remembers, and the values that people see."""

import base64
import secrets
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.wecom.refusals import Refused

Json = dict[str, Any]

MEDIA_LIFE = timedelta(days=3)
KF_SESSION_LIFE = timedelta(hours=48)
STATE_NEW, STATE_BOT, STATE_POOL, STATE_PERSON, STATE_ENDED = range(5)


@dataclass(frozen=True)
class SeenMessage:
    """One message as a person sees it; `menu` holds what can be tapped now, `revision` grows with every change."""

    id: int
    revision: int
    at: datetime
    sender: str
    kind: str
    text: str = ""
    menu: tuple[tuple[str, str], ...] = ()
    card: Json | None = None
    media: bytes | None = None
    filename: str = ""
    channel: str = ""
    msgid: str = ""

    def as_json(self) -> Json:
        """Return the message for a web page: the time in ISO 8601, the media in base64."""
        media = None if self.media is None else base64.b64encode(self.media).decode()
        return {**self.__dict__, "at": self.at.isoformat(), "menu": [list(one) for one in self.menu], "media": media}


@dataclass(frozen=True)
class Delivery:
    """How a callback went: the last HTTP status (0 = no answer), seconds in all, attempts, what was delivered."""

    status: int
    seconds: float
    attempts: int
    msgid: str = ""
    xml: str = ""


@dataclass(frozen=True)
class ApiCall:
    """One call of the bot: errcode 0 and status 200 when it went well, status 0 when the connection was cut."""

    endpoint: str
    at: datetime
    seconds: float
    errcode: int
    status: int

    @property
    def ok(self) -> bool:
        """Tell whether the caller was told that it went well."""
        return self.errcode == 0 and self.status == 200  # noqa: PLR2004 - the HTTP status OK


@dataclass(frozen=True)
class Medium:
    """An uploaded or received file; it can be fetched for three days."""

    media_id: str
    kind: str
    content: bytes
    filename: str
    content_type: str
    at: datetime


@dataclass
class Person:
    """A customer (external user) or a member of the corporation, with everything shown in the chat."""

    userid: str
    name: str
    seen: list[SeenMessage] = field(default_factory=list)
    received_at: deque[datetime] = field(default_factory=lambda: deque(maxlen=1000))
    last_contents: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class KfItem:
    """One entry of a KF account's log, as sync_msg returns it."""

    at: datetime
    body: Json


@dataclass
class KfAccount:
    """A 微信客服 account: its servicers (True = on duty), its log, its valid sync tokens, the msgids used."""

    open_kfid: str
    name: str
    servicers: dict[str, bool] = field(default_factory=dict)
    items: list[KfItem] = field(default_factory=list)
    sync_tokens: dict[str, datetime] = field(default_factory=dict)
    msgids: set[str] = field(default_factory=set)
    pulls: int = 0
    tokenless_at: deque[datetime] = field(default_factory=deque)


@dataclass
class KfSession:
    """One customer's chat with one KF account."""

    open_kfid: str
    external_userid: str
    state: int = STATE_ENDED
    servicer: str = ""
    last_inbound: datetime | None = None
    sent_since: int = 0
    welcomed_at: datetime | None = None
    scene: str = ""
    scene_param: str = ""
    coded_states: set[int] = field(default_factory=set)


@dataclass
class KfCode:
    """A welcome_code or msg_code: good for one message, for a while, while the session is in `state`."""

    session: KfSession
    state: int | None
    until: datetime
    kinds: tuple[str, ...]
    used: bool = False


@dataclass
class CardCode:
    """A response_code: updates the card sent as `msgid` once, within 72 hours."""

    msgid: str
    until: datetime
    used: bool = False


@dataclass
class SentApp:
    """An app message as sent: who got it (userid -> id of the seen message)."""

    at: datetime
    copies: dict[str, int]


@dataclass
class Quirks:
    """Switches for what the platform does only sometimes, or what its documents leave open."""

    page_limit: int = 1000
    """sync_msg returns at most so many items, whatever was asked."""
    empty_page_every: int = 0
    """Every n-th pull is answered with has_more=1 and no items; 0 = never."""
    tokenless_per_minute: int = 0
    """Pulls without a token beyond this are refused with 45009; 0 = no limit."""
    rate_per_minute: dict[str, int] = field(default_factory=dict)
    """Calls of one endpoint beyond this are refused with 45009."""
    duplicate_msgid_errcode: int = 40058
    code_unknown_errcode: int = 40058
    code_used_errcode: int = 42022
    limit_fails_late: bool = False
    """The 6th message and the 49th hour are accepted, then reported by msg_send_fail."""
    trusted_ip: bool = True
    rotate_tokens: bool = False
    """gettoken inside the validity gives a new token (the old one lives on) instead of the same."""
    kf_outer_agent_id: bool = True
    retry_http_errors: bool = False
    """Repeat a callback that was answered with other than 200."""


@dataclass
class Platform:
    """The state of one corporation with one self-built app on the simulated platform."""

    corp_id: str
    agent_id: int
    secret: str
    now: Callable[[], datetime]
    quirks: Quirks = field(default_factory=Quirks)
    customers: dict[str, Person] = field(default_factory=dict)
    members: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, KfAccount] = field(default_factory=dict)
    sessions: dict[tuple[str, str], KfSession] = field(default_factory=dict)
    kf_codes: dict[str, KfCode] = field(default_factory=dict)
    late_failures: deque[int] = field(default_factory=deque)
    media: dict[str, Medium] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    current_token: str = ""
    sent_app: dict[str, SentApp] = field(default_factory=dict)
    task_ids: set[str] = field(default_factory=set)
    card_codes: dict[str, CardCode] = field(default_factory=dict)
    recent_calls: dict[str, deque[datetime]] = field(default_factory=dict)
    calls: deque[ApiCall] = field(default_factory=lambda: deque(maxlen=100_000))
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    signal: Callable[[str], None] = field(default=lambda _open_kfid: None)
    """Called when the log of an account grew by itself, so that a callback goes out."""
    last_id: int = 0

    def stamp(self) -> int:
        """Return now in whole seconds since 1970, as the wire carries it."""
        return int(self.now().timestamp())

    def session(self, open_kfid: str, external_userid: str) -> KfSession:
        """Return the chat of a customer with an account; it begins empty."""
        key = (open_kfid, external_userid)
        return self.sessions.setdefault(key, KfSession(open_kfid, external_userid))

    def show(self, person: Person, sender: str, kind: str, **shown: Any) -> SeenMessage:
        """Append a message to what `person` sees."""
        self.last_id += 1
        message = SeenMessage(self.last_id, self.last_id, self.now(), sender, kind, **shown)
        person.seen.append(message)
        return message

    def change(self, person: Person, message_id: int, **changes: Any) -> None:
        """Change a message that `person` sees, in place; unknown ids are left alone."""
        for index, message in enumerate(person.seen):
            if message.id == message_id:
                self.last_id += 1
                fields = {**message.__dict__, **changes, "revision": self.last_id}
                person.seen[index] = SeenMessage(**fields)

    def keep_medium(self, kind: str, content: bytes, filename: str, content_type: str) -> Medium:
        """Store a file and give it a media_id."""
        media_id = f"3{secrets.token_urlsafe(40)}"
        self.media[media_id] = Medium(media_id, kind, content, filename, content_type, self.now())
        return self.media[media_id]

    def medium(self, media_id: object, kind: str = "") -> Medium:
        """Return a stored file; refuse with 40007 when unknown, older than three days or of another kind."""
        medium = self.media.get(media_id) if isinstance(media_id, str) else None
        if medium is None or self.now() - medium.at > MEDIA_LIFE or kind not in {"", medium.kind}:
            raise Refused(40007)
        return medium
