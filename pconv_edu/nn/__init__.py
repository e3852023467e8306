"""Provide the partial convolution layer, the networks, the losses and the training loop in PyTorch.

These modules are listed in the order in which the course uses them:

* ``partial_conv``: the partial convolution; ``fast_ops``: fast versions of two of its operations
* ``unet``: the networks with partial and with ordinary convolutions, and how far their layers see; ``receptive_field``:
  the pixels on which the output of a layer depends; ``variants``: networks that lack a part of the partial convolution,
  and the network with gated convolutions
* ``vgg``: the features with which the loss compares pictures; ``losses``: the six-term loss
* ``contextual_attention``: a layer that copies features into holes; ``attention_network``: a network with this layer;
  ``mirror_conv``: its other layers; ``attention_critic``: the losses and critics that train this network
* ``glcic``: a network with dilated convolutions; ``glcic_critic``: the losses and the critic that train this network;
  ``local_patch``: the square part of a picture that a local critic judges
* ``data``: random crops of photos with random holes; ``photo_folder``: the list of images in a folder
* ``draws``: the random numbers from which a training sample is made
* ``device_photos``: photos in the memory of a GPU; ``device_data``: the same crops and holes as in ``data``, but made a
  batch at a time
* ``stages``: the stages of training, with step counts, picture sizes and learning rates
* ``recipe_base``, ``recipes``, ``rival_recipes``: everything that decides the result of a training run
* ``training``: the training loop; ``run``: a single step, and the state that is saved; ``adversarial``: the same for a
  network with a critic
* ``reports``: the log, samples and curves; ``failures``: errors whose messages say what to do
* ``weights``: the shipped networks and their cards; ``packing``: the step that turns a run into a shipped network
* ``command``: the command ``pconv-edu train``

These modules handle files, devices and arguments:

* ``run_folder``, ``checkpoint``, ``state_file``, ``recipe_files``: read and write the files in the folder of a run
* ``resume``: checks that a run is resumed with the settings with which it began
* ``device``: chooses the CPU or a GPU, and connects several processes
* ``arguments``: checks the tensors that layers, networks and losses receive
"""

from .losses import InpaintingLoss, LossWeights
from .partial_conv import PartialConv2d
from .unet import ConvUNet, PConvUNet
from .variants import GatedUNet, MaskInputUNet, NoRatioUNet, NoUpdateUNet, gates
from .vgg import VGGFeatures
from .weights import load_weights

__all__ = [
    "ConvUNet",
    "GatedUNet",
    "InpaintingLoss",
    "LossWeights",
    "MaskInputUNet",
    "NoRatioUNet",
    "NoUpdateUNet",
    "PConvUNet",
    "PartialConv2d",
    "VGGFeatures",
    "gates",
    "load_weights",
]
