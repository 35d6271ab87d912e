"""Asks the ranking service as Triton's own Python client does: client.py <host:port> <model>, feature rows as JSON on standard input; answers JSON."""
import json
import sys

import numpy as np
import tritonclient.grpc as grpc
import tritonclient.http as http
from tritonclient.utils import InferenceServerException

url, model = sys.argv[1:3]
rows = np.array(json.load(sys.stdin), dtype=np.float32)
answers = {}


def refusal(ask):
    try:
        ask()
    except InferenceServerException as error:
        return str(error)
    return ""


def infer(library, client, **options):
    given = library.InferInput("features", list(rows.shape), "FP32")
    given.set_data_from_numpy(rows, **options)
    result = client.infer(model, [given], outputs=[library.InferRequestedOutput("scores")], request_id="7")
    return result.as_numpy("scores").tolist()


for name, library in [("http", http), ("grpc", grpc)]:
    client = library.InferenceServerClient(url)
    metadata = client.get_model_metadata(model) if library is http else client.get_model_metadata(model, as_json=True)
    answers[name] = {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "modelReady": client.is_model_ready(model),
        "otherReady": client.is_model_ready("nobody"),
        "server": client.get_server_metadata()["name"] if library is http else client.get_server_metadata().name,
        "input": [metadata["inputs"][0]["name"], metadata["inputs"][0]["datatype"], [int(size) for size in metadata["inputs"][0]["shape"]]],
        "scores": infer(library, client),
        "refusal": refusal(lambda: client.get_model_metadata("nobody")),
    }
    if library is http:
        answers[name]["jsonScores"] = infer(library, client, binary_data=False)
    client.close()

json.dump(answers, sys.stdout)
