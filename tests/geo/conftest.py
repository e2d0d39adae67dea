"""The geography as the tests need it: read from the files once, or loaded into the test database."""

import pytest

from geo import gazetteer
from geo.actions import load_geography
from geo.gazetteer import Gazetteer
from geo.reading import Geography, read_geography


@pytest.fixture(scope="session")
def files() -> Geography:
    return read_geography()


@pytest.fixture(scope="session")
def places(files: Geography) -> Gazetteer:
    """The gazetteer of the files, without a database."""
    return Gazetteer(files)


@pytest.fixture
def geography(db):
    """The files loaded into the test database; what load_geography returned."""
    gazetteer.reload()
    yield load_geography()
    gazetteer.reload()
