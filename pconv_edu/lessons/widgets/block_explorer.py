"""Define what the layer explorer and the gates explorer share: a U-Net's blocks, one of which is chosen and shown."""

import html
from pathlib import Path
from typing import Any, ClassVar

import traitlets

from .portable import PortableWidget

HERE = Path(__file__).parent


class BlockExplorer(PortableWidget):
    """Show one block of a U-Net, which the learner chooses in a drawing of the network.

    A subclass computes `names`, and for each block a dict of texts, a mask, and up to three maps as PNG files. It sets
    `columns`, the texts in the table that stands for the widget where scripts are not allowed, and `missing`, what that
    table does not show.

    Attributes
    ----------
    chosen : int, the index of the block that is shown. Indices follow the order of the data flow, from 0 for the first
        encoder block. An index that does not exist raises `traitlets.TraitError`
    names : list of str, "encoder 1" … "decoder 1", in the order of the data flow
    """

    columns: ClassVar[dict[str, str]] = {}  # heading -> key of the texts; "size" stands for height×width
    missing: ClassVar[str] = ""
    chosen = traitlets.CInt(0).tag(sync=True)
    size = traitlets.List().tag(sync=True)  # height and width of the photo
    photo = traitlets.CBytes().tag(sync=True)
    blocks = traitlets.List().tag(sync=True)  # a dict of texts for each block
    masks = traitlets.List().tag(sync=True)  # a PNG for each block
    maps = traitlets.List().tag(sync=True)  # for each block up to three PNGs
    names: list[str]

    @traitlets.validate("chosen")
    def _validate_chosen(self, proposal: Any) -> int:
        if not 0 <= proposal["value"] < len(self.names):
            raise traitlets.TraitError(f"chosen is {proposal['value']}; the blocks are 0 to {len(self.names) - 1}")
        return int(proposal["value"])

    def static_html(self) -> str:
        """Return an HTML table with the facts about all blocks."""
        rows = [{**block, "size": f"{block['height']}×{block['width']}"} for block in self.blocks]
        head = "".join(f"<th>{heading}</th>" for heading in self.columns)
        cells = ("".join(f"<td>{html.escape(row[key])}</td>" for key in self.columns.values()) for row in rows)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return f"<table><tr>{head}</tr>{body}</table><div>To see {self.missing}, allow scripts.</div>"
