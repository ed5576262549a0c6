"""What people say to the bot and what it says back: values without a platform.

`Incoming` is what someone did; `Outgoing` is a promise to tell. A message is one of `Text`, `Card`, `Form`, `Image`,
`File` or `Chart`; two pure renderers (bot/wecom/cards.py, bot/feishu/cards.py) turn them into platform payloads, and
`as_text` is the reference rendering: every message can be said in words.

A chat key names a conversation and is also the lane its jobs run in:
`kf:<open_kfid>:<external_userid>` (a customer in 微信客服), `app:<userid>` (a member in the WeCom app),
`fs:<open_id>` (a private Feishu chat), `fs:<chat_id>` (a Feishu group). `proxy:<digest>` stands where a chat would: a
request that somebody else brought for a customer who has not been seen in a chat. Nothing can be said there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from handlers.wording import terms

Tone = Literal["plain", "good", "warning", "urgent"]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen value that travels through the job table as JSON."""


# --- in ---------------------------------------------------------------------------------------------------------------


class Said(Value, frozen=True, kw_only=True, tag="said"):
    """Typed words, exactly as the person typed them (mentions of the bot removed)."""

    text: str


class Pressed(Value, frozen=True, kw_only=True, tag="pressed"):
    """A button of ours was pressed, or a form of ours submitted.

    `values` holds the form's inputs by name. All of it came through the client: a handler trusts none of it.
    """

    action: str
    subject: str = ""
    version: int = 0
    label: str = ""
    values: dict[str, str] = {}


class Attached(Value, frozen=True, kw_only=True, tag="attached"):
    """Something other than words that is kept with the request."""

    kind: str
    """A key of `wording.customer.KINDS`: image, file, video, location, link, record (a forwarded chat), card, …"""
    media: str = ""
    """What the platform needs to hand the bytes over: a media_id, or message_id and key; empty if it has none."""
    name: str = ""
    """A file name, or a title."""
    note: str = ""
    """What can be said about it in words: an address, a url, the words of a forwarded chat."""


class Unreadable(Value, frozen=True, kw_only=True, tag="unreadable"):
    """A kind of message the bot cannot use (voice, stickers, anything new); `raw` keeps what arrived."""

    kind: str
    raw: str = ""


class Happened(Value, frozen=True, kw_only=True, tag="happened"):
    """Something the platform tells us that nobody said.

    `kind`: entered (opened the chat; data: welcome_code, scene), send_failed (msgid, fail_type), serving (a person
    took the KF session), served (the session ended), recalled (message id), ignored (any other event).
    """

    kind: str
    data: dict[str, str] = {}


Content = Said | Pressed | Attached | Unreadable | Happened


class Incoming(Value, frozen=True, kw_only=True):
    """What someone did. `id` is the platform's message id: the same id is the same deed, however often it arrives."""

    id: str
    chat: str
    sender: str
    at: datetime
    content: Content
    thread: str = ""
    """Feishu: the message id of the card (or other message) this one answers under."""
    message: str = ""
    """Feishu: the message id of the pressed card."""
    group: bool = False
    mentions: dict[str, str] = {}
    """Names mentioned in the text to open_ids, without the bot."""
    nickname: str = ""
    """What the customer calls himself in WeChat, where it is known."""

    @property
    def platform(self) -> str:
        """Which platform it came from: `wecom` or `feishu`."""
        return platform_of(self.chat)


# --- out --------------------------------------------------------------------------------------------------------------


class Button(Value, frozen=True, kw_only=True):
    """Something to press. Where there is nothing to press (a chat of plain text) it is numbered."""

    label: str
    action: str
    subject: str = ""
    version: int = 0
    primary: bool = False


class Input(Value, frozen=True, kw_only=True):
    """One field of a form. `kind`: text, long, choice or date; `options` are (value, label)."""

    name: str
    label: str
    kind: Literal["text", "long", "choice", "date"] = "text"
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    initial: str = ""
    required: bool = True


class Text(Value, frozen=True, kw_only=True, tag="text"):
    """Words, perhaps with a menu under them."""

    text: str
    buttons: tuple[Button, ...] = ()

    def as_text(self) -> str:
        """Render as plain words, the menu numbered."""
        return "\n".join([self.text, *numbered(self.buttons)])


class Card(Value, frozen=True, kw_only=True, tag="card"):
    """A titled block of facts with buttons."""

    title: str
    body: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    tone: Tone = "plain"

    def as_text(self) -> str:
        """Render as plain words, the buttons numbered."""
        lines = [f"【{self.title}】", *([self.body] if self.body else [])]
        lines += [f"{name}：{value}" for name, value in self.facts]
        return "\n".join([*lines, *numbered(self.buttons)])


class Form(Value, frozen=True, kw_only=True, tag="form"):
    """Inputs with one submit button."""

    title: str
    inputs: tuple[Input, ...]
    submit: Button
    body: str = ""

    def as_text(self) -> str:
        """Render as plain words, each input in brackets."""
        inputs = [f"〔{i.label}〕" + "/".join(label for _, label in i.options) for i in self.inputs]
        return "\n".join([f"【{self.title}】", *([self.body] if self.body else []), *inputs, f"[{self.submit.label}]"])


class Image(Value, frozen=True, kw_only=True, tag="image"):
    """A picture kept in the data directory; `path` is relative to it."""

    path: str
    name: str = ""

    def as_text(self) -> str:
        """Name the picture."""
        return terms.PICTURE.format(name=self.name).rstrip()


class File(Value, frozen=True, kw_only=True, tag="file"):
    """A file kept in the data directory (`path` is relative to it), or one made for this message: `content`."""

    path: str = ""
    name: str = ""
    content: bytes = b""

    def as_text(self) -> str:
        """Name the file."""
        return terms.FILE.format(name=self.name).rstrip()


class Chart(Value, frozen=True, kw_only=True, tag="chart"):
    """Numbers as a picture: one bar or line per (label, value)."""

    title: str
    points: tuple[tuple[str, float], ...]
    kind: Literal["bar", "line", "pie"] = "bar"
    unit: str = ""

    def as_text(self) -> str:
        """Render as a list of label and value."""
        return "\n".join([f"【{self.title}】", *(f"{label}：{value:g}{self.unit}" for label, value in self.points)])


Message = Text | Card | Form | Image | File | Chart


class Outgoing(Value, frozen=True, kw_only=True):
    """A promise to tell one chat one thing; stored in the transaction that made it true.

    `key` is unique: a second promise with the same key is the same promise. `slot` names the place a card holds: a
    later card for the slot updates it instead of standing beside it. `thread` names the slot of the card to answer
    under. Of waiting promises with one `supersedes` tag only the newest is kept. `request` is the id of the request it
    speaks of (0: none), whose owner is told if it cannot be delivered.
    """

    to: str
    message: Message
    key: str
    slot: str = ""
    thread: str = ""
    supersedes: str = ""
    request: int = 0
    not_before: datetime | None = None
    code: str = ""
    """微信客服: the one-time code of an event this answers (a welcome); valid for seconds, outside the send window."""
    servicers: tuple[str, ...] = ()
    """微信客服: hand the session to the first of these UserIDs who is on line; `message` is said as he takes it."""
    unasked: bool = False
    """Nobody waits for it: it keeps to the hours in which customers may be written to (push.hours)."""
    fleeting: bool = False
    """It is worth nothing later: where another promise would be held for the customer's next word it is dropped."""

    @property
    def platform(self) -> str:
        """Which platform carries it: `wecom` or `feishu`."""
        return platform_of(self.to)


class Toast(Value, frozen=True, kw_only=True):
    """The short answer to a press: it vanishes, so whatever must last is also an `Outgoing`."""

    text: str
    kind: Literal["info", "success", "warning", "error"] = "success"


TOO_LARGE, EMPTY, EXPIRED, FULL = "too_large", "empty", "expired", "full"
"""Why bytes are not kept, where whoever sent them can do something about it: keys of what is said of it."""


class Fetch(Value, frozen=True, kw_only=True):
    """Bytes to get from a platform for an attachment already kept as a row."""

    chat: str
    media: str
    attachment: int


class Discard(Value, frozen=True, kw_only=True):
    """A file to delete from the data directory, once nothing leads to it any more; `path` is relative to it."""

    path: str


class Reply(Value, frozen=True, kw_only=True):
    """All that a handler gives back: what to say, what to fetch, and the answer to a press."""

    outgoing: tuple[Outgoing, ...] = ()
    fetches: tuple[Fetch | Discard, ...] = ()
    toast: Toast | None = None

    def __add__(self, other: "Reply") -> "Reply":
        """Do both; the later toast counts."""
        return Reply(
            outgoing=self.outgoing + other.outgoing,
            fetches=self.fetches + other.fetches,
            toast=other.toast or self.toast,
        )


def platform_of(chat: str) -> str:
    """Which platform a chat key belongs to."""
    return "feishu" if chat.startswith("fs:") else "wecom"


def reachable(chat: str) -> bool:
    """Whether a chat key names a conversation we can write into; what was brought for a customer may have none."""
    return chat.partition(":")[0] in ("kf", "app", "fs")


def numbered(buttons: Sequence[Button]) -> list[str]:
    """Menu lines for a chat without buttons; the number works as the answer."""
    return [f"{n}. {button.label}" for n, button in enumerate(buttons, 1)]
