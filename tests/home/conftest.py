"""The same clock, course and learner as the tests of the courses."""

from tests.courses.conftest import clock, place, somsri

__all__ = ["clock", "place", "somsri"]
