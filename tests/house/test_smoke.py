import pytest

from tests.conftest import World


@pytest.mark.django_db
def test_world(world: World):
    assert world.somsri.full_name == "นางสมศรี ใจดี"
