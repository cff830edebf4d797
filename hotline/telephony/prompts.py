"""What a caller hears: Chinese first, then a short English line.

Wording follows DOMAIN.md f and the design standard: say what is so and what one can do; people ahead and
minutes only as far as they are known; nothing is promised, nobody is hurried.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from hotline.domain.overflow import Exit
from hotline.domain.waiting_time import Told, WaitWord
from models.vocabulary_prompts import Prompt

CHINA_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True)
class Line:
    zh: str
    en: str
    prompt: str | None = None
    """A code of `Prompt`: an administrator may set other words, or a recording."""
    audio: str | None = None
    """Name of the recording that is played instead of these words."""


GREETING = Line(
    "您好，心理援助热线，有危险按1，通话录音并匿名汇总，不同意按星号。",
    "Star: no recording.",
    Prompt.GREETING.value,
)
"""Greeting, danger key and recording notice: at most ten seconds together, in both languages.

The English word on key 1 follows with the place in line; the key works from the first syllable.
"""

GREETING_ASKS_LATER = Line(
    "您好，心理援助热线，有危险按1。要不要录音，接线员会先问您。",
    "We ask before recording.",
    Prompt.GREETING_ASKS_LATER.value,
)
"""Where the policy wants a consent of its own: nothing is recorded by default."""

NOTICE_CAPTIONS = Line(
    "接线员会看到通话转成的文字，不保存，不同意请告诉接线员。",
    "The operator sees live text, not kept; tell us if you mind.",
)

NOTICE = Line(
    "通话会录音保密，不同意请告诉接线员。",
    "This call is recorded; tell us if you mind.",
)
"""For who came to a person before the notice was said to the end."""

NOTICE_WAITING = Line(
    "通话会录音保密，并作匿名汇总，不同意请按星号。",
    "Calls are recorded. Press star for no recording.",
    Prompt.NOTICE_WAITING.value,
)

DANGER_HEARD = Line(
    "知道了，您现在排在最前面。如果情况危急，也可以另打110或120。",
    "You are first in line now. For an emergency call 1 1 0 or 1 2 0.",
)
DECLINED_HEARD = Line("好的，这次通话不录音。", "This call will not be recorded.")
STILL_IN_LINE = Line("您还在队伍里，电话没有断。", "You are still in line.")
LINE_LOST = Line(
    "刚才接线员那边的线路断了。您还在队伍最前面，轮到您就有人接。",
    "The line on our side dropped. You are first in line.",
)
ON_HOLD = Line("接线员请您稍等，电话没有断。", "Please hold; you are still connected.", Prompt.ON_HOLD.value)
PUT_THROUGH = Line(
    "接线员正在为您联系能帮上忙的人，请稍等，电话没有断。没接通的话，接线员会回来。",
    "We are reaching somebody who can help. Please hold; your operator will come back if not.",
)
PASSED_ON = Line(
    "接线员已请更合适的同事来接您的电话，您的位置保留着。",
    "A colleague better suited to you will answer. You keep your place.",
)
TRANSFER_FAILED = Line(
    "刚才那边没有接上。您还在队伍最前面，轮到您就有人接。",
    "That did not go through. You are first in line.",
)
CALM = Line(
    "您的电话没有断，系统慢了一点，请留在线上。有生命危险请拨110或120。",
    "Your call is not lost. Our system is slow for a moment. In danger, call 1 1 0 or 1 2 0.",
)
SLOW_BREATH = Line(
    "可以试着慢慢呼吸：吸气，停一停，再慢慢呼出来。", "You may breathe slowly: in, hold, and out."
)
BREATHING_BEGINS = Line(
    "我们一起慢慢呼吸。声音升高时吸气，四秒；声音落下时慢慢呼气，六秒。您的位置不变，有人接听就会停下，再按5也会停下。",
    "Let us breathe together. Breathe in for 4 seconds while the sound rises, and out for 6 while it falls. "
    "You keep your place; press 5 to stop.",
    Prompt.BREATHING_BEGINS.value,
)
BREATHING_GOES_ON = Line(
    "继续：升高时吸气，落下时慢慢呼气。", "Go on: in while it rises, out while it falls."
)
BREATHING_ENDS = Line("先到这里。想再来一遍，请按5。", "That is all for now. Press 5 to begin again.")
BREATHING_STOPPED = Line("好的，停下了。您还在队伍里。", "Stopped. You are still in line.")

MENU = Line(
    "留言请按2。想让我们回电请按3。有危险请按1。不按键就继续等，您的位置不变。",
    "2: leave a message. 3: ask for a call back. 1: danger. Or just wait; you keep your place.",
    Prompt.MENU.value,
)
MENU_NO_CALLBACK = Line(
    "留言请按2。有危险请按1。不按键就继续等，您的位置不变。",
    "2: leave a message. 1: danger. Or just wait; you keep your place.",
)
NOTICE_MESSAGE = Line(
    "留言会录音保密，并作匿名汇总；不想录音就请等接线员。",
    "Messages are recorded and counted without names; if you mind, wait for an operator.",
)
"""Before the tone, for who came here before the notice was said."""
MESSAGE_ASK = Line(
    "要让程序先听留言、发现有危险就优先回电，请按2。不按键，就只由接线员听。",
    "If a program may listen first, so that danger is called back sooner, press 2. Or just wait.",
)
"""Before the tone, for whom no consent covers it; asked once in a call."""
MESSAGE_BEGIN = Line(
    "听到提示音后请说话，说完按井号。留言会录下来，由接线员听。",
    "Speak after the tone, then press pound. Your message is recorded.",
    Prompt.MESSAGE_BEGIN.value,
)
MESSAGE_KEPT = Line(
    "留言收到了。您可以挂机，也可以留在线上继续等，您的位置不变。",
    "We have your message. You may hang up, or stay; you keep your place.",
    Prompt.MESSAGE_KEPT.value,
)
MESSAGE_EMPTY = Line("没有录到声音。您还在队伍里。", "Nothing was recorded. You are still in line.")
CALLBACK_NOTED = Line(
    "回电请求记下了，会打您现在这个号码。您也可以留在线上继续等。",
    "Your wish for a call back is noted. You may also stay on the line.",
    Prompt.CALLBACK_NOTED.value,
)
CALLBACK_IMPOSSIBLE = Line(
    "我们看不到您的号码，没法回电。您可以按0再按2留言。",
    "We cannot see your number. You may press 0 and then 2 to leave a message.",
)
STANDBY_DIALS = Line(
    "现在没有接线员在岗，正在拨值班电话。有生命危险请拨110或120。",
    "Nobody is on duty now. We are calling the stand-by phone. In danger, call 1 1 0 or 1 2 0.",
)
STANDBY_SILENT = Line("那边暂时没有人接。您还在队伍里。", "Nobody answered there. You are still in line.")
STANDBY_OVER = Line(
    "那边挂断了。还需要的话，留在线上，轮到您就有人接。",
    "They hung up. If you still need us, stay on the line.",
)
ONE_MOMENT = Line("线路断了一下，请稍等，马上接回。", "The line broke for a moment. Please hold on.")
"""To somebody who was called back: it names nobody and no service."""
TALK_OVER = Line(
    "通话结束了。您随时可以再打来。",
    "The call has ended. You can call again at any time.",
    Prompt.TALK_OVER.value,
)
LIMITED_OVER = Line(
    "这次先到这里。有生命危险请拨110或120。", "We close this line for now. In danger, call 1 1 0 or 1 2 0."
)
LIMITED_MESSAGE_KEPT = Line(
    "留言收到了，会有人听。有生命危险请拨110或120。",
    "We have your message; somebody will listen to it. In danger, call 1 1 0 or 1 2 0.",
)
SEAT_CANNOT_DIAL = Line("软电话现在不能外呼。", "This phone cannot dial out.")


def partner_told(name_zh: str, name_en: str) -> Line:
    """Once, to who waits for long: another service could take them, if they want."""
    return Line(
        f"您等了一会儿了，也可以转到{name_zh}：按0再按4；那边没接通，您在这里的位置不变。",
        f"You have waited for a while. You may also be put through to {name_en}: press 0, then 4. "
        "If nobody answers there, you keep your place here.",
    )


def partner_key(name_zh: str, name_en: str) -> Line:
    return Line(f"转到{name_zh}请按4。", f"4: be put through to {name_en}.")


def passed_on(name_zh: str, name_en: str, chosen: bool = False) -> Line:
    """Said while another service is dialled; without a name it is the stand-by phone. `chosen`: the caller
    asked for it, while people of ours are on duty."""
    if not name_zh:
        return STANDBY_DIALS
    if chosen:
        return Line(
            f"正在为您转到{name_zh}；没接通，您的位置不变。有生命危险请拨110或120。",
            f"We are putting you through to {name_en}; if nobody answers, you keep your place. "
            "In danger, call 1 1 0 or 1 2 0.",
        )
    return Line(
        f"现在没有接线员在岗，正在为您转到{name_zh}。有生命危险请拨110或120。",
        f"Nobody is on duty now. We are putting you through to {name_en}. In danger, call 1 1 0 or 1 2 0.",
    )


def position(ahead: int, span: Told, *, first_time: bool, longer: bool = False) -> Line:
    """People ahead, and what is known of the wait. The keys are told with it.

    `longer`: it takes longer than what was told before; that is said, not passed over.
    """
    if ahead == 0:
        zh, en = "您是下一位", "You are next"
    else:
        zh = f"您前面还有{ahead}人"
        en = f"{ahead} {'person is' if ahead == 1 else 'people are'} ahead of you"
    wait = wait_words(span)
    lead_zh, lead_en = "", ""
    if first_time and ahead:
        lead_zh, lead_en = "接线员正在接听别的电话。", "Our operators are on other calls. "
    if longer:
        wait = Line(f"比刚才说的要久一些，{wait.zh}", f"it takes longer than we said, {wait.en}")
    return Line(
        f"{lead_zh}{zh}，{wait.zh}。想留言或要回电请按0，想跟着声音呼吸请按5，有危险请按1。",
        f"{lead_en}{en}, {wait.en}. "
        "Press 0 for a message or call back, 5 for slow breathing, 1 if in danger.",
    )


def wait_words(span: Told) -> Line:
    """A span in honest words; without grounds it says that nobody knows."""
    low, high = span.low_minutes, span.high_minutes
    match span.word:
        case WaitWord.UNKNOWN:
            return Line("要等多久暂时无法估计", "we cannot say yet how long it takes")
        case WaitWord.WITHIN:
            return Line(f"大约{high}分钟以内", f"within about {high} minute{'' if high == 1 else 's'}")
        case WaitWord.BETWEEN:
            return Line(f"大约{low}到{high}分钟", f"about {low} to {high} minutes")
        case WaitWord.AT_LEAST:
            return Line(f"大约{low}分钟以上，可能超过20分钟", f"about {low} minutes or more, perhaps over 20")
        case WaitWord.LONG:
            return Line("现在很多人在等，可能超过20分钟", "many are waiting, it may take over 20 minutes")


def limited(until: datetime) -> Line:
    """To a number that called too often for now: why, until when, and what works all the same."""
    at = until.astimezone(CHINA_TIME)
    return Line(
        f"这个号码最近打来的次数太多，{at.hour}点{at.minute:02d}分以后可以再接通接线员。"
        "有危险请按1，照样排队接听。想留言请按2。也可以拨打110或120。",
        f"This number called too often; calls come through again after {at.hour} {at.minute:02d}. "
        "In danger press 1 and you will be answered. 2: leave a message. Or call 1 1 0 or 1 2 0.",
    )


def ringing() -> Line:
    return Line("正在接通一位接线员。", "We are connecting you.")


def nobody_on_duty(ways: tuple[Exit, ...]) -> Line:
    """Said at once when nobody of the own centre is on duty."""
    if Exit.OTHER_CENTRE in ways:
        return Line(
            "本地现在没有接线员在岗，由另一个中心的接线员为您接听。",
            "Nobody is on duty here now; another centre answers your call.",
        )
    zh, en = (
        "现在没有接线员在岗。您可以按0，再按2留言",
        "Nobody is on duty now. Press 0, then 2 to leave a message",
    )
    if Exit.CALLBACK in ways:
        zh, en = zh + "，或按3请我们回电", en + ", or 3 for a call back"
    return Line(
        f"{zh}；也可以留在线上等。有生命危险请拨110或120。",
        f"{en}; or stay on the line. In danger, call 1 1 0 or 1 2 0.",
    )
