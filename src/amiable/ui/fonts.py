"""Serves the typeface that the package `fontpkg-inter` brings, as a static file."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FONT = "Inter[opsz,wght].ttf"
PUBLIC_NAME = "fonts/inter.ttf"


class _OneFont(FileSystemStorage):
    def path(self, name: str) -> str:
        return super().path(FONT if name == PUBLIC_NAME else name)


class PackagedFonts(BaseFinder):
    """Finds `fonts/inter.ttf`."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.folder = Path(str(files("fontpkg_inter"))) / "files"
        self.storage = _OneFont(location=self.folder)

    def check(self, **kwargs: object) -> list:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> list[str] | str:
        found = str(self.folder / FONT)
        if path != PUBLIC_NAME:
            return []
        return [found] if find_all else found

    def list(self, ignore_patterns: list[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        yield PUBLIC_NAME, self.storage
