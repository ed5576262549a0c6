"""What `message/send` may carry: limits per message type, and how a member reads it."""

from collections.abc import Callable

from bot.sandbox.wecom.cards import buttons_of, check_card, text_of
from bot.sandbox.wecom.kf_payloads import Shown
from bot.sandbox.wecom.refusals import list_field, require, text_field, web_address
from bot.sandbox.wecom.state import Json, Platform

TEXT_BYTES = 2048


def _text(platform: Platform, msgtype: str, payload: Json) -> Shown:
    content = payload.get("content")
    require(isinstance(content, str) and content, 44004)
    # Longer text is cut without an error, unlike in 微信客服.
    return Shown(str(content).encode()[:TEXT_BYTES].decode(errors="ignore"))


def _media(platform: Platform, msgtype: str, payload: Json) -> Shown:
    medium = platform.medium(payload.get("media_id"), msgtype)
    return Shown(media=medium.content, filename=medium.filename)


def _textcard(platform: Platform, msgtype: str, payload: Json) -> Shown:
    title = text_field(payload, "title", 128, errcode=45003)
    description = text_field(payload, "description", 512, errcode=45004)
    url = text_field(payload, "url", 2048, errcode=45005)
    return Shown(f"{title}\n{description}\n{url}", card=payload)


def _news(platform: Platform, msgtype: str, payload: Json) -> Shown:
    articles = list_field(payload, "articles", 45008, 1, 8)
    for article in articles:
        text_field(article, "title", 128, errcode=45003)
        text_field(article, "description", 512, least=0, errcode=45004)
        require(web_address(article.get("url")) or article.get("appid"), 40058, "url")
    lines = [f"{one['title']} {one.get('description', '')}".strip() for one in articles]
    return Shown("\n".join(lines), card=payload)


def _template_card(platform: Platform, msgtype: str, payload: Json) -> Shown:
    check_card(payload)
    return Shown(text_of(payload), buttons_of(payload), payload)


APP_READERS: dict[str, Callable[[Platform, str, Json], Shown]] = {
    "text": _text,
    "markdown": _text,
    "image": _media,
    "voice": _media,
    "video": _media,
    "file": _media,
    "textcard": _textcard,
    "news": _news,
    "template_card": _template_card,
}
