"""Training runs and tables of rows for the tests."""

import csv
import json


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make_run(run):
    """A finished run with the weights of `l1`."""
    from safetensors.torch import save_file

    from pconv_edu.nn import load_weights
    from pconv_edu.nn.run_folder import RECIPE, WEIGHTS
    from pconv_edu.nn.weights import cards

    run.mkdir(parents=True)
    save_file(load_weights("l1").state_dict(), run / WEIGHTS)
    (run / RECIPE).write_text(json.dumps(cards()["l1"]["recipe"]), encoding="utf-8")
    return run
