"""Questions with a standing answer (the policy's): they interrupt an intake and do not end it."""

from functools import lru_cache

from handlers.intake.answers import plain
from handlers.policy import Policy
from handlers.sections import Answer

_LONGEST = 24
"""Characters: whoever writes more tells something of his own."""
_FILLER = frozenset("你们您我请问一下想知道般大概呢吗啊吧呀的是不要会到底咱这那了么麻烦都个能好得完还")


def find(text: str, policy: Policy) -> str:
    """Return the answer to a question of the policy, or nothing: a need must never be taken for a question it is like.

    So both must speak of the same: 「发票多久能开」 is not 「多久能处理」, 「我要提需求」 is not 「提需求要钱吗」.
    """
    asked = plain(text)
    if len(asked) > _LONGEST:
        return ""
    return _known(policy.faq).get(frozenset(asked) - _FILLER, "")


@lru_cache(maxsize=4)
def _known(entries: tuple[Answer, ...]) -> dict[frozenset[str], str]:
    """Return the answers by what their questions speak of."""
    spoken = ((frozenset(plain(question)) - _FILLER, entry.say) for entry in entries for question in entry.ask)
    return {telling: say for telling, say in spoken if telling}
