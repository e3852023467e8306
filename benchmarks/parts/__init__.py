"""What several benchmarks share; none of these files is a program.

``timing``         calls timed in turn
``paper_layers``   the paper's sixteen layers, with inputs and masks
``networks``       the U-Net, its plain twin, and a training step
``trainer``        batches for the first stage of a recipe
``gpu_plan``       how much `gpu_check.py` measures, and what the computer is
``gpu_stages``     what `gpu_check.py` measures
``cuda_tests``     runs the tests that need CUDA
``worker``         a process that runs a stage and can be stopped
``table``          prints what `gpu_check.py` measures
"""
