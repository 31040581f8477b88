"""The form of an audience: ministries and departments to tick, deeper units by code, closed lists for the rest."""

import re
from typing import Any

from django import forms

from sucharit.officers.enums import PersonnelType, PositionLevel, PositionType
from sucharit.officers.models import Agency, Audience
from sucharit.officers.selectors import AudienceRule, ministries_and_departments

_SEPARATORS = re.compile(r"[,\s]+")


def _ticks(label: str, choices: Any, help_text: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text or "ไม่เลือกคือทั้งหมด",
    )


class AudienceForm(forms.Form):
    """A rule about people. An empty part means "any"."""

    name = forms.CharField(label="ชื่อกลุ่ม", max_length=150)
    agencies = forms.MultipleChoiceField(label="หน่วยงาน", required=False)
    other_codes = forms.CharField(
        label="หน่วยงานระดับต่ำกว่ากรม (รหัส)",
        required=False,
        help_text="พิมพ์รหัสหน่วยงาน คั่นด้วยจุลภาคหรือเว้นวรรค",
    )
    personnel_types = _ticks("ประเภทบุคลากร", PersonnelType.choices)
    position_types = _ticks("ประเภทตำแหน่ง", PositionType.choices)
    position_levels = _ticks(
        "ระดับตำแหน่ง", [pair for pair in PositionLevel.choices if pair[0] != PositionLevel.NONE]
    )
    newly_appointed_days = forms.IntegerField(
        label="บรรจุใหม่ภายใน (วัน)",
        required=False,
        min_value=1,
        max_value=3_650,
        help_text="เว้นว่างไว้ถ้าไม่จำกัดเฉพาะผู้บรรจุใหม่",
    )

    def __init__(self, *args: Any, audience: Audience | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience = audience
        self.tree = ministries_and_departments()
        nodes = (node for ministry, below in self.tree for node in (ministry, *below))
        self.fields["agencies"].choices = [(node.code, node.name) for node in nodes]  # type: ignore[attr-defined]
        # The agencies that the form names, once it is valid.
        self.named: list[Agency] = []

    def clean_name(self) -> str:
        """A name that no other audience has."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        others = Audience.objects.filter(name=name)
        if self.audience is not None:
            others = others.exclude(pk=self.audience.pk)
        if others.exists():
            raise forms.ValidationError("มีกลุ่มเป้าหมายชื่อนี้แล้ว")
        return name

    def clean_other_codes(self) -> list[str]:
        """Codes of agencies that exist."""
        codes = [code for code in _SEPARATORS.split(self.cleaned_data["other_codes"].strip()) if code]
        known = set(Agency.objects.filter(code__in=codes).values_list("code", flat=True))
        unknown = [code for code in codes if code not in known]
        if unknown:
            raise forms.ValidationError(f"ไม่พบหน่วยงานรหัส {' '.join(unknown[:5])}")
        return codes

    def clean(self) -> dict[str, Any]:
        """Find the agencies behind both fields, in one query."""
        data: dict[str, Any] = super().clean() or {}
        codes = {*data.get("agencies", ()), *data.get("other_codes", ())}
        self.named = list(Agency.objects.filter(code__in=codes).order_by("path")) if codes else []
        return data

    @property
    def ticked(self) -> frozenset[str]:
        """The codes that are ticked now, whatever was typed or stored."""
        return frozenset(self["agencies"].value() or ())

    def rule(self) -> AudienceRule:
        """The rule that the valid form says."""
        said = self.cleaned_data
        return AudienceRule(
            paths=[agency.path for agency in self.named],
            personnel_types=said["personnel_types"],
            position_types=said["position_types"],
            position_levels=said["position_levels"],
            newly_appointed_days=said["newly_appointed_days"],
        )


def audience_initial(audience: Audience) -> dict[str, Any]:
    """What the form of an audience begins with."""
    agencies = list(audience.agencies.order_by("path"))
    return {
        "name": audience.name,
        "agencies": [agency.code for agency in agencies if agency.depth <= 2],
        "other_codes": ", ".join(agency.code for agency in agencies if agency.depth > 2),
        "personnel_types": audience.personnel_types,
        "position_types": audience.position_types,
        "position_levels": audience.position_levels,
        "newly_appointed_days": audience.newly_appointed_days,
    }
