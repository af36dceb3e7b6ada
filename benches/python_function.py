"""A typical thumbnail function in Python with boto3 and Pillow, for the comparison with ours."""
import io

from PIL import Image

from python_handler import handler_with


def thumbnail(original, side):
    image = Image.open(io.BytesIO(original))
    image.thumbnail((side, side))
    out = io.BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=80)
    return out.getvalue()


handler = handler_with(thumbnail)
