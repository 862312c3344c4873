"""The kernel's Chinese words, and what can be done to words: clean, read, compare, say a date."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import pairwise

from yicun.kernel.refusals import Refused, Sentence, register
from yicun.kernel.workdays import SHANGHAI

REFUSALS: Mapping[str, Sentence] = {
    "step.unavailable": Sentence("conflict", "当前状态不能进行“{action}”"),
    "step.forbidden": Sentence("forbidden", "您的岗位不能进行“{action}”"),
    "step.incomplete": Sentence("invalid", "“{action}”还需填写：{fields}"),
    "clock.start_malformed": Sentence(
        "invalid", "看不懂起算时间“{text}”，请写成 2026-09-28 或 2026-09-28T10:00"
    ),
    "clock.limit_malformed": Sentence(
        "invalid", "看不懂时限“{text}”，请写成 5 working_days、15 days 或 24 hours"
    ),
    "clock.pause_malformed": Sentence("invalid", "看不懂暂停期间“{text}”，请写成 2026-09-30..2026-10-02"),
    "clock.pause_reversed": Sentence("invalid", "暂停期间的结束（{ends}）早于开始（{starts}）"),
    "clock.pause_not_allowed": Sentence("invalid", "该时限不允许以此理由暂停"),
    "clock.extension_not_allowed": Sentence("invalid", "该时限不允许再延长：最多延长 {times} 次"),
    "clock.extension_too_long": Sentence("invalid", "延长过多：合计最多延长 {most}，还可延长 {room}"),
    "clock.amount_out_of_range": Sentence("invalid", "时限的数量应在 1 至 {most} 之间，收到的是 {amount}"),
    "clock.time_without_zone": Sentence("invalid", "时间“{text}”没有时区"),
    "clock.calendar_day_misplaced": Sentence("invalid", "{day} 不属于 {year} 年的放假安排"),
    "clock.calendar_contradicts": Sentence("invalid", "{day} 既列为放假又列为调休上班"),
    "clock.make_up_not_on_weekend": Sentence("invalid", "{day} 不是周末，不能列为调休上班日"),
    "text.control_characters": Sentence("invalid", "文字中含有不能保存的控制字符（{mark}）"),
    "value.required": Sentence("invalid", "请填写{label}"),
    "value.too_long": Sentence("invalid", "文字过长：最多 {most} 个字，现有 {length} 个字"),
    "value.malformed": Sentence("invalid", "“{text}”的格式不正确"),
    "value.unknown_choice": Sentence("invalid", "没有“{text}”这个选项"),
    "value.not_a_number": Sentence("invalid", "“{text}”不是整数"),
    "value.number_out_of_range": Sentence("invalid", "{number} 超出范围，应在 {least} 至 {most} 之间"),
    "value.not_a_date": Sentence("invalid", "“{text}”不是日期，请写成 2026-09-28"),
    "value.date_out_of_range": Sentence("invalid", "日期 {day} 超出范围，应在 {earliest} 至 {latest} 之间"),
    "id.not_version_7": Sentence("invalid", "编号 {id} 不是第 7 版 UUID"),
}
register(REFUSALS)

PRODUCT = "一村"
PUBLIC_LABEL = "群众"

HOLIDAYS: Mapping[str, str] = {
    "new_year": "元旦",
    "spring_festival": "春节",
    "tomb_sweeping": "清明节",
    "labour_day": "劳动节",
    "dragon_boat": "端午节",
    "mid_autumn": "中秋节",
    "national_day": "国庆节",
    "public_holiday": "法定节假日",
}
UNITS: Mapping[str, str] = {"hour": "小时", "natural_day": "天", "working_day": "个工作日"}
CLOCK_STEPS: Mapping[str, str] = {
    "event_day": "{span}为起算事件当日，不计入",
    "event_moment": "自{span}起算",
    "counted": "{span}计 {counted} {unit}，累计 {total} {unit}",
    "make_up": "{span}为调休上班日，计 {counted} {unit}，累计 {total} {unit}",
    "weekend": "{span}周末休息 {days} 天，不计入",
    "holiday": "{span}{names}休息 {days} 天，不计入",
    "paused": "{span}暂停{why}，不计入",
    "paused_open": "{span}起暂停{why}，尚未恢复，恢复后才能确定到期时间",
    "extended": "延长 {counted} {unit}{approval}",
    "rolled_over": "期间的最后一日{span}是休息日，顺延至{onto}",
    "expires_on": "{span}24:00届满",
    "expires_at": "{span}届满",
    "provisional": "{years}年的放假安排尚未载入，暂按周一至周五上班、法定节假日当天休息推算",
}
APPROVED = "（{who}批准）"
WHY = "（{reasons}）"
SPAN = "{first}至{last}"

COMPOUND_SURNAMES = (
    "欧阳 上官 司马 司徒 诸葛 夏侯 皇甫 尉迟 公孙 慕容 长孙 宇文 东方 独孤 南宫 令狐 轩辕 端木 百里 呼延 "
    "申屠 淳于 单于 太史 闻人 赫连 澹台 公冶 宗政 濮阳 钟离 东郭 西门 第五"
)
PLATE_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
PLATE_ENDINGS = "警学挂港澳领"
HOUSE_PARTS = "号室幢栋楼层单元"

_WEEKDAYS = "一二三四五六日"
_NEAR_DAYS: Mapping[int, str] = {-1: "昨天", 0: "今天", 1: "明天"}

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# Control characters and halves of surrogate pairs: by pattern, as every stored text passes here.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def listed(words: Iterable[str]) -> str:
    return "、".join(words)


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as half-width; the length stays."""
    return text.translate(_HALF_WIDTH)


def _refuse_controls(text: str, allowed: str) -> None:
    for mark in _CONTROLS.findall(text):
        if mark not in allowed:
            raise Refused("text.control_characters", mark=f"U+{ord(mark):04X}")


def _within(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Refused("value.too_long", most=longest, length=len(text))
    return text


def clean_line(text: str, longest: int) -> str:
    """One line as it is stored: NFC, stripped, runs of blanks as one."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip(" \t\r\n\u3000")
    _refuse_controls(text, allowed="")
    return _within(_SPACES.sub(" ", text).strip(), longest)


def clean_text(text: str, longest: int) -> str:
    """Long text as it is stored: as a line, but keeping its lines and at most one blank line between them."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).replace("\r\n", "\n").replace("\r", "\n")
    _refuse_controls(text, allowed="\n\t")
    lines = "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _within(_BLANK_LINES.sub("\n\n", lines).strip(), longest)


def read_integer(text: str, *, least: int, most: int) -> int:
    written = half_width(text).strip()
    if not _INTEGER.fullmatch(written):
        raise Refused("value.not_a_number", text=text)
    number = int(written)
    if not least <= number <= most:
        raise Refused("value.number_out_of_range", number=number, least=least, most=most)
    return number


def read_date(text: str, *, earliest: date, latest: date) -> date:
    try:
        day = date.fromisoformat(half_width(text).strip())
    except ValueError:
        raise Refused("value.not_a_date", text=text) from None
    return date_within(day, earliest=earliest, latest=latest)


def date_within(day: date, *, earliest: date, latest: date) -> date:
    if not earliest <= day <= latest:
        raise Refused(
            "value.date_out_of_range",
            day=day.isoformat(),
            earliest=earliest.isoformat(),
            latest=latest.isoformat(),
        )
    return day


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters, signs and blanks apart; a lone character counts as itself."""
    letters = [mark for mark in unicodedata.normalize("NFKC", text).lower() if mark.isalnum()]
    if len(letters) == 1:
        return frozenset(letters)
    return frozenset(a + b for a, b in pairwise(letters))


def likeness(a: str, b: str) -> float:
    """Share of pairs two texts have in common (Dice), 0 to 1: shows possible duplicates while typing."""
    ours, theirs = bigrams(a), bigrams(b)
    if not ours or not theirs:
        return 0.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def weekday_words(day: date) -> str:
    return "周" + _WEEKDAYS[day.weekday()]


def date_words(day: date, this_year: int) -> str:
    year = "" if day.year == this_year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def date_with_weekday(day: date, this_year: int) -> str:
    return f"{date_words(day, this_year)}（{weekday_words(day)}）"


def day_words(day: date, today: date) -> str:
    near = _NEAR_DAYS.get((day - today).days)
    return near or f"{date_words(day, today.year)} {weekday_words(day)}"


def moment_words(at: datetime, now: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{day_words(local.date(), now.astimezone(SHANGHAI).date())} {local:%H:%M}"
