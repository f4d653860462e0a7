"""One encoded image, as bytes, to an array; nothing but the expected formats is ever decoded."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadTable
from steelyard.kernels.optional import require

__all__ = ["decode_image", "decode_mask"]

FORMATS = ("JPEG", "PNG", "PPM")
MOST_PIXELS = 2**26  # 8,192 x 8,192
MODES = {1: "L", 3: "RGB"}
Size = tuple[int, int]


def decode_image(
    data: bytes, *, what: str, channels: int | None = None, size: Size | None = None
) -> NDArray[np.uint8]:
    """Decode a photograph.

    Parameters
    ----------
    data : bytes
        JPEG, PNG or PPM.
    what : str
        Which image this is, for messages.
    channels : {1, 3}, optional
        Grey or colour; as stored when not given.
    size : (height, width), optional
        Scaled, keeping its proportions, until it covers this size, then cut to it about the centre.

    Returns
    -------
    ndarray of uint8, shape (c, h, w)

    Raises
    ------
    BadTable
        Not a whole image of these formats, or one of more than 67 million pixels.
    MissingExtra
        Pillow is not installed.
    """
    image = _open(data, what)
    grey = image.mode in ("1", "L", "I;16", "LA") if channels is None else channels == 1
    image = image.convert(MODES[1] if grey else MODES[3])
    if size is not None:
        image = _fitted(image, size, smooth=True)
    pixels = np.asarray(image)
    return np.ascontiguousarray(pixels[None] if grey else np.moveaxis(pixels, -1, 0))


def decode_mask(data: bytes, *, what: str, size: Size | None = None) -> NDArray[np.uint8]:
    """Decode the labels of pixels: their numbers as stored, of one bit or one byte.

    Parameters
    ----------
    data, what, size
        As in `decode_image`; no value is mixed from others.

    Returns
    -------
    ndarray of uint8, shape (h, w)

    Raises
    ------
    BadTable
        Not a whole image, or one with colours.
    """
    image = _open(data, what)
    if image.mode not in ("1", "L", "P"):
        raise BadTable(f"Expected a mask of one number a pixel in {what}, got an image of mode {image.mode}.")
    if size is not None:
        image = _fitted(image, size, smooth=False)
    return np.asarray(image).astype(np.uint8)


def _fitted(image: Any, size: Size, *, smooth: bool) -> Any:
    pillow = require("PIL.Image", extra="image", for_="Reading images")
    operations = require("PIL.ImageOps", extra="image", for_="Reading images")
    filter_ = pillow.Resampling.BILINEAR if smooth else pillow.Resampling.NEAREST
    return operations.fit(image, (size[1], size[0]), method=filter_)


def _open(data: bytes, what: str) -> Any:
    pillow = require("PIL.Image", extra="image", for_="Reading images")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pillow.DecompressionBombWarning)
            image = pillow.open(io.BytesIO(data), formats=FORMATS)
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise BadTable(
                    f"Expected at most {MOST_PIXELS:,} pixels in {what}, got {width:,} x {height:,}. "
                    "Make it smaller first."
                )
            image.load()
    except (
        OSError,
        SyntaxError,
        ValueError,
        pillow.DecompressionBombError,
        pillow.DecompressionBombWarning,
    ) as error:
        if isinstance(error, BadTable):
            raise
        raise BadTable(
            f"Expected a whole image ({', '.join(FORMATS)}) in {what}, got something else ({error}). "
            "Fetch it again."
        ) from error
    return image
