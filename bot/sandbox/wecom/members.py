"""What members of the corporation do in the self-built app."""

import secrets
from collections.abc import Mapping, Sequence

from bot.sandbox.wecom.app_messages import new_card_code, seen_message
from bot.sandbox.wecom.callbacks import Callbacks
from bot.sandbox.wecom.cards import is_menu_action, questions_of
from bot.sandbox.wecom.envelope import xml_of
from bot.sandbox.wecom.state import Delivery, Json, Person, Platform, SeenMessage

Selections = Mapping[str, Sequence[str]]
MEDIA_KINDS = ("image", "voice", "video", "file")


class MemberActs:
    """Acts of members; each delivers its callback and returns how that went."""

    platform: Platform
    callbacks: Callbacks

    def add_member(self, userid: str, name: str) -> None:
        """Let somebody be a member who sees the app."""
        self.platform.members[userid] = Person(userid, name)

    async def member_says(self, userid: str, text: str) -> Delivery:
        """Let a member write to the app."""
        self._app_show(userid, "text", text=text)
        return await self._app_message(userid, "text", {"Content": text})

    async def member_sends(
        self, userid: str, kind: str, *, content: bytes = b"", filename: str = "", **payload: object
    ) -> Delivery:
        """Let a member send a file (`content`) or any kind of message whose XML elements are `payload`."""
        fields: dict[str, object] = dict(payload)
        if kind in MEDIA_KINDS:
            content_type = "image/png" if kind == "image" else "application/octet-stream"
            medium = self.platform.keep_medium(kind, content, filename or kind, content_type)
            extra = {"image": {"PicUrl": "https://example.com/picture"}, "voice": {"Format": "amr"}}
            fields = {**extra.get(kind, {}), "MediaId": medium.media_id, **fields}
        self._app_show(userid, kind, media=content or None, filename=filename, card=dict(payload) or None)
        return await self._app_message(userid, kind, fields)

    async def member_opens_app(self, userid: str) -> Delivery:
        """Let a member enter the app's chat."""
        return await self._app_event(userid, "enter_agent", {"EventKey": ""})

    async def member_taps_menu(self, userid: str, key: str) -> Delivery:
        """Let a member tap an entry of the menu at the bottom of the app's chat."""
        return await self._app_event(userid, "click", {"EventKey": key})

    async def member_clicks(
        self, userid: str, card: SeenMessage | int, key: str, selections: Selections | None = None
    ) -> Delivery:
        """Let a member press a card's button: the card as seen or its id, the button's key or label, the options.

        `selections` maps question keys to option ids. LookupError when the card as it stands now has no such live
        button or option: the client would not let anybody press it either.
        """
        message = seen_message(self.platform.members[userid], card if isinstance(card, int) else card.id)
        keys = [one for one, label in message.menu if key in {one, label}]
        if not keys or message.card is None:
            raise LookupError(f"no live button {key!r}")
        fields: dict[str, object] = {
            "EventKey": keys[0],
            "TaskId": message.card.get("task_id", ""),
            "CardType": message.card["card_type"],
            "ResponseCode": new_card_code(self.platform, message.msgid),
        }
        if is_menu_action(message.card, keys[0]):
            return await self._app_event(userid, "template_card_menu_event", fields)
        chosen = _selected_items(message.card, selections or {})
        return await self._app_event(userid, "template_card_event", {**fields, **chosen})

    async def _app_message(self, userid: str, kind: str, fields: dict[str, object]) -> Delivery:
        msgid = str(secrets.randbelow(9 * 10**18) + 10**18)
        number = {"MsgId": int(msgid), "AgentID": self.platform.agent_id}
        return await self.callbacks.deliver(xml_of({**self._head(userid, kind), **fields, **number}), msgid=msgid)

    async def _app_event(self, userid: str, event: str, fields: dict[str, object]) -> Delivery:
        body = {**self._head(userid, "event"), "Event": event, **fields, "AgentID": self.platform.agent_id}
        return await self.callbacks.deliver(xml_of(body))

    def _head(self, userid: str, kind: str) -> dict[str, object]:
        return {
            "ToUserName": self.platform.corp_id,
            "FromUserName": userid,
            "CreateTime": self.platform.stamp(),
            "MsgType": kind,
        }

    def _app_show(self, userid: str, kind: str, **shown: object) -> None:
        self.platform.show(self.platform.members[userid], "member", kind, channel="app", **shown)


def _selected_items(card: Json, selections: Selections) -> dict[str, object]:
    items = [_selected_item(question, selections) for question in questions_of(card)]
    unknown = set(selections) - {str(one["QuestionKey"]) for one in items}
    if unknown:
        raise LookupError(f"no such question: {sorted(unknown)}")
    return {"SelectedItems": {"SelectedItem": items}} if items else {}


def _selected_item(question: Json, selections: Selections) -> dict[str, object]:
    options = [one["id"] for one in question["option_list"]]
    # A drop-down always has a value: the preselected one, else the first; a vote starts from its ticks.
    ticked = [one["id"] for one in question["option_list"] if one.get("is_checked")]
    preset = ticked if "mode" in question else [question.get("selected_id") or options[0]]
    chosen = list(selections.get(question["question_key"], preset))
    if not set(chosen) <= set(options):
        raise LookupError(f"no such option: {chosen}")
    return {"QuestionKey": question["question_key"], "OptionIds": {"OptionId": chosen}}
