"""Random inputs for the public functions: each must return a right result or raise an error in plain words.

``python -m tests.fuzz`` runs thousands of cases, ``python -m tests.fuzz --case 1234`` runs one again and shows it.
A case is made from one number, its seed. In the order of reading: ``given`` (a value and whether it is right),
``arrays``, ``options`` and ``files`` (draw values), ``doors`` and ``file_doors`` (draw calls of the public functions
and say what a good result is), ``judge`` (runs a call), ``pool`` (runs many, in processes that may crash or hang).
"""
