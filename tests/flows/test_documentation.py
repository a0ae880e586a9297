"""Docs that are made from the code are those of this code."""

from pathlib import Path

import pytest

from flows.documentation import pages, whole_form

ROOT = Path(__file__).parents[2]
PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(name):
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name], "run `make docs`"


def test_every_key_of_the_configuration_is_explained():
    import json

    schema = json.loads(PAGES["docs/review.schema.json"])
    silent = [
        f"{name}.{key}"
        for name, model in {"review.yaml": schema, **schema["$defs"]}.items()
        for key, part in whole_form(model).get("properties", {}).items()
        if not part.get("description") and "const" not in part
    ]
    assert silent == []
