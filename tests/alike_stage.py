"""Requests of several customers, registered past the conversation, for tests of what is alike and what is merged."""

from handlers.announcements import announce
from handlers.messages import Outgoing
from handlers.requests import family
from handlers.requests.family import Family
from handlers.requests.lifecycle import Happening, register
from storage import chats, customers
from storage.database import Store
from tests.factories import LI, ZHOU, Heard, Room

WANG, ZHAO, QIAN = "kf:wk:wm_wang", "kf:wk:wm_zhao", "kf:wk:wm_qian"
NAMES = {WANG: ("杭州云杉商贸", "王芳"), ZHAO: ("星河物流", "赵强"), QIAN: ("海蓝酒店", "钱进")}
STUCK = "导出订单一直转圈，半天出不来"
STUCK_TOO = "后台的订单导出不了，点了就卡在加载那里"
CHAIRS = "会议室的椅子坏了，想换一批新的"


def registers(
    room: Room, chat: str, need: str = STUCK, owner: str = LI, urgency: str = "urgent", human: bool = False
) -> str:
    """Register a need of one customer and tell everybody; return the number."""

    def work(store: Store) -> Happening:
        here = chats.open_chat(store, chat)
        company, contact = NAMES[chat]
        profile = {"company": company, "contact": contact, "phone": "13800001234"}
        whose = here.customer_id or customers.add(store, profile, room.now).id
        chats.change(store, chat, customer_id=whose)
        labels = {"type": "bug", "nature": "product", "urgency": urgency, "owner": owner}
        route = room.desk.policy.route("bug", "product")
        row = {"chat": chat, "customer_id": whose, "description": need, "department": route.department}
        return register(profile | row | labels, room.now, store, room.desk, human=human)

    happened = room.run(work)
    room.told += announce(happened, room.desk)
    return happened.request.number


def around(room: Room, number: str) -> Family:
    """Return what stands around a request."""
    request = room.request(number)
    return room.run(lambda store: family.of(store, request, room.desk))


def card_of(room: Room, number: str, who: str = LI) -> Outgoing:
    """Return the newest card of a request in somebody's chat."""
    slot = f"request:{room.request(number).id}:{who}"
    return next(told for told in reversed(room.told) if told.slot == slot)


def merged(room: Room, pair: tuple[str, str], who: str = ZHOU) -> Heard:
    """Merge the second of two requests into the first by the command."""
    return room.said(who, f"/merge {pair[1]} {pair[0]}")
