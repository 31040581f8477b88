"""Floor 2: who works where, who may see whom, and how they sign in."""

from django.apps import AppConfig


class OfficersConfig(AppConfig):
    """People and agencies."""

    name = "sucharit.officers"
    label = "officers"
    verbose_name = "เจ้าหน้าที่ของรัฐ"
