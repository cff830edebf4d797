"""Redaction: recall by type of detail, and how much innocent text is eaten.

    python benchmarks/redaction.py [--misses]

The sentences are ours: frames (`redaction_frames.txt`) filled with values below, four for each frame, seed
fixed, and hard negatives. A detail counts as found when all of its characters are covered, whatever the type.
"""

from __future__ import annotations

import argparse
import platform
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics.understand.redaction import redact  # noqa: E402

VALUES: dict[str, list[str]] = {
    "mobile": [
        "13800138000",
        "一三八零零一三八零零零",
        "幺三九，五五六六，七七八八",
        "186-1234-5678",
        "159 0022 3344",
        "幺八六洞洞拐拐四三二一",
        "１３６１２３４５６７８",
        "一五零嗯二二三三四四五五",
    ],
    "landline": ["022-23456789", "010-87654321", "0311 8765432", "零二二二三四五六七八九"],
    "bank_card": [
        "6222021234567890128",
        "6228480402564890018",
        "6217 0000 1234 5678 901",
        "4367421234567890",
    ],
    "id_card": [
        "11010519491231002X",
        "110105194912310021",
        "一一零一零五一九四九一二三一零零二叉",
        "12010119900307123X",
        "440308198502301234",
        "三七零一零二一九九零零一零一一二三四",
    ],
    "plate": ["津AD12345", "京A12345", "粤B·F1234", "沪C8888警", "冀R7T9K2", "津A幺二三四五"],
    "wechat": ["zhang_san88", "wxid_a1b2c3", "lily-1990", "Xiaoming123"],
    "qq": ["1234567", "二三四五六七八九", "987654321"],
    "email": ["abc.def@example.com", "lily_90@mail.example.cn"],
    "name": [
        "王小明",
        "张浩然",
        "李梅",
        "欧阳娜娜",
        "刘建国",
        "陈思雨",
        "赵一鸣",
        "诸葛明",
        "孙丽",
        "何文静",
    ],
    "surname": ["李", "王", "张", "刘", "赵", "何", "欧阳", "高"],
    "address": [
        "南京路100号",
        "幸福里小区3栋2单元501室",
        "金色家园12号楼1203",
        "解放大街56号院3门",
        "杨柳青镇前进村6组",
        "长江道和黄河道交叉口龙湖花园",
        "滨海新村8栋402",
    ],
    "school": ["南开中学", "天津市第一中学", "河西实验小学", "天津师范大学附属小学", "育才中学"],
    "class": ["高二3班", "初三（2）班", "三年级五班", "高一（十二）班"],
    "employer": [
        "华润电力公司",
        "天津港集团",
        "海信电器厂",
        "蓝天教育服务中心",
        "和平区税务局",
        "天津市第三中心医院",
    ],
    "birth": ["1990年3月5日", "一九八五年十二月三号", "2001年10月1日"],
    "visit": ["华联超市", "滨江商厦", "天河体育馆", "五爱市场", "水上公园", "万达广场"],
    "train": ["G123次列车", "K1024次", "CA1234航班", "D701次高铁"],
    "family": ["滨海派出所所长", "杨柳青镇党委书记", "第三中学校长"],
    "document": ["20210456", "0012345", "8812345"],
    "passport": ["E12345678", "G87654321"],
}
FILLED = re.compile(r"\{(\w+)\}")


def sentences(seed: int = 5, each: int = 4) -> list[tuple[str, list[tuple[str, int, int]]]]:
    """(text, details) with the place of every detail; hard negatives have none."""
    chance = random.Random(seed)
    made = []
    for frame in (ROOT / "benchmarks" / "redaction_frames.txt").read_text(encoding="utf-8").splitlines():
        if not frame or frame.startswith("#"):
            continue
        kinds = FILLED.findall(frame)
        for _ in range(each if kinds else 1):
            text, details, at = "", [], 0
            for match in FILLED.finditer(frame):
                text += frame[at : match.start()]
                value = chance.choice(VALUES[match.group(1)])
                details.append((match.group(1), len(text), len(text) + len(value)))
                text += value
                at = match.end()
            made.append((text + frame[at:], details))
    return made


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--misses", action="store_true", help="show what was missed or eaten")
    arguments = parser.parse_args()
    found: Counter[str] = Counter()
    named: Counter[str] = Counter()
    total: Counter[str] = Counter()
    eaten = innocent = touched = clean = 0
    rows = sentences()
    began = time.perf_counter()
    for text, details in rows:
        spans = redact(text).spans
        covered = {place for span in spans for place in range(span.start, span.end)}
        hidden = {place for _, start, end in details for place in range(start, end)}
        eaten += len(covered - hidden)
        innocent += len(text) - len(hidden)
        if not details:
            clean += 1
            touched += bool(spans)
        for kind, start, end in details:
            total[kind] += 1
            whole = all(place in covered for place in range(start, end))
            found[kind] += whole
            named[kind] += whole and any(span.start <= start and span.type == _type(kind) for span in spans)
            if arguments.misses and not whole:
                print("MISSED", kind, text[start:end], "|", redact(text).text)
        if arguments.misses and covered - hidden:
            print("EATEN ", text, "|", redact(text).text)
    seconds = time.perf_counter() - began
    print(f"Python {platform.python_version()}")
    print(f"{len(rows)} sentences, {clean} of them hard negatives")
    print("| type | details | recall | right type |\n|---|---|---|---|")
    for kind, count in sorted(total.items()):
        print(f"| {kind} | {count} | {found[kind] / count:.3f} | {named[kind] / count:.3f} |")
    print(f"| all | {sum(total.values())} | {sum(found.values()) / sum(total.values()):.3f} | |")
    print(f"innocent characters eaten: {eaten / innocent:.4f}; hard negatives touched: {touched}/{clean}")
    print(f"{len(rows) / seconds:.0f} sentences a second")


_TYPES = {
    "surname": "name",
    "class": "school",
    "birth": "birth_date",
    "visit": "movement",
    "train": "movement",
    "passport": "document",
}


def _type(kind: str) -> str:
    return _TYPES.get(kind, kind)


if __name__ == "__main__":
    main()
