"""The exhibits, in the four rooms of the museum.

* ``formula``: layers that compute something other than equation (1)
* ``precision_and_devices``: layers with the right formula that fail in numbers, memory or modules
* ``masks``: layers and file readers that use the wrong mask
* ``around_the_layer``: faults in a network, a score and a table of bins
"""
