"""Writes a function of TensorFlow as a graph model of TensorFlow.js.

The tensorflowjs package does the same and more, and brings JAX, Flax and decision forests along; a graph without control flow needs none of them.
"""
import json

import numpy as np
from google.protobuf import json_format
from tensorflow import dtypes, make_ndarray
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

# What TensorFlow.js computes with.
WEIGHTS = {'float32': np.float32, 'int32': np.int32, 'bool': np.bool_}
SHARD = 'group1-shard1of1.bin'


def write_graph_model(function, outputs, folder):
    """
    function: a concrete function with named inputs; outputs: names of what it answers, in the order of its outputs. Writes model.json and its weights into folder.
    Variables become constants, functions are inlined.
    """
    frozen = convert_variables_to_constants_v2(function)
    graph = frozen.graph.as_graph_def()
    weights, values = [], []
    for node in graph.node:
        if node.op != 'Const':
            continue
        value = make_ndarray(node.attr['value'].tensor)
        dtype = dtypes.as_dtype(value.dtype).name
        if dtype not in WEIGHTS:
            value, dtype = value.astype(np.int32), 'int32'
        weights.append({'name': node.name, 'shape': list(value.shape), 'dtype': dtype})
        values.append(np.ascontiguousarray(value, dtype=WEIGHTS[dtype]).tobytes())
        # The values are in the other file.
        node.attr['value'].tensor.Clear()
        node.attr['value'].tensor.dtype = dtypes.as_dtype(dtype).as_datatype_enum

    def signed(tensor):
        sizes = [{'size': str(-1 if size is None else size)} for size in tensor.shape.as_list()]
        return {'name': tensor.name, 'dtype': f'DT_{dict(float32="FLOAT", int32="INT32", bool="BOOL")[tensor.dtype.name]}', 'tensorShape': {'dim': sizes}}

    (folder / 'model.json').write_text(json.dumps({
        'format': 'graph-model', 'generatedBy': 'tensorflow', 'modelTopology': json_format.MessageToDict(graph),
        'signature': {'inputs': {each.op.name: signed(each) for each in frozen.inputs}, 'outputs': {name: signed(each) for name, each in zip(outputs, frozen.outputs, strict=True)}},
        'weightsManifest': [{'paths': [SHARD], 'weights': weights}],
    }))
    (folder / SHARD).write_bytes(b''.join(values))
