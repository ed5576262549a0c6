"""Verdicts: a yes or no in free words to the question whether something is to be undone (「确认要撤销需求吗？」)."""

import re
from collections.abc import Sequence

from handlers.intake import repair
from handlers.intake.answers import says_nothing
from handlers.messages import Button, Pressed
from handlers.phrases import is_chatter

# What is asked for -> the verb people repeat, and the button that leaves everything as it is.
_ASKED = {"withdraw": (r"(?:撤销?|取消|撤回)", "keep_request"), "erase": (r"(?:删除?|清除|清空|注销)", "keep_data")}
_YES = r"(?:(?:是|对|嗯|好|行|可以|确认|确定|没错)的?[呀啊]?)"
_DO = r"(?:我|要|想|就|请|都|帮我|麻烦[您你]?|直接|还是|给我|把[它这那][个条]?(?:需求)?)"
_IT = r"(?:掉|了|吧|它|啊|呀|[这那][个条]?|需求|全部|所有|我?的|数据|资料|信息|谢谢)"
_STILL = r"(?:那|还是|都|我|先|暂时|请|就|等等|啊|不了?|不是|不好意思|点错了?|误点)"
_LEFT = re.compile(
    rf"{_STILL}*(?:算了?|留着|保留|继续(?:处理|跟进)?|再(?:等等|想想|看看)|点错|误点|误操作|按错|不用|不要|不需要|不)(?:吧|啊)?"
)


def given(menu: Sequence[Button], text: str) -> Pressed | None:
    """Read words as the answer to the question last asked, if that was whether to undo something.

    A yes that several could mean asks which.
    """
    asked = [button for button in menu if button.action in _ASKED]
    if not asked:
        return None
    action = asked[0].action
    verb, keep = _ASKED[action]
    words = re.sub(r"[,，、;；。!！\s]", "", repair.plain_words(text))
    if _refuses(words, verb) or says_nothing(text):
        return Pressed(action=keep, label=text)
    # Neither can be undone: mere courtesy (好的) is no yes.
    if not _asks_for(words, verb) and (is_chatter(text) or not repair.agrees(text)):
        return None
    if len(asked) > 1:
        return Pressed(action="which")
    return Pressed(action=action, subject=asked[0].subject, version=asked[0].version, label=text)


def _asks_for(words: str, verb: str) -> bool:
    return re.fullmatch(rf"{_YES}*{_DO}*{verb}{_IT}*", words) is not None


def _refuses(words: str, verb: str) -> bool:
    never = rf"{_STILL}*(?:别|不用?|不要|不想|不需要|先别|先不|暂不|没说要?)(?:要|再|给我)?{verb}{_IT}*"
    return words in repair.DENY or _LEFT.fullmatch(words) is not None or re.fullmatch(never, words) is not None
