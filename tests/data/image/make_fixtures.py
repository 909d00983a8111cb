"""Makes the small images of this folder and the answers that Pillow gives for them (*.ppm, *.pgm).

    python -m venv build/fixtures && build/fixtures/bin/pip install pillow==11.3.0 numpy==2.4.6
    build/fixtures/bin/python tests/data/image/make_fixtures.py

The pictures are formulas and seeded noise. The answers are what tests/models/image compares with, so
that the tests themselves need no Python.
"""

import pathlib

import numpy as np
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).resolve().parent


def picture(width, height, seed=7):
    """Smooth colours, sharp edges and some noise: each shows another error of a resize."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / 5.0 + c) * np.cos(y / (4.0 + c)) * 90 + 128 for c in range(3)]
    rgb = np.stack(waves, -1)
    rgb[height // 4 : height // 2, width // 3 : width // 2] = (250, 20, 60)
    noise = np.random.default_rng(seed).normal(0, 12, rgb.shape)
    return Image.fromarray(np.clip(rgb + noise, 0, 255).astype(np.uint8))


def answer(image, name):
    """Binary PPM or PGM: a three-line header and the bytes."""
    image.save(FOLDER / f"{name}.{'pgm' if image.mode == 'L' else 'ppm'}")


def make_jpegs(base):
    for name, options in {
        "baseline_420": {"quality": 85, "subsampling": 2},
        "baseline_444": {"quality": 95, "subsampling": 0},
        "progressive": {"quality": 80, "progressive": True},
    }.items():
        base.save(FOLDER / f"{name}.jpg", **options)
        answer(Image.open(FOLDER / f"{name}.jpg").convert("RGB"), name)
    base.convert("L").save(FOLDER / "gray.jpg", quality=90)
    answer(Image.open(FOLDER / "gray.jpg").convert("RGB"), "gray_jpg")
    base.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=95)
    answer(Image.open(FOLDER / "cmyk.jpg").convert("RGB"), "cmyk")


def make_oriented():
    """One JPEG an EXIF orientation: four quadrants of 16x8 pixels, which compression does not mix."""
    quadrants = np.zeros((16, 32, 3), np.uint8)
    for at, colour in enumerate(((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))):
        row, column = divmod(at, 2)
        quadrants[row * 8 : row * 8 + 8, column * 16 : column * 16 + 16] = colour
    for value in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = value
        path = FOLDER / f"orientation_{value}.jpg"
        Image.fromarray(quadrants).save(path, quality=95, subsampling=0, exif=exif)
        answer(ImageOps.exif_transpose(Image.open(path)), f"orientation_{value}")


def make_pngs(base):
    small = base.resize((19, 13), Image.BILINEAR)
    small.save(FOLDER / "rgb8.png")
    answer(small, "rgb8")
    small.convert("L").save(FOLDER / "gray8.png")
    answer(small.convert("L"), "gray8")
    palette = small.quantize(16)
    palette.save(FOLDER / "palette4.png", bits=4)
    answer(palette.convert("RGB"), "palette4")
    bits = small.convert("1")
    bits.save(FOLDER / "gray1.png")
    answer(bits.convert("RGB"), "gray1")
    deep = (np.asarray(small.convert("L")).astype(np.uint16) << 8) + 99
    Image.fromarray(deep).save(FOLDER / "gray16.png")
    answer(small.convert("L").convert("RGB"), "gray16")
    alpha = np.linspace(0, 255, 19 * 13).round().astype(np.uint8).reshape(13, 19)
    rgba = np.dstack([np.asarray(small), alpha])
    Image.fromarray(rgba).save(FOLDER / "rgba8.png")
    black = (rgba[..., :3].astype(int) * alpha[..., None] + 127) // 255
    answer(Image.fromarray(black.astype(np.uint8)), "rgba8")


def make_resizes(base):
    for width, height in ((20, 14), (61, 47), (97, 5), (3, 120), (150, 100), (1, 1)):
        answer(base.resize((width, height), Image.BILINEAR), f"resize_{width}x{height}")
    answer(base.convert("L").resize((28, 28), Image.BILINEAR), "gray_28x28")
    # torchvision: Resize(32), CenterCrop((24, 31)).
    width, height = base.size
    long = int(32 * max(base.size) / min(base.size))
    resized = base.resize((long, 32) if width > height else (32, long), Image.BILINEAR)
    left, top = round((resized.width - 31) / 2), round((resized.height - 24) / 2)
    answer(resized.crop((left, top, left + 31, top + 24)), "shorter_32_crop_31x24")


def main():
    base = picture(61, 47)
    base.save(FOLDER / "base.png")
    make_jpegs(base)
    make_oriented()
    make_pngs(base)
    make_resizes(base)


if __name__ == "__main__":
    main()
