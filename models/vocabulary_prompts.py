"""Which words of the telephone an administrator may set, and where a version of them came from. Pure."""

from __future__ import annotations

from models.vocabulary import Code


class Prompt(Code):
    GREETING = ("greeting", "问候语（告知后继续即同意录音）", "Greeting, recording by notice")
    GREETING_ASKS_LATER = ("greeting_asks_later", "问候语（录音由接线员另问）", "Greeting, asked later")
    GREETING_OFFERS = ("greeting_offers", "问候语（有英语接线员在岗）", "Greeting while English is spoken")
    GREETING_ENGLISH = ("greeting_english", "英语线路的问候语", "Greeting on the English line")
    NOTICE_WAITING = ("notice_waiting", "等待中的录音告知", "Recording notice while waiting")
    MENU = ("menu", "等待中的按键菜单", "Keys while waiting")
    MESSAGE_BEGIN = ("message_begin", "请留言", "Before a message")
    MESSAGE_KEPT = ("message_kept", "留言已收到", "After a message")
    CALLBACK_NOTED = ("callback_noted", "回电已记下", "Call-back noted")
    BREATHING_BEGINS = ("breathing_begins", "跟着声音呼吸", "Slow breathing")
    ON_HOLD = ("on_hold", "通话保持", "On hold")
    TALK_OVER = ("talk_over", "通话结束", "After the talk")

    @property
    def must_say(self) -> tuple[str, ...]:
        """What a caller cannot do without: the danger key, and the key that refuses recording."""
        if self in (Prompt.GREETING, Prompt.GREETING_OFFERS, Prompt.GREETING_ENGLISH):
            return ("1", "*")
        return ("1",) if self in (Prompt.GREETING_ASKS_LATER, Prompt.MENU) else ()


GREETINGS = (
    Prompt.GREETING,
    Prompt.GREETING_ASKS_LATER,
    Prompt.GREETING_OFFERS,
    Prompt.GREETING_ENGLISH,
)


class PromptSource(Code):
    SYNTHETIC = ("synthetic", "文字，由合成语音读出", "Text, said by a synthetic voice")
    RECORDED = ("recorded", "录音", "Recording")
