#!/usr/bin/env python3
"""Compares the thumbnails of every format that other programs can write with the same files as those programs read them.

    python3 imaging/bench/formats.py

Pillow and its plugins write a photograph in each format, and an animation in each animated one. The reference of a still
picture is the whole file as Pillow decodes it, resized by Lanczos; that of an animation is each of its frames. Both are
compared with transparent pixels black: a still picture in RGB, and the frames of an animation in luma, because their files
have one chroma sample for four pixels. Writes bench/formats.md, and fails below 38 dB.
"""
import json, os, pathlib, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
FOLDER, ENVIRONMENT = HERE / ".formats", HERE / ".peers" / "formats"
PACKAGES = ["numpy==2.4.6", "pillow==13.0.0", "pillow-heif==1.8.1", "pillow-jxl-plugin==1.3.8"]
SIDE = 300
LIMIT = 38.0

MAKE = """
import math, pathlib, sys
import numpy, pillow_heif, pillow_jxl
from PIL import Image, ImageDraw
pillow_heif.register_heif_opener()
folder, photo = pathlib.Path(sys.argv[1]), Image.open(sys.argv[2]).convert('RGB')
size = photo.size
fade = Image.linear_gradient('L').resize(size)
clear = photo.copy(); clear.putalpha(fade)
gray = photo.convert('L')
gray16 = Image.fromarray(numpy.asarray(gray).astype('uint16') * 257)
def save(name, picture, **options): picture.save(folder / 'still' / name, **options)
save('baseline.jpg', photo, quality=92); save('progressive.jpg', photo, quality=92, progressive=True)
save('whole-chroma.jpg', photo, quality=92, subsampling=0)
save('gray.jpg', gray, quality=92); save('cmyk.jpg', photo.convert('CMYK'), quality=92)
for kind in ('rgb', 'rgba', 'gray', 'gray16', 'palette'):
    save(f'{kind}.png', {'rgb': photo, 'rgba': clear, 'gray': gray, 'gray16': gray16, 'palette': photo.quantize(256)}[kind])
save('palette.gif', photo.quantize(256)); save('colors.bmp', photo); save('colors.ico', photo.resize((256, 170)))
save('lossy.webp', photo, quality=90); save('lossless.webp', clear, lossless=True); save('alpha.webp', clear, quality=90)
save('colors.avif', photo, quality=90); save('whole-chroma.avif', photo, quality=90, subsampling='4:4:4')
save('alpha.avif', clear, quality=90)
save('colors.heic', photo, quality=90); save('whole-chroma.heic', photo, quality=90, chroma=444)
save('alpha.heic', clear, quality=90); save('gray.heic', gray, quality=90)
save('lossy.jxl', photo, quality=90); save('lossless.jxl', clear, lossless=True)
save('lossless.jp2', photo); save('lossy.jp2', photo, quality_mode='dB', quality_layers=[45]); save('alpha.jp2', clear)
save('stream.j2k', photo)
save('run-lengths.tga', photo, compression='tga_rle'); save('alpha.tga', clear)
save('colors.ppm', photo); save('gray.pgm', gray); save('alpha.qoi', clear); save('compressed.dds', clear, pixel_format='DXT5')
for compression in ('raw', 'tiff_lzw', 'tiff_adobe_deflate', 'packbits', 'zstd', 'lzma', 'jpeg'):
    save(f'{compression}.tiff', photo, compression=compression)
save('cmyk.tiff', photo.convert('CMYK')); save('gray16.tiff', gray16)
frames = []
for i in range(12):
    frame = photo.crop((0, 0, 360, 240)).convert('RGBA')
    x, y = 180 + int(120 * math.cos(i / 2)), 120 + int(80 * math.sin(i / 2))
    ImageDraw.Draw(frame).ellipse((x - 30, y - 30, x + 30, y + 30), fill=(240, 40, 40, 255))
    frames.append(frame)
for name, options in {'moving.gif': {}, 'moving.webp': {'quality': 92}, 'moving.png': {}, 'moving.avif': {'quality': 92}}.items():
    frames[0].save(folder / 'moving' / name, save_all=True, append_images=frames[1:], duration=50, loop=0, **options)
"""

JUDGE = """
import json, pathlib, sys
import numpy, pillow_heif, pillow_jxl
from PIL import Image, ImageOps
pillow_heif.register_heif_opener()
folder, out = map(pathlib.Path, sys.argv[1:])
LUMA = [0.299, 0.587, 0.114]
def visible(image):
    if image.mode.startswith('I'):
        image = Image.fromarray((numpy.asarray(image).astype('float64') / 257).round().astype('uint8'))
    pixels = numpy.asarray(image.convert('RGBA')).astype('float64')
    pixels[..., :3] *= pixels[..., 3:] / 255
    return pixels[..., :3]
def resized(pixels, size):
    channels = [Image.fromarray(pixels[..., c].astype('float32')).resize(size, Image.LANCZOS) for c in range(3)]
    return numpy.stack([numpy.asarray(channel) for channel in channels], -1).clip(0, 255)
def psnr(a, b): return float(10 * numpy.log10(255**2 / max(((a - b) ** 2).mean(), 1e-9)))
rows = {}
for made in sorted(out.iterdir()):
    if made.name.startswith('.'): continue
    original, thumbnail = Image.open(folder / made.stem), Image.open(made)
    frames = getattr(original, 'n_frames', 1) if getattr(thumbnail, 'n_frames', 1) > 1 else 1
    values = []
    for frame in range(frames):
        original.seek(frame); thumbnail.seek(frame)
        made_pixels, expected = visible(thumbnail), resized(visible(original), thumbnail.size)
        values.append(psnr(made_pixels, expected) if frames == 1 else psnr(made_pixels @ LUMA, expected @ LUMA))
    rows[made.name] = [getattr(thumbnail, 'n_frames', 1), min(values)]
print(json.dumps(rows))
"""


def main():
    python = ENVIRONMENT / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    root = HERE.parent.parent
    subprocess.run(["cargo", "build", "--workspace", "--bin", "deployer"], cwd=root, check=True)
    deployer = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "debug/deployer"
    subprocess.run(["rm", "-rf", FOLDER], check=True)
    for folder in ("still", "moving"):
        (FOLDER / folder).mkdir(parents=True)
    subprocess.run([python, "-c", MAKE, FOLDER, root / "samples/coffee.jpg"], check=True)
    presets = {"png": "png", "webp": "webp, quality: 100, animated: true", "avif": "avif, quality: 100, animated: true"}
    config = FOLDER / "deployer.yaml"
    lines = [f"  - {{name: {name}, width: {SIDE}, height: {SIDE}, format: {rest}}}\n" for name, rest in presets.items()]
    config.write_text("jpeg_xl: true\npresets:\n" + "".join(lines))
    rows = []
    for preset, folder in (("png", "still"), ("png", "moving"), ("webp", "moving"), ("avif", "moving")):
        files, out = FOLDER / folder, FOLDER / f"{folder}-{preset}"
        options = ["--config", config, "--preset", preset, "--out", out]
        subprocess.run([deployer, "preview", files, *options], check=True, stdout=subprocess.DEVNULL)
        judged = subprocess.run([python, "-c", JUDGE, files, out], check=True, stdout=subprocess.PIPE)
        rows += [(preset, name, *row) for name, row in json.loads(judged.stdout).items()]
    table = ["| thumbnail | file | frames | PSNR |", "| --- | --- | ---: | ---: |"]
    table += [f"| {preset} | {name} | {frames} | {value:.1f} |" for preset, name, frames, value in rows]
    (HERE / "formats.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))
    if worse := [name for _, name, _, value in rows if value < LIMIT]:
        sys.exit(f"less than {LIMIT} dB to the reference: {', '.join(worse)}")


main()
