"""Words of extreme events (S3: 预防极端事件发生): something happened at a place, and people ring about it.

A mark of its own, beside risk language: it says nothing about the caller's own risk.
"""

from __future__ import annotations

import re

EXTREME_EVENTS = re.compile(
    r"爆炸|坍塌|垮塌|塌方|泥石流|山体滑坡|地震|洪水|溃坝|火灾|起火|失火|大火|踩踏|沉船|翻船|"
    r"(?:校园|学校|小区|公司|厂里|车间|路口|商场)[一-龥]{0,6}(?:坠楼|跳楼|溺水|持刀|伤人|砍人|出事|死人)|"
    r"(?:目睹|亲眼|看到|看见|撞见)[一-龥]{0,8}(?:坠楼|跳楼|坠亡|溺水|车祸|砍人|死亡)|"
    r"有人(?:坠楼|跳楼|坠亡)|持刀伤人|砍人|驾车冲撞|连环车祸|重大事故|群死群伤|集体中毒|食物中毒"
)
_DENIED = re.compile(r"(?:没有|并非|不是|否认|未)[一-龥]{0,3}$")


def extreme_event(text: str) -> tuple[int, int] | None:
    """Where the first such word stands, or None."""
    for found in EXTREME_EVENTS.finditer(text):
        if not _DENIED.search(text[max(0, found.start() - 6) : found.start()]):
            return found.span()
    return None
