"""The two-view model: one network on both views of a batch, and the objective that holds them together.

It overrides compute_loss alone, so Keras' own train step of the TensorFlow, JAX or torch backend does the rest.
"""

import keras
import numpy as np
from keras import ops

from tf_portrait.losses import Objective
from tf_portrait.losses.pixel import margin
from tf_portrait.models.normalize import normalize


class TwoView(keras.Model):
    """Trains a network with an objective.

    network: normalized BGR (B, H, W, 3), with a prior 4 -> {"mask", "boundary"} logits (B, H, W, 2).
    Inputs {"image", "view2"}: RGB (B, H, W, 3 or 4), 0..255. Targets {"mask", "boundary"}: (B, H, W), 0..1, ignored -1.
    l2: coupled weight decay on all trainable weights, as PyTorch's Adam does it (Keras' own is decoupled).
    ema: decay of an exponential moving average of all weights, BatchNorm's statistics included; 0 keeps none.
    feedback: of a network with a prior: what it says of A is the previous mask of A', as if they were two frames.
    """

    def __init__(self, network, objective: Objective, l2=0.0, ema=0.0, feedback=False):
        super().__init__(name="two_view")
        self.network, self.objective, self.l2, self.ema, self.feedback = network, objective, l2, ema, feedback
        self.terms = {name: keras.metrics.Mean(name=name) for name in objective.names}
        self.averages = []
        if ema:
            self.updates = self.add_weight(name="ema_updates", initializer="zeros", trainable=False)
            for weight in network.weights:
                name = "ema_" + weight.path.replace("/", "_")
                average = self.add_weight(name=name, shape=weight.shape, initializer="zeros", trainable=False)
                # A copy: JAX refuses to donate one buffer under two names.
                average.assign(np.array(ops.convert_to_numpy(weight)))
                self.averages.append(average)

    def call(self, inputs, training=None):
        if self.feedback:
            return self._two_frames(inputs, training)
        # The authors' order, which BatchNorm's running statistics remember: A' first, then A.
        outputs = {"second": self.network(normalize(inputs["view2"]), training=training)}
        if self.objective.views == 2:
            outputs["first"] = self.network(normalize(inputs["image"]), training=training)
        return outputs

    def _two_frames(self, inputs, training):
        """The outputs for A, and for A' with the answer to A as its previous mask; no gradient runs back in time."""
        first = self.network(normalize(inputs["image"]), training=training)
        answer = 255.0 * ops.stop_gradient(ops.sigmoid(margin(first["mask"])))
        view2 = ops.cast(inputs["view2"][..., :3], answer.dtype)
        second = self.network(normalize(ops.concatenate([view2, answer[..., None]], axis=-1)), training=training)
        return {"first": first, "second": second}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        terms = self.objective(y_pred.get("first"), y_pred["second"], y["mask"], y["boundary"], x["view2"][..., :3])
        for name, tracker in self.terms.items():
            tracker.update_state(terms[name])
        if self.ema and training:
            self._update_averages()
        total = terms["total"]
        if self.l2:
            total = total + 0.5 * self.l2 * sum(ops.sum(ops.square(w)) for w in self.network.trainable_variables)
        return total

    def final_weights(self):
        """The weights to validate and save, in the order of network.weights: the averages if there are any."""
        return [np.array(ops.convert_to_numpy(weight)) for weight in self.averages or self.network.weights]

    def _update_averages(self):
        """Here and not in the optimizer: Keras' own averages leave BatchNorm out and overwrite the model after fit."""
        self.updates.assign_add(1.0)
        # Early averages would still hold the first weights, so the decay starts low.
        decay = ops.minimum(self.ema, (1.0 + self.updates) / (10.0 + self.updates))
        for average, weight in zip(self.averages, self.network.weights, strict=True):
            average.assign(decay * average + (1.0 - decay) * ops.stop_gradient(ops.cast(weight, average.dtype)))
