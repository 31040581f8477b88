"""A kept rule in words, line by line, and what differs between two of them: for whoever makes, approves or audits a rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sucharit.kernel.thai_calendar import MONTHS
from sucharit.officers import dated
from sucharit.officers import selectors as officers
from sucharit.officers.enums import PersonnelType, PositionLevel, PositionType
from sucharit.records.enums import Cycle
from sucharit.records.models import Subject

Kept = Mapping[str, Any]
ANYBODY = frozenset({"ทุกหน่วยงาน", "ทุกประเภท"})
AUDIENCE = ("agencies", "personnel_types", "position_types", "position_levels", "newly_appointed_days")


@dataclass(frozen=True)
class Line:
    """One fact of a rule: its label, and its words, one or several."""

    label: str
    words: Sequence[str]


@dataclass(frozen=True)
class Change:
    """One fact that differs. Where both hold several words, `added` and `removed` say which."""

    label: str
    old: Sequence[str]
    new: Sequence[str]

    @property
    def added(self) -> Sequence[str]:
        """Words that are new."""
        return [word for word in self.new if word not in self.old]

    @property
    def removed(self) -> Sequence[str]:
        """Words that are gone."""
        return [word for word in self.old if word not in self.new]

    @property
    def is_list(self) -> bool:
        """Whether it is better told by what came and what went: «everybody» is no member of a list."""
        some = not ANYBODY.intersection((*self.old, *self.new))
        return some and bool(self.old and self.new) and len(self.old) + len(self.new) > 2


@dataclass(frozen=True)
class Said:
    """A rule with the words beside it: what a version or a draft says."""

    rule: Kept
    reason: str = ""
    legal_basis: str = ""


@dataclass(frozen=True)
class Names:
    """Titles of subjects and names of agencies by id."""

    subjects: Mapping[int, str]
    agencies: Mapping[int, str]


def names_for(rules: Iterable[Kept]) -> Names:
    """The names that these rules need, in three queries at most."""
    rules = list(rules)
    wanted = {pk for rule in rules for pk in rule["subjects"]}
    wanted |= {rule["refresher"] for rule in rules if rule["refresher"] is not None}
    subjects = dict(Subject.objects.filter(pk__in=wanted).values_list("pk", "title"))
    named = {pk for rule in rules for pk in rule["agencies"]}
    paths = dated.agency_paths(named) if named else {}
    by_path = {node.path: node.name for node in officers.nodes_at(list(paths.values()))} if paths else {}
    return Names(subjects, {pk: by_path.get(path, "") for pk, path in paths.items()})


def lines(said: Said, names: Names) -> Sequence[Line]:
    """A rule in words. What its cycle does not use is left out."""
    rule = said.rule
    titles = [names.subjects.get(pk, "รายวิชาที่ไม่มีแล้ว") for pk in rule["subjects"]]
    found = [
        Line("การใช้", ["ใช้อยู่" if rule.get("is_active", True) else "ไม่ใช้"]),
        Line("รายวิชา", titles),
        Line("ต้องเรียน", [_need(rule["need"], len(titles))]),
    ]
    if rule["refresher"] is not None:
        found.append(Line("รายวิชาทบทวน", [names.subjects.get(rule["refresher"], "")]))
    found += [*_when(rule), *audience_lines(rule, names)]
    found.append(Line("เหตุที่ต้องเรียน", [said.reason] if said.reason else []))
    found.append(Line("ฐานอำนาจ", [said.legal_basis] if said.legal_basis else []))
    return [line for line in found if line.words]


def _need(need: int, count: int) -> str:
    if count == 1:
        return "รายวิชานี้"
    return f"ครบทั้ง {count} รายวิชา" if need == count else f"อย่างน้อย {need} จาก {count} รายวิชา"


def _when(rule: Kept) -> Sequence[Line]:
    cycle = Cycle(rule["cycle"])
    found = [Line("รอบ", [str(cycle.label)])]
    if cycle == Cycle.FISCAL_YEAR and "due_month" in rule:
        found.append(Line("ครบกำหนด", [f"{rule['due_day']} {MONTHS[rule['due_month'] - 1]} ของทุกปีงบประมาณ"]))
    if rule["due_days"]:
        found.append(Line("ครบกำหนด", [f"ภายใน {rule['due_days']:,} วันหลังเข้ากลุ่มเป้าหมาย"]))
    counted = (
        ("อายุของผล", "valid_months", "เดือน"),
        ("เรียนล่วงหน้าได้", "window_days", "วันก่อนรอบถัดไปหรือก่อนผลหมดอายุ"),
        ("ผลที่เพิ่งผ่านใช้ต่อได้", "min_validity_months", "เดือนหลังวันที่ผ่าน"),
        ("ผ่อนผัน", "grace_days", "วันหลังครบกำหนด"),
    )
    found += [Line(label, [f"{rule[name]:,} {unit}"]) for label, name, unit in counted if rule[name]]
    return found


def audience_lines(rule: Kept, names: Names) -> Sequence[Line]:
    """Whom a rule names, in words."""
    agencies = [names.agencies.get(pk, "หน่วยงานที่ไม่มีแล้ว") for pk in rule["agencies"]]
    found = [
        Line("หน่วยงาน", agencies or ["ทุกหน่วยงาน"]),
        Line("ประเภทบุคลากร", _labels(rule["personnel_types"], PersonnelType) or ["ทุกประเภท"]),
        Line("ประเภทตำแหน่ง", _labels(rule["position_types"], PositionType)),
        Line("ระดับตำแหน่ง", _labels(rule["position_levels"], PositionLevel)),
    ]
    if rule["newly_appointed_days"]:
        found.append(Line("บรรจุใหม่", [f"ภายใน {rule['newly_appointed_days']:,} วัน"]))
    return [line for line in found if line.words]


def _labels(
    values: Sequence[str], choices: type[PersonnelType | PositionType | PositionLevel]
) -> Sequence[str]:
    return [str(choices(value).label) for value in values]


def changes(old: Sequence[Line], new: Sequence[Line]) -> Sequence[Change]:
    """What differs between two rules in words, in the order of the new one, then what is gone."""
    before = {line.label: line.words for line in old}
    after = {line.label: line.words for line in new}
    labels = [*after, *(label for label in before if label not in after)]
    return [
        Change(label, before.get(label, []), after.get(label, []))
        for label in labels
        if list(before.get(label, [])) != list(after.get(label, []))
    ]


def audience_of(rule: Kept) -> Kept:
    """The part of a rule that says whom it names."""
    return {name: rule[name] for name in AUDIENCE}
