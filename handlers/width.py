"""Width: full-width signs made narrow and traditional characters simple, one for one: spans fit what was typed."""

_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# The characters of the words that steer (進度, 確認, 緊急 …) and of those that name a level, a history or nothing.
_SIMPLE = str.maketrans(
    "緊規確認進補辦驗過決無沒暫説說問題個們請詢業務應該爲為換單號數據刪幫時線現轉務總結歷述電話碼稱聯繫係郵類儘盡謝嗎對錯誤達處並關閉誰還當點給從來動開會嚴後裡裏體傳統報訴諮這麼樣記錄饋",
    "紧规确认进补办验过决无没暂说说问题个们请询业务应该为为换单号数据删帮时线现转务总结历述电话码称联系系邮类尽尽谢吗对错误达处并关闭谁还当点给从来动开会严后里里体传统报诉咨这么样记录馈",
)

_BOTH = _NARROW | _SIMPLE


def narrow(text: str) -> str:
    """Return the text narrow, simple and of the same length; NFKC may change the length."""
    return text.translate(_BOTH)
