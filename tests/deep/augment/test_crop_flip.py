import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.deep.augment import CropFlip
from steelyard.errors import BadOption, BadTable


def windows(image, padding, flip):
    """All images that cropping and flipping can make of one, pixel by pixel."""
    _, h, w = image.shape
    found = []
    for mirrored in range(1 + flip):
        for down in range(-padding, padding + 1):
            for right in range(-padding, padding + 1):
                made = torch.zeros_like(image)
                for y in range(h):
                    for x in range(w):
                        from_y, from_x = y + down, x + right
                        if 0 <= from_y < h and 0 <= from_x < w:
                            made[:, y, x] = image[:, from_y, w - 1 - from_x if mirrored else from_x]
                found.append(made)
    return found


def some(n, c=2, h=3, w=4, dtype=torch.float32):
    """Images without two equal pixels."""
    return (1 + torch.arange(n * c * h * w)).reshape(n, c, h, w).to(dtype)


@settings(deadline=None, max_examples=30)
@given(
    n=st.integers(1, 4),
    h=st.integers(1, 4),
    w=st.integers(1, 4),
    padding=st.integers(0, 3),
    flip=st.booleans(),
    dtype=st.sampled_from([torch.float32, torch.float16, torch.uint8]),
    last=st.booleans(),
)
def test_each_image_is_one_of_the_windows(n, h, w, padding, flip, dtype, last):
    images = some(n, 2, h, w, dtype)
    if last:
        images = images.to(memory_format=torch.channels_last)
    before = images.clone()
    made = CropFlip(padding=padding, flip=flip)(images)
    assert made.dtype == dtype
    assert torch.equal(images, before)
    for image, result in zip(images, made, strict=True):
        assert any(torch.equal(result, window) for window in windows(image, padding, flip))


def test_all_windows_come_and_about_as_often():
    torch.manual_seed(0)
    image = some(1)
    made = CropFlip(padding=1)(image.expand(9000, -1, -1, -1))
    ways = windows(image[0], padding=1, flip=True)
    often = torch.tensor([(made == window).flatten(1).all(dim=1).sum() for window in ways])
    assert len(ways) == 18
    assert int(often.sum()) == 9000
    assert 400 < int(often.min()) <= int(often.max()) < 600


def test_images_are_changed_one_by_one():
    torch.manual_seed(0)
    made = CropFlip()(torch.rand(1, 3, 8, 8).expand(50, -1, -1, -1))
    assert len({tuple(image.flatten().tolist()) for image in made}) > 30


def test_the_global_stream_decides():
    images = torch.rand(20, 3, 8, 8)
    torch.manual_seed(5)
    first = CropFlip()(images)
    assert not torch.equal(CropFlip()(images), first)
    torch.manual_seed(5)
    assert torch.equal(CropFlip()(images), first)


def test_nothing_happens_outside_training_or_to_no_images():
    images = some(3)
    state = torch.get_rng_state()
    assert CropFlip().eval()(images) is images
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(CropFlip(padding=0, flip=False)(images), images)
    assert CropFlip()(images[:0]).shape == (0, 2, 3, 4)


def test_no_gradient_passes():
    assert not CropFlip()(some(2).requires_grad_()).requires_grad


def test_what_is_no_batch_of_images_is_refused():
    with pytest.raises(BadTable, match=r"\(3, 32\)"):
        CropFlip()(torch.zeros(3, 32))


@pytest.mark.parametrize(("settings", "said"), [({"padding": -1}, "padding"), ({"flip": 1}, "flip")])
def test_bad_arguments_are_refused(settings, said):
    with pytest.raises(BadOption, match=said):
        CropFlip(**settings)
