"""What customers and the people behind 微信客服 do in their clients."""

from typing import Any

from bot.sandbox.wecom.callbacks import Callbacks
from bot.sandbox.wecom.envelope import xml_of
from bot.sandbox.wecom.kf_log import log_event, log_message, new_sync_token
from bot.sandbox.wecom.kf_sessions import customer_wrote, enter_state, real_state, welcome_code
from bot.sandbox.wecom.media import MEGABYTE
from bot.sandbox.wecom.state import (
    STATE_ENDED,
    STATE_PERSON,
    Delivery,
    Json,
    KfAccount,
    KfSession,
    Person,
    Platform,
)

RECEIVE_BYTES = {"image": 2 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "file": 20 * MEGABYTE}
CONTENT_TYPES = {"image": "image/png", "voice": "audio/amr", "video": "video/mp4"}
CHANGE_TAKEN, CHANGE_HANDED_ON, CHANGE_ENDED, CHANGE_REOPENED = 1, 2, 3, 4
NOT_DELIVERED = Delivery(0, 0.0, 0)


class CustomerActs:
    """Acts of customers and servicers; each delivers its callback and returns how that went."""

    platform: Platform
    callbacks: Callbacks
    _queue_only = False

    def add_kf_account(self, open_kfid: str, name: str) -> None:
        """Open a 微信客服 account."""
        self.platform.accounts[open_kfid] = KfAccount(open_kfid, name)

    def add_customer(self, external_userid: str, nickname: str) -> None:
        """Let somebody exist outside the corporation."""
        self.platform.customers[external_userid] = Person(external_userid, nickname)

    def add_servicer(self, userid: str, *, open_kfid: str = "", online: bool = True) -> None:
        """Put a person behind an account, on or off duty."""
        self.platform.accounts[self._account(open_kfid)].servicers[userid] = online

    def queue_only(self, on: bool) -> None:
        """While on, what happens in 微信客服 is logged but no callback goes out, as if callbacks got lost."""
        self._queue_only = on

    async def signal(self, open_kfid: str = "") -> Delivery:
        """Deliver a bare kf_msg_or_event callback: for repeats, and after `queue_only` for many messages at once."""
        account = self.platform.accounts[self._account(open_kfid)]
        xml = xml_of(
            {
                "ToUserName": self.platform.corp_id,
                "CreateTime": self.platform.stamp(),
                "MsgType": "event",
                "Event": "kf_msg_or_event",
                "Token": new_sync_token(self.platform, account),
                "OpenKfId": account.open_kfid,
            }
        )
        return await self.callbacks.deliver(xml, agent_id=self.platform.quirks.kf_outer_agent_id)

    async def customer_says(
        self, external_userid: str, text: str, *, open_kfid: str = "", menu_id: str = ""
    ) -> Delivery:
        """Let a customer write `text`, or tap a menu entry labelled `text` when `menu_id` is given."""
        payload = {"content": text, **({"menu_id": menu_id} if menu_id else {})}
        return await self._write(external_userid, open_kfid, "text", payload, text=text)

    async def customer_taps(self, external_userid: str, item: str, *, open_kfid: str = "") -> Delivery:
        """Let a customer tap the newest menu entry with the id or label `item`; LookupError when none is shown."""
        account = self._account(open_kfid)
        for message in reversed(self.platform.customers[external_userid].seen):
            for menu_id, label in message.menu if message.channel == account else ():
                if item in {menu_id, label}:
                    return await self.customer_says(external_userid, label, open_kfid=account, menu_id=menu_id)
        raise LookupError(item)

    async def customer_sends(
        self,
        external_userid: str,
        kind: str,
        *,
        content: bytes = b"",
        filename: str = "",
        open_kfid: str = "",
        **payload: Any,
    ) -> Delivery:
        """Let a customer send a file (`content`) or any other kind of message; too large a file becomes a notice."""
        if not content:
            return await self._write(external_userid, open_kfid, kind, payload, card=payload)
        if len(content) > RECEIVE_BYTES.get(kind, RECEIVE_BYTES["file"]):
            notice = "［对方发送的文件过大，请在企业微信客户端查看］"
            return await self._write(external_userid, open_kfid, "text", {"content": notice}, text=notice)
        content_type = CONTENT_TYPES.get(kind, "application/octet-stream")
        medium = self.platform.keep_medium(kind, content, filename or kind, content_type)
        body = {"media_id": medium.media_id, **payload}
        return await self._write(external_userid, open_kfid, kind, body, media=content, filename=medium.filename)

    async def customer_enters(
        self, external_userid: str, scene: str = "", *, scene_param: str = "", open_kfid: str = ""
    ) -> Delivery:
        """Let a customer open the chat; the event carries a welcome_code when one is due."""
        session = self._session(external_userid, open_kfid)
        session.scene, session.scene_param = scene, scene_param
        code = welcome_code(self.platform, session)
        event = {"scene": scene, "scene_param": scene_param, **({"welcome_code": code} if code else {})}
        return await self._event(session, "enter_session", event)

    async def customer_recalls(self, external_userid: str, msgid: str = "", *, open_kfid: str = "") -> Delivery:
        """Let a customer take back a message, the last one by default; LookupError when there is none."""
        session = self._session(external_userid, open_kfid)
        person = self.platform.customers[external_userid]
        mine = [one for one in person.seen if one.sender == "customer" and one.channel == session.open_kfid]
        wanted = [one for one in mine if msgid in {"", one.msgid}]
        if not wanted:
            raise LookupError(msgid)
        self.platform.change(person, wanted[-1].id, kind="recalled", text="", media=None)
        return await self._event(session, "user_recall_msg", {"recall_msgid": wanted[-1].msgid})

    async def servicer_takes(self, external_userid: str, userid: str, *, open_kfid: str = "") -> Delivery:
        """Let a person take the chat over: from the pool, from a colleague, or by writing into an ended one."""
        session = self._session(external_userid, open_kfid)
        before, old = real_state(self.platform, session), session.servicer
        change = {STATE_PERSON: CHANGE_HANDED_ON, STATE_ENDED: CHANGE_REOPENED}.get(before, CHANGE_TAKEN)
        code = enter_state(self.platform, session, STATE_PERSON, userid)
        event: Json = {"change_type": change, "new_servicer_userid": userid}
        if change == CHANGE_TAKEN:
            event["msg_code"] = code
        else:
            event["old_servicer_userid"] = old
        return await self._event(session, "session_status_change", event)

    async def servicer_ends(self, external_userid: str, *, open_kfid: str = "") -> Delivery:
        """Let the person who serves end the chat; the event's code allows one closing message within 20 s."""
        session = self._session(external_userid, open_kfid)
        old = session.servicer
        code = enter_state(self.platform, session, STATE_ENDED)
        event = {"change_type": CHANGE_ENDED, "old_servicer_userid": old, "msg_code": code}
        return await self._event(session, "session_status_change", event)

    async def servicer_says(self, external_userid: str, text: str, *, open_kfid: str = "") -> Delivery:
        """Let the person who serves write to the customer; the bot sees it with origin 5."""
        session = self._session(external_userid, open_kfid)
        msgid = log_message(
            self.platform, session.open_kfid, external_userid, "text", {"content": text}, session.servicer or "unknown"
        )
        person = self.platform.customers[external_userid]
        self.platform.show(person, "servicer", "text", text=text, channel=session.open_kfid, msgid=msgid)
        return await self._logged(session.open_kfid, msgid)

    async def servicer_duty(self, userid: str, *, online: bool, open_kfid: str = "") -> Delivery:
        """Let a person go on or off duty."""
        account = self._account(open_kfid)
        self.add_servicer(userid, open_kfid=account, online=online)
        event = {"event_type": "servicer_status_change", "servicer_userid": userid, "open_kfid": account}
        msgid = log_event(self.platform, account, {**event, "status": 1 if online else 2, "stop_type": 0})
        return await self._logged(account, msgid)

    async def _write(self, external_userid: str, open_kfid: str, kind: str, payload: Json, **shown: Any) -> Delivery:
        session = self._session(external_userid, open_kfid)
        customer_wrote(self.platform, session)
        msgid = log_message(self.platform, session.open_kfid, external_userid, kind, payload)
        person = self.platform.customers[external_userid]
        self.platform.show(person, "customer", kind, channel=session.open_kfid, msgid=msgid, **shown)
        return await self._logged(session.open_kfid, msgid)

    async def _event(self, session: KfSession, event_type: str, fields: Json) -> Delivery:
        who = {"open_kfid": session.open_kfid, "external_userid": session.external_userid}
        msgid = log_event(self.platform, session.open_kfid, {"event_type": event_type, **who, **fields})
        return await self._logged(session.open_kfid, msgid)

    async def _logged(self, open_kfid: str, msgid: str) -> Delivery:
        delivery = NOT_DELIVERED if self._queue_only else await self.signal(open_kfid)
        return Delivery(delivery.status, delivery.seconds, delivery.attempts, msgid, delivery.xml)

    def _session(self, external_userid: str, open_kfid: str) -> KfSession:
        return self.platform.session(self._account(open_kfid), external_userid)

    def _account(self, open_kfid: str) -> str:
        """Return the account meant: the named one, else the first that was opened."""
        return open_kfid or next(iter(self.platform.accounts))
