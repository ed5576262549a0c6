"""Tables of the desk: chats, customers, requests and what happened to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.tables.types import RowId, UtcDateTime, metadata

chat = Table(
    "chat",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("customer_id", BigInteger, ForeignKey("customer.id")),
    Column("nickname", Text, nullable=False, default=""),
    # The send window of 微信客服: 5 messages within 48 hours of the customer's last word.
    Column("last_inbound_at", UtcDateTime),
    Column("sent", Integer, nullable=False, default=0),
    Column("serving", Boolean, nullable=False, default=False),
    Column("unreachable", Boolean, nullable=False, default=False),
    # Where the conversation stands: the intake's answers, the menu last offered, the request talked about.
    Column("draft", LargeBinary),
    Column("menu", LargeBinary),
    # What is remembered beside the draft, JSON of the handlers' making: a reminder told, words set aside, last words.
    Column("beside", LargeBinary),
    # When the customer is to be reminded of the draft.
    Column("remind_at", UtcDateTime),
    Column("focus_id", BigInteger),
    Column("focus", String(20), nullable=False, default=""),
    Column("focus_at", UtcDateTime),
    # Which version of the consent sentence was said here, and when (process.md, peers.md B4 row 25).
    Column("consent", String(20), nullable=False, default=""),
    Column("consent_at", UtcDateTime),
)

Index("chat_remind", chat.c.remind_at)
Index("chat_customer", chat.c.customer_id)

customer = Table(
    "customer",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("company", Text, nullable=False, default=""),
    Column("contact", Text, nullable=False, default=""),
    Column("title", Text, nullable=False, default=""),
    Column("phone", Text, nullable=False, default=""),
    Column("email", Text, nullable=False, default=""),
    Column("industry", Text, nullable=False, default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

Index("customer_phone", customer.c.phone)

request = Table(
    "request",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("version", Integer, nullable=False, default=1),
    Column("status", String(20), nullable=False),
    Column("chat", String(200), nullable=False),
    Column("customer_id", BigInteger, ForeignKey("customer.id"), nullable=False),
    Column("source", String(40), nullable=False, default=""),
    # The five elements, as the customer put them (process.md A-040).
    Column("company", Text, nullable=False, default=""),
    Column("contact", Text, nullable=False, default=""),
    Column("title", Text, nullable=False, default=""),
    Column("phone", Text, nullable=False, default=""),
    Column("email", Text, nullable=False, default=""),
    Column("industry", Text, nullable=False, default=""),
    Column("background", Text, nullable=False, default=""),
    Column("description", Text, nullable=False, default=""),
    Column("impact", Text, nullable=False, default=""),
    Column("history", Text, nullable=False, default=""),
    # Parts of the description the customer put into words of their own, and when he must have it.
    Column("expected", Text, nullable=False, default=""),
    Column("pain", Text, nullable=False, default=""),
    Column("wanted_by", UtcDateTime),
    # Who took it down for the customer, and under what name another system knows it.
    Column("reporter", String(100), nullable=False, default=""),
    Column("origin", String(200)),
    Column("reported_at", UtcDateTime),
    # What the classifier suggested, kept beside what people decided.
    Column("suggestion", LargeBinary),
    Column("type", String(20), nullable=False),
    Column("nature", String(20), nullable=False),
    Column("urgency", String(20), nullable=False),
    Column("priority", String(4), nullable=False),
    Column("department", String(60), nullable=False, default=""),
    Column("owner", String(100), nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("scores", LargeBinary),
    Column("reopened", Integer, nullable=False, default=0),
    Column("created_at", UtcDateTime, nullable=False),
    Column("respond_by", UtcDateTime),
    Column("resolve_by", UtcDateTime),
    Column("accepted_at", UtcDateTime),
    Column("responded_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
)
Index("request_chat", request.c.chat, request.c.id)
Index("request_origin", request.c.origin, unique=True)
Index("request_owner", request.c.owner, request.c.status)
Index("request_status", request.c.status, request.c.id)

# How two requests belong together: `follows` (the earlier one is its history), `beside` (said in one breath),
# `same` (the first is merged into the second, which is worked on; undone by deleting the row)..
link = Table(
    "link",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("request_id", BigInteger, ForeignKey("request.id"), nullable=False),
    Column("other_id", BigInteger, ForeignKey("request.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    UniqueConstraint("request_id", "other_id", "kind", name="link_once"),
)
Index("link_other", link.c.other_id, link.c.kind)

# The telling words of an open request, as numbers: requests that share some are compared. None of a closed one.
mark = Table(
    "mark",
    metadata,
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("request_id", BigInteger, ForeignKey("request.id"), primary_key=True, autoincrement=False),
)
Index("mark_request", mark.c.request_id)

# What the classifier suggested for one question about a request, and what people made of it: `rank` is 0
# while nobody has decided, 1 for a customer, 2 for an agent. None of the customer's words: those are the request's.
label = Table(
    "label",
    metadata,
    Column("request_id", BigInteger, ForeignKey("request.id"), primary_key=True, autoincrement=False),
    Column("head", String(10), primary_key=True),
    Column("suggested", String(20), nullable=False),
    Column("sure", Boolean, nullable=False),
    Column("final", String(20), nullable=False, default=""),
    Column("kept", Boolean, nullable=False, default=False),
    Column("rank", Integer, nullable=False, default=0),
    Column("actor", String(200), nullable=False, default=""),
    Column("at", UtcDateTime),
)
# All that accuracy is counted from, so that it is read without touching the rows.
Index("label_decided", label.c.head, label.c.sure, label.c.at, label.c.kept)

# Proof that somebody's data were deleted: how much of what, at whose word, and nothing of what it was.
erasure = Table(
    "erasure",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("counts", LargeBinary, nullable=False),
)
Index("erasure_subject", erasure.c.subject)

# What an installation remembers of itself: the salt of its proofs, and when it purges next.
memo = Table(
    "memo",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("request_id", BigInteger, ForeignKey("request.id"), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("data", LargeBinary, nullable=False),
)
Index("event_request", event.c.request_id, event.c.id)

# A promise to act at a moment; swept by the index on `at`. One per request and kind.
due = Table(
    "due",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("request_id", BigInteger, ForeignKey("request.id"), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("request_id", "kind", name="due_once"),
)
Index("due_at", due.c.at)

attachment = Table(
    "attachment",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("chat", String(200), nullable=False),
    Column("request_id", BigInteger, ForeignKey("request.id")),
    Column("kind", String(20), nullable=False),
    Column("media", Text, nullable=False, default=""),
    Column("name", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("path", Text, nullable=False, default=""),
    Column("size", BigInteger, nullable=False, default=0),
    Column("at", UtcDateTime, nullable=False),
)
Index("attachment_chat", attachment.c.chat, attachment.c.request_id)
Index("attachment_request", attachment.c.request_id)

# The running number of each month; the row is locked while a number is taken, so none is given twice.
counter = Table(
    "counter",
    metadata,
    Column("month", String(10), primary_key=True),
    Column("last", Integer, nullable=False),
)
