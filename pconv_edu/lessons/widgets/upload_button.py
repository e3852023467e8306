"""Define a button that uploads a file of any size from the learner's machine."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .portable import join_module


class UploadButton(anywidget.AnyWidget):
    """Let the learner choose one image file and upload it.

    `ipywidgets.FileUpload` sends a file in one message, but a Jupyter server silently closes the connection if a
    message reaches 10 MB. This button sends the file in parts.

    Attributes
    ----------
    value : a tuple with one dict, {"name": str, "content": bytes}, or an empty tuple before the first upload
    """

    _esm = join_module(Path(__file__).parent / "upload_button.js")
    description = traitlets.Unicode("Upload").tag(sync=True)
    value = traitlets.Tuple()

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._parts = []
        self.on_msg(self._take_part)

    def _take_part(self, _, content, buffers):
        if content["part"] == 0:
            self._parts = []
        self._parts.append(bytes(buffers[0]))
        if len(self._parts) == content["parts"]:
            file, self._parts = b"".join(self._parts), []
            self.value = ({"name": content["name"], "content": file},)
            self.send({"received": True})
