"""The Java SDK v2, with its URLConnection client."""

import os
from typing import Final

import pytest

from foreign_clients import FOLDER, TRANSCRIPT, install, require, told

pytestmark = pytest.mark.clients

HERE: Final = FOLDER / "java"
SOURCE: Final = HERE / "src" / "main" / "java" / "Shop.java"
CLASSES: Final = HERE / "target" / "classes"
LIBRARIES: Final = HERE / "target" / "libraries" / "*"


def test_java(url: str) -> None:
    require("java", "javac", "mvn")
    install(
        ["mvn", "-q", "-B", "process-classes"],
        HERE,
        wanted=[HERE / "pom.xml", SOURCE],
        made=CLASSES / "Shop.class",
    )
    path = os.pathsep.join(map(str, (CLASSES, LIBRARIES)))
    assert TRANSCRIPT == told(["java", "-cp", path, "Shop"], HERE, url)
