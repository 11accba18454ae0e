"""Turn Markdown into harmless HTML: tags stay text, unsafe links and pictures are removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from digest.rendering.escape import mail_url
from digest.text.one_line import without_controls

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


class _Links(Treeprocessor):
    """Keep links to the web and to mail; show a picture as its description."""

    def run(self, root: Element) -> None:
        """Change the tree in place."""
        for element in root.iter():
            if element.tag == "a":
                target = mail_url(element.attrib.pop("href", ""))
                if target:
                    element.set("href", target)
            elif element.tag == "img":
                element.tag = "span"
                element.text = element.attrib.pop("alt", "")
                element.attrib.pop("src", None)


def safe_html(source: str) -> str:
    """Return the HTML of Markdown."""
    parser = Markdown(extensions=["sane_lists"], output_format="html")
    parser.preprocessors.deregister("html_block")
    parser.inlinePatterns.deregister("html")
    # After the inline patterns (20), which make links and pictures.
    parser.treeprocessors.register(_Links(parser), "links", 5)
    return str(parser.convert(without_controls(source)))
