"""Define the exhibits of the museum, with one module for each of the four rooms.

* ``formula``: layers that compute something other than equation (1)
* ``precision_and_devices``: layers with the right formula, but with numerical, speed or device problems
* ``masks``: layers and file readers that use the wrong mask
* ``around_the_layer``: faults in a network, a score and a table of bins
"""
