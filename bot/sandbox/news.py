"""News for the page: who plays, and every message that is new or changed since the page last heard, as JSON."""

from typing import Any
from urllib.parse import quote

from bot.sandbox.feishu import SeenMessage as FeishuMessage
from bot.sandbox.mishaps import MISHAPS, NAMES
from bot.sandbox.reading import Reader, feishu_mark, wecom_mark, wecom_text
from bot.sandbox.stage import Stage
from bot.sandbox.tour import STEPS
from bot.sandbox.wecom import SeenMessage as WeComMessage

Json = dict[str, Any]
_MEDIA = {"image", "file"}


class News:
    """What one open page has been told."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._wecom = Reader[WeComMessage](wecom_mark)
        self._feishu = Reader[FeishuMessage](feishu_mark)

    def fresh(self) -> dict[str, list[Json]]:
        """Return the messages by person that the page does not know as they are now."""
        stage, news = self._stage, {}
        for who in [*stage.cast.customers, *stage.cast.members]:
            seen = self._wecom.new(who, stage.seen_in_wecom(who))
            news[who] = [self._from_wecom(who, one) for one in seen]
        for who in stage.cast.staff:
            seen_by = stage.feishu.seen_by(who)
            news[who] = [self._from_feishu(who, one) for one in self._feishu.new(who, seen_by)]
        return {who: messages for who, messages in news.items() if messages}

    def _from_wecom(self, who: str, message: WeComMessage) -> Json:
        mine = message.sender in {"customer", "member"}
        shown: Json = {
            "id": str(message.id),
            "at": message.at.isoformat(),
            "mine": mine,
            "sender": self._name(who) if mine else {"servicer": "人工客服"}.get(message.sender, "应需"),
            "kind": "menu" if message.menu and not message.card else message.kind,
            "text": wecom_text(message),
            "menu": message.menu,
            "card": message.card,
        }
        if message.media is not None and message.kind in _MEDIA:
            shown |= {"media": f"media/wecom/{quote(who)}/{message.id}", "filename": message.filename}
        return shown

    def _from_feishu(self, who: str, message: FeishuMessage) -> Json:
        mine = message.sender == who
        key = message.content.get("image_key") or message.content.get("file_key")
        shown: Json = {
            "id": message.message_id,
            "at": message.at.isoformat(),
            "mine": mine,
            "sender": "应需" if message.sender == "bot" else self._name(message.sender),
            "kind": "recalled" if message.deleted else "card" if message.card else message.kind,
            "text": message.text,
            "card": message.card,
            "root": message.root_id,
            "threads": bool(message.card and not message.root_id),
        }
        if key and message.kind in _MEDIA:
            shown |= {"media": f"media/feishu/{quote(key)}", "filename": message.content.get("file_name", "")}
        return shown

    def _name(self, who: str) -> str:
        cast = self._stage.cast
        person = cast.staff.get(who)
        return person.name if person else cast.customers.get(who) or cast.members.get(who) or who


def cast_for_page(stage: Stage) -> Json:
    """Return what the page needs once: phones with their people, names, the tour, the faults."""
    cast = stage.cast
    customers = [
        _person(
            key, name, "客户 · 微信客服", "以客户身份说句话，例如：打印机连不上了", "对客户说的话，就像在微信里一样。"
        )
        for key, name in cast.customers.items()
    ]
    members = [
        _person(
            key,
            f"{name}·企微",
            "同事 · 企业微信应用",
            "同事也可以提需求，或发送 /help",
            "公司同事在企业微信应用里的会话。",
        )
        for key, name in cast.members.items()
    ]
    managers = cast.with_role("manager")
    agents = [key for key in cast.staff if key not in managers]
    return {
        "phones": [
            {"key": "customer", "title": "客户", "look": "wechat", "people": customers + members[:1]},
            {"key": "agent", "title": "坐席", "look": "feishu", "people": [_staff(stage, key) for key in agents]},
            {"key": "manager", "title": "主管", "look": "feishu", "people": [_staff(stage, key) for key in managers]},
        ],
        "names": {key: person.name for key, person in cast.staff.items()},
        "tour": [{"title": step.title, "text": step.text} for step in STEPS],
        "faults": [
            {
                "key": key,
                "label": name,
                "faults": [_fault(mishap.key, mishap.label, mishap.about) for mishap in MISHAPS],
            }
            for key, name in NAMES.items()
        ],
    }


def _staff(stage: Stage, key: str) -> Json:
    person = stage.cast.staff[key]
    manager = "manager" in person.roles
    title = "管理者" if manager else "主管" if "lead" in person.roles else "处理人"
    hint = (
        "发送 /status 看看板，/help 看全部命令。"
        if manager
        else "派给他的需求以卡片出现在这里；在卡片的话题里回复会转给客户。"
    )
    return _person(key, person.name, f"{person.department} · {title} · 飞书", "发送 /help 查看命令", hint)


def _person(key: str, name: str, about: str, placeholder: str, hint: str) -> Json:
    return {"id": key, "name": name, "about": about, "placeholder": placeholder, "hint": hint}


def _fault(key: str, label: str, about: str) -> Json:
    return {"key": key, "label": label, "text": about}
