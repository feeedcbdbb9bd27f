"""The State Council's yearly holiday notice, read from its own text (关于…年部分节假日安排的通知).

Every arrangement is checked against what it says itself: the day of the week in brackets, the number of
days, that make-up days are weekends, that every holiday of the law is there. What cannot be read with
certainty is a fault with its line; a guess never becomes a working day. What the notice only encourages
(鼓励…) is no day off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from jingkai.kernel.calendar.data import NamedDay, ReadNotice, RowFault, is_weekend
from jingkai.kernel.calendar.rules.completeness import SINCE

HOLIDAYS = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-autumn Festival",
    "国庆节": "National Day",
}
"""The seven holidays of 全国年节及纪念日放假办法; a yearly notice names them all."""

MOST_TEXT = 20_000
MOST_DAYS_OFF = 12
WEEK = "一二三四五六日"

_TITLE_YEAR = re.compile(r"(\d{4})年[^。\n]{0,12}(?:节假日|假期)")
_AMENDS = re.compile(r"关于(?:调整|延长)")
_NUMBER = re.compile(r"国办发明?电?〔\d{4}〕\d+号|国办发明电\[\d{4}\]\d+号")
_HEAD = re.compile(
    r"^\s*(?:(?P<number>[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．，]|\d{1,2}[、.．])\s*)?"
    r"(?P<name>[\u4e00-\u9fff“”\"、和]{2,20})[：:]"
)
_MID_HEAD = re.compile(r"(?<=[。；;])\s*(?=[一二三四五六七八九十]{1,2}、[\u4e00-\u9fff、和]{2,20}[：:])")
_SIGNED = re.compile(r"^(?:国务院办公厅)?(?:\d{4}年\d{1,2}月\d{1,2}日)?$")
_ADVICE = re.compile(r"鼓励|倡导|建议|可结合")
_TOKEN = re.compile(
    r"(?P<date>(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日(?!内|前|起|止))"
    r"|（(?P<bracket>[^）]*)）"
    r"|(?P<to>至|到|—+|－|–|-|~|～)"
    r"|(?P<count>(?:共|放假)(?P<days>\d{1,2})天)"
    r"|(?P<off>放假|休息|补休|休假)"
    r"|(?P<work>(?:正常)?上班)"
)
_NORMAL = str.maketrans("０１２３４５６７８９():,", "0123456789（）：，")


def looks_like_notice(text: str) -> bool:
    """Tell whether a text is meant as the notice: it speaks of days off."""
    return "放假" in text


def read_notice(text: str, *, year: int) -> ReadNotice:
    """Read a pasted notice for a year; faults name their line and say what to correct."""
    reading = _Reading(year)
    lines = _lines(text[:MOST_TEXT])
    reading.read_frame(lines)
    for number, line in _arrangements(lines, reading):
        reading.read_line(number, line)
    reading.finish()
    return reading.result()


def _lines(text: str) -> list[tuple[int, str]]:
    """Give the lines with their numbers, digits and brackets made plain; run-on text is cut at its heads."""
    found = []
    for number, raw in enumerate(text.replace("\r", "\n").splitlines(), start=1):
        line = re.sub(r"\s+|\*", "", raw.translate(_NORMAL))
        found += [(number, part) for part in _MID_HEAD.split(line) if part]
    return found


def _arrangements(lines: list[tuple[int, str]], reading: _Reading) -> Iterator[tuple[int, str]]:
    """Give the lines that arrange days: from the first head on, or all after the title of an amendment."""
    begun = False
    for number, line in lines:
        head = _HEAD.match(line)
        begun = begun or bool(head and (head["number"] or head["name"] in HOLIDAYS))
        if begun or (reading.amends and _speaks(line)):
            yield number, line


def _speaks(line: str) -> bool:
    return not _TITLE_YEAR.search(line.partition("通知")[0]) or "放假" in line


@dataclass(slots=True)
class _Reading:
    """A notice while it is being read."""

    year: int
    days: dict[date, NamedDay] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    source: str = ""
    amends: bool = False
    current: str = ""

    def read_frame(self, lines: list[tuple[int, str]]) -> None:
        """Read the title: for which year, whether it amends another notice, and its number."""
        whole = "".join(line for _number, line in lines)
        self.amends = bool(_AMENDS.search(whole[:200]))
        number, title = _NUMBER.search(whole), _TITLE_YEAR.search(whole)
        self.source = number[0] if number else ""
        if self.amends:
            self.current = next((name for name in HOLIDAYS if name in whole[:200]), "")
        if title and int(title[1]) != self.year:
            said = _("The notice is for %(said)s, not for %(year)s.")
            self.faults.append(RowFault(1, title[0], said % {"said": title[1], "year": self.year}))

    def read_line(self, number: int, line: str) -> None:
        """Read one line: an arrangement, or its continuation on the next line."""
        head = _HEAD.match(line)
        body = line
        if head:
            self.current, body = head["name"].strip('“”"').replace("和", "、"), line[head.end() :]
            self.names.append(self.current)
        for sentence in re.split(r"[。；;]", body):
            if sentence and not _SIGNED.match(sentence) and not _ADVICE.search(sentence):
                self._read_sentence(number, line, sentence)

    def _read_sentence(self, number: int, line: str, sentence: str) -> None:
        parsed = _Sentence(self.year, self.current)
        try:
            parsed.read(sentence)
            for on, working in parsed.days:
                self._take(on, working=working)
        except ValueError as error:
            self.faults.append(RowFault(number, line[:200], str(error)))

    def _take(self, on: date, *, working: bool) -> None:
        known = self.days.get(on)
        if known is not None and known.working != working:
            raise ValueError(_("%(on)s is both a day off and a working day.") % {"on": on})
        if abs(on.year - self.year) > 1 or (on.year != self.year and on.month not in (1, 2, 12)):
            raise ValueError(_("%(on)s does not lie in %(year)s.") % {"on": on, "year": self.year})
        name = self.current or _("Holiday")
        names = [HOLIDAYS.get(part, part) for part in name.split("、")]
        english = ", ".join(names)
        if working:
            self.days[on] = NamedDay(on, True, f"{name}调休上班", f"{english} (make-up day)"[:60])
        elif known is None:
            self.days[on] = NamedDay(on, False, name, english[:60])

    def finish(self) -> None:
        """Refuse a notice that lacks a holiday of the law: a month was not pasted."""
        if not any(not day.working for day in self.days.values()) and not self.faults:
            self.faults.append(
                RowFault(0, "", _("The text arranges no day off. Paste the notice's own text."))
            )
        if self.amends or not self.days:
            return
        named = "、".join(self.names)
        for name in HOLIDAYS:
            if self.year >= SINCE.get(name, 0) and name.removesuffix("节") not in named:
                said = _("The notice says nothing of %(name)s. Paste all of it; nothing was taken over.")
                self.faults.append(RowFault(0, "", said % {"name": name}))

    def result(self) -> ReadNotice:
        """Give what was read."""
        ordered = [self.days[on] for on in sorted(self.days)]
        return ReadNotice(
            days=tuple(day for day in ordered if day.on.year == self.year),
            faults=tuple(self.faults),
            beside=tuple(day for day in ordered if day.on.year != self.year),
            source=self.source,
            amends=self.amends,
        )


@dataclass(slots=True)
class _Sentence:
    """One sentence: dates gather until a verb says whether they are off or worked."""

    year: int
    name: str
    days: list[tuple[date, bool]] = field(default_factory=list)
    waiting: list[date] = field(default_factory=list)
    last: date | None = None
    range_open: bool = False

    def read(self, sentence: str) -> None:
        """Read it; raises ValueError with a sentence for the person."""
        if "延长" in sentence:
            raise ValueError(
                _("An extension names no first day. Change its days one by one in the calendar.")
            )
        told = None
        for token in _TOKEN.finditer(sentence):
            if token["date"]:
                self._date(token)
            elif token["bracket"] is not None:
                self._check_weekday(token["bracket"])
            elif token["to"]:
                self.range_open = self.last is not None
            elif token["count"]:
                told = int(token["days"])
                self._settle(working=False) if token["count"].startswith("放假") else None
            elif token["off"] or token["work"]:
                self._settle(working=bool(token["work"]))
        if self.waiting:
            raise ValueError(
                _("It is not certain whether %(on)s is a day off or worked.") % {"on": self.waiting[0]}
            )
        off = sum(not working for _on, working in self.days)
        if told is not None and off and told != off:
            raise ValueError(
                _("The notice counts %(told)s days off, but its dates are %(off)s days.")
                % {"told": told, "off": off}
            )

    def _date(self, token: re.Match[str]) -> None:
        on = self._day(token["year"], token["month"], token["day"])
        if self.range_open and self.last is not None:
            self._fill(self.last, on)
        else:
            self.waiting.append(on)
        self.last, self.range_open = on, False

    def _day(self, year: str | None, month: str | None, day: str) -> date:
        last = self.last
        if month is None and last is None:
            raise ValueError(_("“%(day)s日” has no month.") % {"day": day})
        number = int(month) if month else last.month if last else 1
        chosen = int(year) if year else self._year_of(number)
        try:
            return date(chosen, number, int(day))
        except ValueError:
            text = f"{chosen}年{number}月{day}日"
            raise ValueError(_("“%(text)s” is not a day.") % {"text": text}) from None

    def _year_of(self, month: int) -> int:
        if self.last is not None:
            return self.last.year + 1 if self.range_open and month < self.last.month else self.last.year
        return self.year - 1 if month == 12 and "元旦" in self.name else self.year

    def _fill(self, first: date, last: date) -> None:
        if not first < last or (last - first).days >= MOST_DAYS_OFF:
            raise ValueError(
                _("From %(first)s to %(last)s is no span of days off that a notice arranges.")
                % {"first": first, "last": last}
            )
        self.waiting += [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]

    def _check_weekday(self, text: str) -> None:
        told = re.search(r"(?:星期|周|礼拜)([一二三四五六日天])", text)
        if told is None or self.last is None:
            return
        really = WEEK[self.last.weekday()]
        if told[1].replace("天", "日") != really:
            raise ValueError(
                _("%(on)s is not the day of the week that the notice names (周%(told)s).")
                % {"on": self.last, "told": told[1]}
            )

    def _settle(self, *, working: bool) -> None:
        for on in self.waiting:
            if working and not is_weekend(on):
                raise ValueError(_("%(on)s is worked anyway; only a weekend is made up for.") % {"on": on})
            self.days.append((on, working))
        self.waiting = []
