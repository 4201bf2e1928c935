from __future__ import annotations

import pathlib
import re

import pytest
from django.template.loader import get_template

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.*")
)
INLINE = re.compile(r"""\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|\shx-on""")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name: str) -> None:
    assert get_template(name).template is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_inline_script_or_style(name: str) -> None:
    text = (ROOT / "templates" / name).read_text()

    assert INLINE.findall(text) == []
