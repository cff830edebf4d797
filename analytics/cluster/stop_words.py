"""Words that tell nothing about a call's subject, in Chinese and English."""

from __future__ import annotations

_CHINESE = """
一个 自己 什么 怎么 怎么办 没有 就是 觉得 知道 不知道 可以 这个 那个 这样 那样 现在
时候 我们 他们 她们 你们 但是 因为 所以 如果 还是 已经 不是 可能 然后 真的 一直 总是
应该 需要 希望 求助者 来电者 接线员 给出 建议 问题 事情 感觉 不会 不能 不想 最近 其实
一些 有点 有些 非常 特别 很多 经常 每天 一下 而且 或者 虽然 只是 为什么 如何 这么
那么 不到 不了 起来 出来 一样 之后 以后 以前 之前 不要 想要 有没有 是不是 会不会 甚至
来电 来电人 来电者 反映 自述 本人 家人 家属 求助 担心 情绪 不愿 不敢 长期 持续 反复
别人 大家 东西 今年 今天 对方 这种 那种 哪里 并且
无法 难以 困难 频繁 多个 多次 夜里 夜间 白天 家中 在家 不知 提出 认为 告诉 全家 无人 不够 不安 影响
"""
_ENGLISH = """
a about all an and any are as at be been but by can could did do does don't for from get got had has
have help how i i'm if in into is it its just know me my need no not of on or our out please should
so that the their them then there this to up want was we were what when where which who why will
with would you your
"""

STOP_WORDS = frozenset((_CHINESE + _ENGLISH).split())
