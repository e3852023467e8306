"""Guided fill: a network says what belongs in the hole, PatchMatch says what it looks like in detail."""

import cv2
import numpy as np

from .patchmatch import build_pyramid, fill_pyramid, fitting_size


def fill_guided(
    image, mask, picture, seed=0, patch_size=7, votes=20, iterations=2, progress=False, levels=3, share=(0.0, 0.03, 0.3), sigma=5.0, blend=4.0
):
    size = fitting_size(mask, patch_size)
    pyramid = build_pyramid(image, mask, size)[:levels]
    whole = np.where(mask[..., None], image, picture).astype(np.float32)
    guides = [whole]
    for known, valid in pyramid[1:]:
        small = cv2.resize(guides[-1], valid.shape[::-1], interpolation=cv2.INTER_AREA)
        guides.append(np.where(valid[..., None], known, small).astype(np.float32))
    blurred = [cv2.GaussianBlur(guide, (0, 0), sigma) for guide in guides]
    shares = [share[min(n, len(share) - 1)] for n in range(len(pyramid))]
    fill = fill_pyramid(pyramid, guides[-1], size, votes, iterations, seed, progress, blurred, shares)
    if blend:
        fill = np.where(mask[..., None], image, fill).astype(np.float32)
        fill = fill + cv2.GaussianBlur(whole - fill, (0, 0), blend)
    return np.where(mask[..., None], image, fill).clip(0, 1)
