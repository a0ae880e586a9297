"""The gate finds each fault that is put into a good file, and none in the good file."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest

from reports.charts.sparkline import sparkline
from reports.document import Attachment
from reports.gate import faults
from reports.typesetting import render_pdf, style_sheet

CHART = sparkline([1.0, 2.0], name="spark", alt="Rises from 1 to 2")
BODY = """<section class="section" id="a"><h1 data-kicker="K">Title</h1><h2>Part</h2>
<p><span><a href="https://example.org/">link</a></span></p><img src="asset:spark.svg" alt="Rises from 1 to 2">
<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></section>"""


def made(body: str = BODY) -> bytes:
    head = f'<!doctype html><html lang="en"><head><style>{style_sheet()}</style></head>'
    html = f'{head}<body data-header="h" data-footer="f">{body}</body></html>'
    return render_pdf(
        html,
        {CHART.asset: CHART.svg},
        language="en",
        title="T",
        created=datetime(2026, 10, 5, tzinfo=UTC),
        attachments=(Attachment("metrics.csv", b"a", "x"),),
    ).pdf


@pytest.fixture(scope="module")
def good() -> bytes:
    return made()


def changed(pdf: bytes, change) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as file:
        change(file)
        out = BytesIO()
        file.save(out)
        return out.getvalue()


def elements(file, kind):
    return [
        item for item in file.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == pikepdf.Name(kind)
    ]


def without(key):
    def change(file):
        del file.Root[key]

    return change


def no_alt(file):
    del elements(file, "/Figure")[0]["/Alt"]


def jump(file):
    elements(file, "/H2")[0]["/S"] = pikepdf.Name("/H4")


def file_link(file):
    next(page for page in file.pages if "/Annots" in page).Annots[0].A.URI = pikepdf.String("file:///etc/passwd")


def script(file):
    file.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")


def no_tabs(file):
    del file.pages[0]["/Tabs"]


def no_text_map(file):
    for item in file.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == pikepdf.Name("/Type0"):
            del item["/ToUnicode"]
            return


def no_font_file(file):
    for item in file.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name("/FontDescriptor"):
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if key in item:
                    del item[key]
            return


def two_metadata(file):
    text = bytes(file.Root.Metadata.read_bytes()).replace(b"</rdf:RDF>", b"</rdf:RDF><rdf:RDF/>")
    file.Root.Metadata = file.make_stream(text, Type=pikepdf.Name("/Metadata"), Subtype=pikepdf.Name("/XML"))


def no_markers(file):
    text = bytes(file.Root.Metadata.read_bytes()).replace(b"pdfuaid:part", b"x").replace(b"pdfaid:part", b"y")
    file.Root.Metadata = file.make_stream(text, Type=pikepdf.Name("/Metadata"), Subtype=pikepdf.Name("/XML"))


def stray_cell(file):
    elements(file, "/TR")[0]["/S"] = pikepdf.Name("/Div")


def lost_link(file):
    elements(file, "/Link")[0]["/K"] = pikepdf.Array([0])


FAULTS = [
    (without("/Lang"), "language is not named"),
    (without("/MarkInfo"), "not tagged"),
    (without("/StructTreeRoot"), "no structure"),
    (without("/ViewerPreferences"), "title is not shown"),
    (without("/AF"), "not associated"),
    (without("/Outlines"), "no outline"),
    (no_alt, "no alternative text"),
    (jump, "heading of level 4 follows one of level 1"),
    (file_link, "neither https nor mailto"),
    (script, "/OpenAction"),
    (no_tabs, "order of tabs"),
    (no_text_map, "cannot be extracted"),
    (no_font_file, "not embedded"),
    (two_metadata, "2 RDF blocks"),
    (no_markers, "PDF/UA-1 is missing"),
    (no_markers, "PDF/A-3 is missing"),
    (stray_cell, "outside a row"),
    (lost_link, "lost its annotation"),
]


def test_a_good_file_has_no_faults(good):
    assert faults(good) == ()


@pytest.mark.parametrize(("change", "told"), FAULTS)
def test_each_fault_is_found(good, change, told):
    assert any(told in fault for fault in faults(changed(good, change)))


def test_what_is_no_pdf_is_told():
    assert faults(b"%PDF-1.7 nonsense")[0].startswith("the file cannot be opened")
    assert faults(b"")[0].startswith("the file cannot be opened")


def test_an_image_without_alt_text_is_found():
    assert "a figure has no alternative text" in faults(made(BODY.replace(' alt="Rises from 1 to 2"', "")))


def test_an_inline_drawing_without_a_name_is_found():
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    inline = BODY.replace("</section>", f"{drawing}</section>")
    assert "a figure has no alternative text" in faults(made(inline))
