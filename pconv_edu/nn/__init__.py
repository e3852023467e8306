"""PyTorch: layer → network → losses → training.

In the order of the course:

* ``partial_conv``: the layer; ``fast_ops``: its two operations that must be fast
* ``unet``: the networks, with partial and with ordinary convolutions
* ``vgg``: the features that losses compare; ``losses``: the six-term loss
* ``data``: random crops of photos, and holes; ``photo_folder``: the images of a folder
* ``draws``: the random numbers of a sample
* ``device_photos``: photos in the memory of a GPU; ``device_data``: the same crops and holes, made there a batch at a
  time
* ``stages``: number of steps, size of pictures and learning rates; ``recipes``: all that decides a training run
* ``training``: the loop; ``run``: one step, and the state that is saved
* ``reports``: log, samples and curves; ``failures``: errors that say what to do
* ``weights``: the networks that ship, and their cards; ``packing``: how a run becomes one of them
* ``command``: ``pconv-edu train``

Files and devices:

* ``run_folder``, ``checkpoint``, ``state_file``, ``recipe_files``: read and write what a run leaves in its folder
* ``resume``: checks that a run is resumed with what it began with
* ``device``: CPU, GPU, and several processes
* ``arguments``: checks of the tensors that layers, networks and losses get
"""

from .losses import InpaintingLoss, LossWeights
from .partial_conv import PartialConv2d
from .unet import ConvUNet, PConvUNet
from .vgg import VGGFeatures
from .weights import load_weights

__all__ = ["ConvUNet", "InpaintingLoss", "LossWeights", "PConvUNet", "PartialConv2d", "VGGFeatures", "load_weights"]
