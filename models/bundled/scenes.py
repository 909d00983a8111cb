"""Pictures of clothes on cluttered grounds, with the class of every pixel, made from Fashion-MNIST.

A scene is a square RGB picture: a ground of soft colour, stripes, grain, discs and bars, and on it some items,
each mirrored, turned, enlarged, dyed and partly covered by the next. The ten classes of Fashion-MNIST become
four, told apart by their outline. All chance comes from the numpy generator that is passed in, so a seed gives
the same scenes on every machine.
"""

from typing import NamedTuple

import numpy as np

import fashion

CLASSES = ("background", "top", "trousers", "shoe", "bag")
CLASS_OF_ITEM = {"T-shirt": 1, "pullover": 1, "dress": 1, "coat": 1, "shirt": 1, "trouser": 2,
                 "sandal": 3, "sneaker": 3, "boot": 3, "bag": 4}


class Kind(NamedTuple):
    """What the scenes of a stage of the training are like."""

    size: int  # pixels, both ways
    items: int  # at most; one at least
    zoom: float  # of the items
    hidden: float  # of an item's pixels at most, by all later ones together


SERVED = Kind(96, 3, 1.3, 0.1)  # the test and the sample scenes; clothes_unet/config.pbtxt says the same size

SCALE = (1.2, 1.7)  # scene pixels to an item's pixel at zoom 1
TURN = np.pi / 12  # 15 degrees at most, either way
PLACES = 10  # tried for an item before it is left out
CLOSING = 2  # pixels by which a silhouette grows and shrinks again
INK = 24  # an item's pixels are brighter than this; its ground is black


def grown(mask):
    """bool [n, h, w] and the four neighbours of all that is set."""
    result = mask.copy()
    result[:, 1:] |= mask[:, :-1]
    result[:, :-1] |= mask[:, 1:]
    result[:, :, 1:] |= mask[:, :, :-1]
    result[:, :, :-1] |= mask[:, :, 1:]
    return result


def silhouettes(images):
    """Which pixels of uint8 [n, 28, 28] are the item: the bright ones, with narrow gaps closed, and all that they
    enclose (dark prints, the inside of a bag's handle)."""
    pad = CLOSING + 1
    closed = np.pad(images > INK, ((0, 0), (pad, pad), (pad, pad)))
    for _ in range(CLOSING):
        closed = grown(closed)
    for _ in range(CLOSING):
        closed = ~grown(~closed)
    outside = np.zeros_like(closed)
    outside[:, 0, :] = True
    while True:  # flood from the border until nothing changes
        flooded = grown(outside) & ~closed
        if np.array_equal(flooded, outside):
            return ~outside[:, pad:-pad, pad:-pad]
        outside = flooded


class Wardrobe:
    """Items to make scenes of: the images of one split, disjoint from those of the others."""

    def __init__(self, images, labels):
        self.images, self.masks = images, silhouettes(images)
        classes = np.array([CLASS_OF_ITEM[name] for name in fashion.CLASSES])[labels]
        self.of_class = [np.flatnonzero(classes == index) for index in range(len(CLASSES))]

    def draw(self, rng):
        """(class, item): every class but the background is as likely. An item is [28, 28, 2], brightness and
        coverage, both 0 to 1."""
        index = int(rng.integers(1, len(CLASSES)))
        chosen = rng.choice(self.of_class[index])
        mask = self.masks[chosen]
        return index, np.stack([self.images[chosen] * mask / np.float32(255), mask], -1).astype(np.float32)


def bilinear(values, rows, columns):
    """values [h, w, c] at fractional positions of any one shape; outside is 0."""
    height, width = values.shape[:2]
    padded = np.pad(values, ((1, 1), (1, 1), (0, 0)))
    rows = np.clip(rows, -1, height) + 1
    columns = np.clip(columns, -1, width) + 1
    top = np.minimum(rows.astype(np.int64), height)
    left = np.minimum(columns.astype(np.int64), width)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    above = padded[top, left] * (1 - right) + padded[top, left + 1] * right
    below = padded[top + 1, left] * (1 - right) + padded[top + 1, left + 1] * right
    return (above * (1 - down) + below * down).astype(np.float32)


def color(rng, saturation, brightness):
    """A colour of any hue, [3]; the two ranges as (least, most)."""
    hue = (rng.uniform() * 6 + np.array([0, 4, 2])) % 6
    pure = np.clip(np.abs(hue - 3) - 1, 0, 1)
    return rng.uniform(*brightness) * (1 - rng.uniform(*saturation) * (1 - pure))


def ground(rng, size):
    """[size, size, 3]: soft colours, stripes, grain, and a clutter of discs and bars."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    base = color(rng, (0, 0.8), (0.1, 0.8))
    picture = base + bilinear(rng.normal(0, 0.08, (7, 7, 3)), y / size * 6, x / size * 6)
    angle, period = rng.uniform(0, np.pi), rng.uniform(4, 24)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / period) + rng.uniform(0, 6))
    picture += wave[..., None] * color(rng, (0, 1), (0, 0.1))
    for _ in range(rng.integers(0, 1 + round(8 * size * size / 64**2))):
        row, column = rng.uniform(0, size, 2)
        if rng.uniform() < 0.5:
            inside = np.hypot(y - row, x - column) < rng.uniform(1.5, 7)
        else:
            turn = rng.uniform(0, np.pi)
            along = (x - column) * np.cos(turn) + (y - row) * np.sin(turn)
            across = (y - row) * np.cos(turn) - (x - column) * np.sin(turn)
            inside = (np.abs(along) < rng.uniform(5, 30)) & (np.abs(across) < rng.uniform(0.7, 2.5))
        picture[inside] = 0.3 * picture[inside] + 0.7 * color(rng, (0, 0.8), (0, 1))
    return picture + rng.normal(0, rng.uniform(0.01, 0.04), picture.shape)


def place(rng, item, size, zoom):
    """The item [28, 28, 2] somewhere in the scene: (its box as slices of rows and columns, [h, w, 2] there).
    A little of it may lie outside."""
    angle, scale, mirror = rng.uniform(-TURN, TURN), zoom * rng.uniform(*SCALE), rng.choice([-1, 1])
    extent = scale * fashion.SIZE
    row, column = rng.uniform(0.43 * extent, size - 0.43 * extent, 2)
    reach = 0.5 * extent * (np.cos(angle) + abs(np.sin(angle)))
    box = tuple(slice(max(0, int(middle - reach)), min(size, int(middle + reach) + 2)) for middle in (row, column))
    y, x = np.mgrid[box].astype(np.float32)
    y, x = (y - row) / scale, (x - column) / scale
    middle = (fashion.SIZE - 1) / 2
    return box, bilinear(item, y * np.cos(angle) - x * np.sin(angle) + middle,
                         mirror * (y * np.sin(angle) + x * np.cos(angle)) + middle)


def place_in_sight(rng, item, kind, owner, pixels):
    """A place that leaves enough of the items before to be seen, or None. `owner` says which of them is seen where,
    `pixels` how many each had."""
    for _ in range(PLACES):
        box, layer = place(rng, item, kind.size, kind.zoom)
        hidden = pixels - np.bincount(owner.ravel(), minlength=len(pixels))
        hidden += np.bincount(owner[box][layer[..., 1] > 0.5], minlength=len(pixels))
        if all(hidden[1:] <= kind.hidden * pixels[1:]):
            return box, layer
    return None


def scene(rng, wardrobe, kind):
    """(picture uint8 [size, size, 3], classes uint8 [size, size])."""
    picture = ground(rng, kind.size)
    owner = np.zeros((kind.size, kind.size), np.int64)  # which item is seen, from 1; 0 is the ground
    pixels, classes = np.array([owner.size]), [0]  # of the ground and of each item
    for _ in range(rng.integers(1, kind.items + 1)):
        index, item = wardrobe.draw(rng)
        dye = color(rng, (0, 0.7), (0.75, 1.1))
        placed = place_in_sight(rng, item, kind, owner, pixels)
        if placed is None:
            continue
        box, layer = placed
        mask = layer[..., 1] > 0.5
        owner[box][mask] = len(pixels)
        pixels, classes = np.append(pixels, mask.sum()), classes + [index]
        # Coverage from 1/4 to 3/4 fades in, so that edges are soft and lie where the mask ends.
        cover = np.clip(2 * layer[..., 1:] - 0.5, 0, 1)
        cloth = layer[..., :1] / np.maximum(layer[..., 1:], 0.1)
        picture[box] += (cloth * dye - picture[box]) * cover
    picture += rng.normal(0, 0.01, picture.shape)
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8), np.array(classes, np.uint8)[owner]


def scenes(rng, wardrobe, count, kind):
    """(pictures uint8 [count, size, size, 3], classes uint8 [count, size, size])."""
    pairs = [scene(rng, wardrobe, kind) for _ in range(count)]
    return np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
