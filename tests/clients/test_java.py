"""The Java SDK v2, with its URLConnection client, and DynamoDBMapper of the Java SDK v1."""

import os
from typing import Final

import pytest

from foreign_clients import FOLDER, MAPPED, TRANSCRIPT, install, require, told

pytestmark = pytest.mark.clients

HERE: Final = FOLDER / "java"
SOURCES: Final = HERE / "src" / "main" / "java"
CLASSES: Final = HERE / "target" / "classes"
LIBRARIES: Final = HERE / "target" / "libraries" / "*"


@pytest.mark.parametrize(("program", "story"), [("Shop", TRANSCRIPT), ("Mapper", MAPPED)])
def test_java(program: str, story: str, url: str) -> None:
    require("java", "javac", "mvn")
    install(
        ["mvn", "-q", "-B", "process-classes"],
        HERE,
        wanted=[HERE / "pom.xml", *SOURCES.glob("*.java")],
        made=CLASSES / f"{program}.class",
    )
    path = os.pathsep.join(map(str, (CLASSES, LIBRARIES)))
    assert story == told(["java", "-cp", path, program], HERE, url)
