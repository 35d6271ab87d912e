"""Writes the dense model of the runtime suite as a SavedModel: saved_model.py <folder>, its weights as JSON on standard input."""
import json
import sys

import numpy as np
import tensorflow as tf

given = {name: np.array(values, dtype=np.float32) for name, values in json.load(sys.stdin).items()}
HIDDEN = len(given["bias"])


class Dense(tf.Module):
    def __init__(self):
        self.hidden = tf.Variable(given["hidden"].reshape(-1, HIDDEN))
        self.bias = tf.Variable(given["bias"])
        self.click = tf.Variable(given["click"].reshape(HIDDEN, 1))
        self.value = tf.Variable(given["value"].reshape(HIDDEN, 1))

    @tf.function(input_signature=[tf.TensorSpec([None, len(given["hidden"]) // HIDDEN], tf.float32, name="features")])
    def serve(self, features):
        hidden = tf.nn.relu(features @ self.hidden + self.bias)
        return {"click": tf.sigmoid(hidden @ self.click), "value": hidden @ self.value}


model = Dense()
tf.saved_model.save(model, sys.argv[1], signatures=model.serve)
