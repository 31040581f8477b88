"""Floor 4: the evidence."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Subjects, awards, requirements, standing and certificates."""

    name = "sucharit.records"
    label = "records"
    verbose_name = "ทะเบียนผลการเรียน"
