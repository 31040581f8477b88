"""Floor 5: campaigns."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaign pages and what runs today."""

    name = "campaigns"
    label = "campaigns"
    verbose_name = "กิจกรรมรณรงค์"
