"""The last look at a finished PDF: is it complete, accessible, safe and archivable? Runs in milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

_SAFE_ADDRESS = re.compile(r"(https://|mailto:)", re.IGNORECASE)
_FORBIDDEN = ("/OpenAction", "/AA", "/AcroForm")
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_DEEPEST = 60


def faults(pdf: bytes) -> tuple[str, ...]:
    """What is wrong with a PDF, each fault once; empty when it may be published.

    Args:
        pdf: The file.

    Returns:
        Sentences in English for the log: document properties, both conformance markers, structure (figures without
        alternative text, jumping headings, links without annotation), addresses, fonts, attachments, syntax.
    """
    import pikepdf

    try:
        file = pikepdf.open(BytesIO(pdf))
    except pikepdf.PdfError as error:
        return (f"the file cannot be opened: {error}",)
    with file:
        if not file.pages:
            return ("there is no page",)
        found = [
            *_properties(file),
            *_markers(file),
            *_structure(file),
            *_annotations(file),
            *_fonts(file),
            *_attachments(file),
            *(f"syntax: {problem}" for problem in file.check_pdf_syntax()),
        ]
    return tuple(dict.fromkeys(found))


def _properties(file: Any) -> Iterator[str]:
    root = file.Root
    if not str(root.get("/Lang", "")).strip():
        yield "the language is not named"
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "the file is not tagged"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "the title is not shown in the window"
    for key in _FORBIDDEN:
        if key in root:
            yield f"the file has {key}"
    if "/JavaScript" in root.get("/Names", {}):
        yield "the file has scripts"
    with file.open_outline() as outline:
        if not outline.root:
            yield "there is no outline"


def _markers(file: Any) -> Iterator[str]:
    metadata = file.Root.get("/Metadata")
    text = bytes(metadata.read_bytes()).decode("utf-8", "replace") if metadata is not None else ""
    if text.count("<rdf:RDF") != 1:
        yield f"the metadata have {text.count('<rdf:RDF')} RDF blocks instead of one"
    if not re.search(r"pdfuaid:part(>|=[\"'])1", text):
        yield "the marker of PDF/UA-1 is missing"
    if not re.search(r"pdfaid:part(>|=[\"'])3", text):
        yield "the marker of PDF/A-3 is missing"
    if not re.search(r"<dc:title>.*?<rdf:li[^>]*>[^<]*\S[^<]*</rdf:li>", text, re.DOTALL):
        yield "the metadata have no title"


def _structure(file: Any) -> Iterator[str]:
    tree = file.Root.get("/StructTreeRoot")
    if tree is None:
        yield "there is no structure"
        return
    level = 0
    for element, parents in _elements(tree.get("/K"), ()):
        kind = str(element.get("/S", ""))[1:]
        if kind == "Figure" and not str(element.get("/Alt", "")).strip():
            yield "a figure has no alternative text"
        if kind == "Link":
            if "Link" in parents:
                yield "a link stands inside a link"
            if not any(str(kid.get("/Type", "")) == "/OBJR" for kid in _dictionaries(element.get("/K"))):
                yield "a link has lost its annotation"
        if kind in ("TD", "TH") and "TR" not in parents:
            yield "a table cell stands outside a row"
        if re.fullmatch("H[1-6]", kind):
            if int(kind[1]) > level + 1:
                yield f"a heading of level {kind[1]} follows one of level {level}"
            level = int(kind[1])
    if level == 0:
        yield "there is no heading"


def _elements(kids: Any, parents: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Structure elements below, each with the kinds of its parents."""
    if len(parents) > _DEEPEST:
        return
    for kid in _dictionaries(kids):
        if "/S" in kid:
            yield kid, parents
            yield from _elements(kid.get("/K"), (*parents, str(kid.get("/S"))[1:]))


def _dictionaries(kids: Any) -> list[Any]:
    import pikepdf

    members: Sequence[Any] = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in members if isinstance(kid, pikepdf.Dictionary)]


def _annotations(file: Any) -> Iterator[str]:
    for number, page in enumerate(file.pages, 1):
        if str(page.get("/Tabs", "")) != "/S":
            yield f"page {number}: the order of tabs is not that of the structure"
        for annotation in page.get("/Annots", []):
            if "/StructParent" not in annotation:
                yield f"page {number}: an annotation is not in the structure"
            action = annotation.get("/A")
            if action is None:
                continue
            if str(action.get("/S", "")) != "/URI":
                yield f"page {number}: an action {action.get('/S')} is not allowed"
            elif not _SAFE_ADDRESS.match(str(action.get("/URI", ""))):
                yield f"page {number}: the link {str(action.get('/URI', ''))[:60]!r} is neither https nor mailto"


def _fonts(file: Any) -> Iterator[str]:
    import pikepdf

    count = 0
    for item in file.objects:
        if not isinstance(item, pikepdf.Dictionary) or str(item.get("/Type", "")) != "/Font":
            continue
        if str(item.get("/Subtype", "")) != "/Type0":
            continue
        count += 1
        name = str(item.get("/BaseFont", "?"))
        descriptor: Any = item.DescendantFonts[0].get("/FontDescriptor", {})
        if not any(key in descriptor for key in _FONT_FILES):
            yield f"the font {name} is not embedded"
        if "/ToUnicode" not in item:
            yield f"the text in {name} cannot be extracted"
    if not count:
        yield "there is no text"


def _attachments(file: Any) -> Iterator[str]:
    associated = {str(item.get("/UF", "")) for item in file.Root.get("/AF", []) if "/AFRelationship" in item}
    for name in file.attachments:
        if name not in associated:
            yield f"the attachment {name!r} is not associated with the document"
