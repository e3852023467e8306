"""Define the completion network of Iizuka et al., SIGGRAPH 2017, which has ordinary and dilated convolutions.

    Satoshi Iizuka, Edgar Simo-Serra, Hiroshi Ishikawa: Globally and Locally Consistent Image Completion.
    ACM Transactions on Graphics 36 (4), SIGGRAPH 2017.

The network is trained together with the critic in `glcic_critic`. The critic is not needed to fill a picture.
"""

from typing import cast

import torch
import torch.nn.functional as F
from torch import nn

from pconv_edu.core.arguments import is_whole

from .arguments import check_picture
from .fast_ops import select

MEAN = (0.485, 0.456, 0.406)  # the mean colour of ImageNet's pictures, used to paint holes
SMALLEST = 32  # px


class GLCIC(nn.Module):
    """Fill holes with the completion network of Iizuka et al.

    The first layer receives the picture with its holes painted in one colour, and a fourth channel that is 1 in holes
    and 0 elsewhere. Most layers work at a quarter of the resolution, where a few dilated convolutions are enough to see
    far. No layer treats holes differently from other pixels.

    Parameters
    ----------
    width : int, number of channels of the first layer, an even number. The default is half of the width in the
        paper

    Holes are painted in the mean colour of ImageNet. The paper uses the mean colour of its own training pictures.

    Attributes
    ----------
    margin : int, what a tile of a large picture must show around itself, in px. An output pixel depends on pixels at
        most 153 px away: the layers before the first doubling reach 143 px, and the last five add 10 px. With this
        margin, a multiple of 8, a tile is filled like the same part of the whole picture
    deepest_hole : int, radius in px of the deepest hole that is filled without a further fill at a reduced size. The
        centre of such a hole still sees the 15 px of the picture around it, because the dilated layers reach 143 px

    Call
    ----
    ``network(image, mask) -> image``

    image : (N, 3, H, W) in [0, 1], of any size of at least 32×32. Values in holes are never used, so they may be NaN
    mask : (N, 1, H, W), 1 = valid, 0 = hole. Every value except 0 counts as valid
    returns (N, 3, H, W) in [0, 1], the picture with its holes filled. Valid pixels are copied from the image

    Raises
    ------
    ValueError, TypeError
        If the width is not an even whole number of at least 2, if the shapes are inconsistent, or if the picture is
        smaller than 32×32.

    Examples
    --------
    >>> network = GLCIC(width=4).eval()
    >>> network(torch.rand(1, 3, 50, 40), torch.zeros(1, 1, 50, 40)).shape
    torch.Size([1, 3, 50, 40])
    """

    margin = 160
    deepest_hole = 128

    mean: torch.Tensor

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        if not is_whole(width) or width < 2 or width % 2:
            raise ValueError(f"width is {width!r}; give an even whole number of at least 2")
        self.settings = {"width": width}
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        c = width
        self.layers = nn.Sequential(  # the comments give the height and width of the result
            convolution(4, c, kernel_size=5),  # H, W
            convolution(c, 2 * c, stride=2),  # H / 2, W / 2
            convolution(2 * c, 2 * c),
            convolution(2 * c, 4 * c, stride=2),  # H / 4, W / 4
            convolution(4 * c, 4 * c),
            convolution(4 * c, 4 * c),
            convolution(4 * c, 4 * c, dilation=2),
            convolution(4 * c, 4 * c, dilation=4),
            convolution(4 * c, 4 * c, dilation=8),
            convolution(4 * c, 4 * c, dilation=16),
            convolution(4 * c, 4 * c),
            convolution(4 * c, 4 * c),
            doubling(4 * c, 2 * c),  # H / 2, W / 2
            convolution(2 * c, 2 * c),
            doubling(2 * c, c),  # H, W
            convolution(c, c // 2),
        )
        self.output = nn.Conv2d(c // 2, 3, 3, padding=1)
        with torch.no_grad():  # before training, all fills have nearly the mean colour
            self.output.weight.mul_(0.1)
            self.output.bias.copy_(torch.logit(self.mean.flatten()))  # type: ignore[union-attr]

    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        check_picture(image, mask, SMALLEST)
        height, width = image.shape[2:]
        valid = mask.bool()
        # The mean colour becomes 0, which is also what the convolutions pad with.
        x = torch.cat([select(image - self.mean, valid), (~valid).to(image.dtype)], 1)  # (N, 4, H, W)
        x = F.pad(x, (0, -width % 4, 0, -height % 4), mode="replicate")  # right and bottom
        x = self.output(self.layers(x))[:, :, :height, :width]
        return torch.where(valid, image, x.to(image.dtype).sigmoid())


class Block(nn.Module):
    """Apply a convolution, batch norm and a ReLU."""

    def __init__(self, conv: nn.Conv2d | nn.ConvTranspose2d) -> None:
        super().__init__()
        self.conv = conv
        self.norm = nn.BatchNorm2d(conv.out_channels)
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the features (N, out_channels, H', W') of x (N, in_channels, H, W)."""
        return F.relu(cast(torch.Tensor, self.norm(self.conv(x))), inplace=True)


def convolution(channels: int, out_channels: int, kernel_size: int = 3, stride: int = 1, dilation: int = 1) -> Block:
    """Return a block that divides the height and width of its input by the stride.

    With dilation d, the taps of the kernel are d pixels apart:

        y[i, j] = Σ w[a, b] · x[i + d · (a − 1), j + d · (b − 1)],  a, b = 0, 1, 2        for a 3×3 kernel
    """
    padding = dilation * (kernel_size // 2)
    # Batch norm subtracts the mean, so a bias before it would have no effect.
    return Block(nn.Conv2d(channels, out_channels, kernel_size, stride, padding, dilation, bias=False))


def doubling(channels: int, out_channels: int) -> Block:
    """Return a block that doubles the height and width of its input with a transposed 4×4 convolution of stride 2."""
    return Block(nn.ConvTranspose2d(channels, out_channels, 4, stride=2, padding=1, bias=False))
