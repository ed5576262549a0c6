"""Questions with a standing answer (the policy's): they interrupt an intake and do not end it."""

from classifier.similar import ranked
from handlers.intake.answers import plain
from handlers.policy import Policy

_ALIKE = 0.55
_LONGEST = 24
"""Characters: whoever writes more tells something of his own."""
_FILLER = frozenset("你们您我请问一下想知道般大概呢吗啊吧呀的是不要会到底咱这那了么麻烦都个")


def find(text: str, policy: Policy) -> str:
    """Return the answer to a question of the policy, or nothing: a need must never be taken for a question it is like.

    So likeness is not enough: 「发票多久能开」 speaks of something that 「多久能处理」 does not.
    """
    asked = plain(text)
    if len(asked) > _LONGEST:
        return ""
    known = [(plain(question), entry.say) for entry in policy.faq for question in entry.ask]
    fitting = [(question, say) for question, say in known if set(asked) <= set(question) | _FILLER]
    exact = next((say for question, say in fitting if question == asked), "")
    if exact or not fitting:
        return exact
    place, alike = ranked(asked, [question for question, _ in fitting])[0]
    return fitting[place][1] if alike >= _ALIKE else ""
