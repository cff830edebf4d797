"""What can be wrong with a table or a recording that is brought in, in words that say how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

TABLE_FAULTS: Mapping[str, Any] = {
    "too_big": _("表格太大，最多 2 MB。"),
    "not_text": _("读不出文字。请另存为 CSV（UTF-8）再上传。"),
    "no_lines": _("表格里没有内容行。"),
    "too_many": _("最多 2000 行，请分几次导入。"),
    "columns_missing": _("第一行缺少这些列："),
}

AUDIO_FAULTS: Mapping[str, Any] = {
    "too_big": _("录音文件太大，最多 6 MB。没有保存，文字还在。"),
    "not_wav": _("这不是 WAV 文件。请另存为 WAV 再上传；文字还在。"),
    "not_16_bit": _("录音须为 16 位、单声道或双声道。请转换后再上传；文字还在。"),
    "odd_rate": _("录音的采样率不常见，请用 8、16、44.1 或 48 kHz。文字还在。"),
    "too_short": _("录音不足半秒。请重录；文字还在。"),
    "too_long": _("录音超过 60 秒。请缩短；文字还在。"),
    "silent": _("录音里没有声音。请检查麦克风后重录；文字还在。"),
}
