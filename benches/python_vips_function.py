"""A thumbnail function in Python with boto3 and libvips, which shrinks a JPEG while it decodes it."""
import pyvips

from python_handler import handler_with


def thumbnail(original, side):
    image = pyvips.Image.thumbnail_buffer(original, side, height=side, size="down")
    return image.webpsave_buffer(Q=80, strip=True)


handler = handler_with(thumbnail)
