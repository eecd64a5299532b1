"""The pictures in the documents are what the shell prints today."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("pty", reason="Windows has no pseudo-terminals of this kind")

from pictures import NAME, PICTURES, SCENES, Scene, fill, played, text_of, without_times


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file that the pictures are about."""
    made = tmp_path_factory.mktemp("pictures")
    fill(made / NAME)
    return made


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_pictures_are_true(scene: Scene, folder: Path) -> None:
    """All but the times: otherwise `make pictures` is due."""
    svg = (PICTURES / f"{scene.name}.svg").read_text("utf-8")
    assert without_times(played(scene, folder).text()) == without_times(text_of(svg))


def test_there_are_no_others() -> None:
    """A picture that no scene gives could not be held to be true."""
    assert {f"{scene.name}.svg" for scene in SCENES} == {one.name for one in PICTURES.iterdir()}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_what_is_drawn_is_what_is_described(scene: Scene) -> None:
    """The description has the words of the drawing, in their order."""
    svg = (PICTURES / f"{scene.name}.svg").read_text("utf-8")
    drawn = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 - our own
    words = [(one.text or "").replace(" ", "") for one in drawn]
    assert "".join(" ".join(text_of(svg)).split()) == "".join(words)
    assert len(svg) < 60_000
