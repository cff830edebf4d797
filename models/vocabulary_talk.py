"""Codes of who is in a talk, and of passing it on: pure words, no input or output."""

from __future__ import annotations

from models.vocabulary import Code


class ParticipantRole(Code):
    """Who is in a talk besides the caller and the operator."""

    SUPERVISOR = ("supervisor", "督导", "Supervisor")
    SECOND_OPERATOR = ("second_operator", "另一位接线员", "Second operator")
    PARTNER = ("partner", "外部电话", "Outside line")
    EMERGENCY = ("emergency", "紧急救援", "Emergency service")


class ParticipationState(Code):
    """Where such a leg is, as the carrier confirmed it."""

    ASKED = ("asked", "正在呼叫", "Calling")
    RINGING = ("ringing", "振铃中", "Ringing")
    IN = ("in", "在通话中", "In the talk")
    TOOK_OVER = ("took_over", "已接手", "Took over")
    LEFT = ("left", "已离开", "Left")
    FAILED = ("failed", "没有接通", "Not connected")

    @property
    def is_open(self) -> bool:
        """A leg of its own that may still make sound; who took over is the call's operator now."""
        return self in (ParticipationState.ASKED, ParticipationState.RINGING, ParticipationState.IN)


class AudioMode(Code):
    """What a supervisor's leg lets through; the sentence stands on the page in full."""

    LISTEN = ("listen", "只听：双方都听不到您", "Listening: neither side hears you")
    WHISPER = ("whisper", "耳语：只有接线员听得到您", "Whispering: only the operator hears you")
    JOIN = ("join", "加入：双方都听得到您", "Joined: both sides hear you")


class TransferKind(Code):
    CONSULT = ("consult", "先商议", "Consult first")
    COLD = ("cold", "直接转", "Transfer at once")
    QUEUE = ("queue", "转回队列", "To the queue")


class TransferState(Code):
    ASKED = ("asked", "正在呼叫对方", "Calling")
    CONSULTING = ("consulting", "商议中，来电人在保持", "Consulting, the caller is on hold")
    THREE_WAY = ("three_way", "三方通话", "Three-way talk")
    COMPLETED = ("completed", "已转接", "Transferred")
    RETURNED = ("returned", "没有接通，回到原接线员", "Not connected, back with the operator")
    CANCELLED = ("cancelled", "已取消", "Cancelled")
    ENDED = ("ended", "商议结束", "Consultation over")
    BOUNCED = ("bounced", "没有转成，回到队首", "Not transferred, back at the head")
    CALLER_LEFT = ("caller_left", "来电人已挂断", "The caller hung up")

    @property
    def is_open(self) -> bool:
        return self in (TransferState.ASKED, TransferState.CONSULTING, TransferState.THREE_WAY)


class RescueReached(Code):
    """Whether help reached the person: asked, never guessed."""

    UNKNOWN = ("unknown", "还不知道", "Not known yet")
    YES = ("yes", "已到达本人身边", "Reached the person")
    NO = ("no", "没有找到本人", "Did not reach the person")
