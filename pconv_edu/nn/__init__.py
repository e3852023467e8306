"""Provide the layer, the networks, the losses and the training in PyTorch.

The first modules are in the order of the course:

* ``partial_conv``: the partial convolution; ``fast_ops``: two of its operations that must be fast
* ``unet``: the networks, with partial and with ordinary convolutions, and their reach; ``receptive_field``: the pixels
  that a layer depends on
* ``vgg``: the features that the losses compare; ``losses``: the six-term loss
* ``contextual_attention``: a layer that copies features into holes; ``attention_network``: a network with that layer;
  ``attention_critic``: its losses and critics; ``local_patch``: the square that a local critic judges
* ``data``: random crops of photos, and holes; ``photo_folder``: the images of a folder
* ``draws``: the random numbers of a sample
* ``device_photos``: photos in the memory of a GPU; ``device_data``: the crops and holes of ``data``, made in batches
* ``stages``: the number of steps, the size of pictures and the learning rates; ``recipes``: everything that decides the
  result of a training run
* ``training``: the loop; ``run``: one step, and the state that is saved
* ``reports``: the log, samples and curves; ``failures``: errors whose messages say what to do
* ``weights``: the shipped networks and their cards; ``packing``: the step that turns a run into a shipped network
* ``command``: ``pconv-edu train``

These modules handle files, devices and arguments:

* ``run_folder``, ``checkpoint``, ``state_file``, ``recipe_files``: read and write the files in the folder of a run
* ``resume``: checks that a run is resumed with the settings that it began with
* ``device``: the choice of CPU or GPU, and several processes
* ``arguments``: checks of the tensors that layers, networks and losses receive
"""

from .losses import InpaintingLoss, LossWeights
from .partial_conv import PartialConv2d
from .unet import ConvUNet, PConvUNet
from .vgg import VGGFeatures
from .weights import load_weights

__all__ = ["ConvUNet", "InpaintingLoss", "LossWeights", "PConvUNet", "PartialConv2d", "VGGFeatures", "load_weights"]
