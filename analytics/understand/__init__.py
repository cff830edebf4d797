"""Reading a transcript: what must not be kept (redaction) and what must not be missed (risk language).

    redaction = redact("我叫王小明，电话一三八零零一三八零零零")
    redaction.text      -> "我叫[姓名]，电话[手机号]"
    mark = LexiconRiskMarker().mark("我不想活了")
    mark.level, mark.evidence[0].reason_zh

Redaction comes first: everything after it reads redacted text alone.
"""

from analytics.understand.redaction import PiiSpan, Redaction, redact
from analytics.understand.risk import (
    CallRisk,
    Evidence,
    LexiconRiskMarker,
    RiskLanguage,
    RiskMark,
    mark_call,
)
from analytics.understand.risk_model import CombinedRiskMarker, best_marker

__all__ = [
    "CallRisk",
    "CombinedRiskMarker",
    "Evidence",
    "LexiconRiskMarker",
    "PiiSpan",
    "Redaction",
    "RiskLanguage",
    "RiskMark",
    "best_marker",
    "mark_call",
    "redact",
]
