"""What can be wrong with a table, a recording or a form that is brought in, and how to mend it."""

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

FORM_FAULTS: Mapping[str, Any] = {
    "unreadable": _("读不出这个文件。请上传从这一页下载的 JSON 文件，最多 200 KB。"),
    "version_differs": _("文件里的版本名前后不一致："),
    "name_wrong": _("版本名用字母、数字、点和横线，最多 20 个；“年-月”这样的名字留给产品自带的版本。"),
    "name_taken": _("这个版本名已经有了，请换一个："),
    "stands_already": _("这一版已经在用："),
    "reason_missing": _("请写明启用的理由。"),
    "code_twice": _("有一个项目代码出现了两次。"),
    "place_wrong": _("项目的类型、位置或编号不对："),
    "words_missing": _("中文和英文都要写："),
    "choices_missing": _("单选和多选要有选项，其他类型不能有："),
    "values_wrong": _("选项的代码重复，或常用项不在选项里："),
    "most_missing": _("请写明最多几项、最大数或最多几个字："),
    "types_wrong": _("每种来电性质都要写明必填项，一种一次。"),
    "no_such_field": _("必填项或条件里有不存在的项目："),
    "two_weeks_missing": _("两周内的首问是每通有效来电必填的："),
    "no_such_answer": _("条件用到了没有的选项："),
    "field_lost": _("这一项由产品保留，不能去掉："),
    "field_changed": _("这一项由产品保留，不能改："),
    "item_lost": _("登记表 25 项里的这一项至少要留一个项目："),
    "too_many_fields": _("自有项目最多 12 个。"),
    "own_place": _("自有项目只能放在“来电与问题”或“服务与结果”页："),
    "own_kind": _("自有项目的类型或上限不对（文字最多 300 字，数字最大 1000）："),
    "words_long": _("名称和选项最多 60 个字："),
    "too_many_choices": _("选项最多 30 个："),
    "need_lost": _("这一项的必填由产品规定，不能取消："),
    "need_unseen": _("这一项不是每通有效来电都能填，不能设为必填："),
    "when_changed": _("随答案出现的必填由产品规定，不能改。"),
}

SCALE_TEXT_FAULTS: Mapping[str, Any] = {
    "too_large": _("文件太大，最多 64 KB。"),
    "unreadable": _("读不出这个文件：请用模板，存为 UTF-8 的 CSV 或 JSON。"),
    "words": _("没有中文，或超过 400 字，行"),
    "row": _("类别或题号不对，或重复，行"),
    "instruction": _("缺指导语。"),
    "options": _("选项的分值与量表不符。"),
    "items": _("题数与量表不符，应为"),
    "mosts": _("各题最高分之和应为"),
}
"""Why the text of a scale was not filed."""
