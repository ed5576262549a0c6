"""How customers say what may be said at any time, as patterns; they match a whole message or nothing."""

import re

from handlers.intake.answers import plain

MORE = r"(?:对了|还有|另外)?[,，\s]*(?:再(?:补充|加|说)一?[条点个下]|补充一?[点下条]|忘了说|漏了一[点条]|还有一[点条])"
TEXT = r"(?P<text>\S.*)"
# Asking how things are only reads, so it may be asked in many ways; what acts has few words.
WHOSE = (
    r"(?:(?:请问|麻烦|你好|您好|帮我|帮忙|我想|想)[,，\s]*)?(?:查询?|查看|看|问|了解|知道)?(?:一下|下|看)?(?:我们|我)?的?"
    r"(?:(?:上次|之前|昨天|前几天|上周|刚才)的?)?(?:提的?|报的?|反映的?|登记的?)?(?:那个|这个|那条|那件|这件)?"
    r"(?:需求|问题|工单|单子|事情|事儿|事)?的?(?:处理|解决)?的?(?:现在|目前|最新)?的?"
)
PERSON = (
    r"(请|麻烦|能不能|可不可以|可以|帮我)?"
    r"(我?(要|想|需要)?(转|找|接)?(一下)?人工(服务|客服)?|(我要|我想)?[转找](个)?真人)"
)
HOW_IT_IS = (
    r"(?:(?:进度|进展)(?:情况)?(?:现在)?(?:怎么样|怎样|如何|咋样|到哪一步|到哪里|到哪)?"
    r"|(?:有没有|有)(?:什么|新的?|最新)?(?:进展|进度|消息|结果|眉目)"
    r"|(?:处理|弄|修|办|搞|做|解决)(?:好|完)了?(?:没有|吗|没)|(?:处理|弄|办|做|解决)?(?:得|的)?(?:怎么样|咋样|到哪一步|到哪)了)"
    r"(?:了|呢|啊|呀|吗|没有|没)*"
)

# No alternative may begin another followed by a third (谢 and 谢谢): matching would take exponential time.
GREETINGS = re.compile(
    r"((你好|您好|hi|hello|哈喽|嗨|在吗|在么|在不在|有人吗|有人在吗|早上好|上午好|中午好|下午好|晚上好|早)(呀|啊|吗)?[,、。!~?]*)+",
    re.IGNORECASE,
)
THANKS = re.compile(
    r"(好|行|可以|嗯|哦|okay|ok|收到|感|多|辛苦|知道|明白|了解|好滴|谢|了|的|啦|您|你|吧|呢|啊|哈|麻烦|等你|消息|[,、。!~]"
    # Praise, goodbyes and faces; 满意 is safe: 不满意 does not match as a whole.
    r"|很好|真好|挺好|非常好|太好|很棒|真棒|太棒|不错|很?满意|非常满意|赞|给力|厉害|完美|再见|拜|晚安|[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F])+",
    re.IGNORECASE,
)


def is_chatter(text: str) -> bool:
    """Whether a text only greets, thanks or says that it was read (contract.md 7)."""
    return GREETINGS.fullmatch(plain(text)) is not None or THANKS.fullmatch(plain(text)) is not None
