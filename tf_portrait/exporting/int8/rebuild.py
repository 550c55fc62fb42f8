"""A Keras 3 model rebuilt in tf_keras, which is all that tensorflow-model-optimization understands."""

import tf_keras

from tf_portrait.errors import PortraitError
from tf_portrait.exporting.graph.walk import check_functional, layers_of, walk

# What each layer keeps of its Keras 3 configuration; the rest has other formats in tf_keras or does not matter here.
_CONVOLUTION = ("kernel_size", "strides", "padding", "dilation_rate", "use_bias", "activation")
KEPT = {
    "Conv2D": ("filters", *_CONVOLUTION),
    "DepthwiseConv2D": ("depth_multiplier", *_CONVOLUTION),
    "Conv2DTranspose": ("filters", *_CONVOLUTION),
    "BatchNormalization": ("momentum", "epsilon"),
    "MaxPooling2D": ("pool_size", "strides", "padding"),
    "GlobalAveragePooling2D": ("keepdims",),
    "UpSampling2D": ("size", "interpolation"),
    "ZeroPadding2D": ("padding",),
    "ReLU": ("max_value", "negative_slope", "threshold"),
    "Activation": ("activation",),
    "Add": (),
    "Multiply": (),
    "Concatenate": ("axis",),
}
# Without weights, and unknown to tf_keras or of another form there: their own call serves it too.
COMPUTED = (
    "AlignedBilinear", "Cropping2D", "LeakyReLU", "PadChannels", "PaddedMaxPooling", "Permute", "PortraitPrior",
    "Spread", "Unpooling",
)  # fmt: skip


class Computed(tf_keras.layers.Layer):
    """What a Keras 3 layer without weights computes."""

    def __init__(self, layer):
        super().__init__(name=layer.name)
        self.compute = layer.call

    def call(self, inputs):
        return self.compute(inputs)


class StridedDilated(tf_keras.layers.DepthwiseConv2D):
    """A stride and a dilation at once, which tf.nn.depthwise_conv2d cannot: all results, of which the stride's stay."""

    def __init__(self, strides, **config):
        super().__init__(**config)
        self.step = strides

    def call(self, inputs):
        return super().call(inputs)[:, :: self.step[0], :: self.step[1]]


def rebuild(model, batch="same", wrap=lambda layer: layer, start=lambda image: image):
    """The same graph in tf_keras: same names, same weights, equal outputs.

    model: functional Keras 3 model. batch: size of the new one's batch, None for any; "same" keeps it.
    wrap: what takes the place of each new layer. start: what happens to the input first.
    Returns a tf_keras.Model with the same outputs.
    Raises PortraitError naming a layer that has no counterpart.
    """
    check_functional(model)
    (shape,) = [tensor.shape for tensor in model.inputs]
    image = tf_keras.Input(shape[1:], batch_size=shape[0] if batch == "same" else batch, name=model.inputs[0].name)
    twins = {layer.name: _twin(layer) for layer in layers_of(model)}
    made = walk(model, start(image), lambda layer, inputs: wrap(twins[layer.name])(inputs))
    outputs = {id(layer.output): made[layer.name] for layer in model.layers if layer.name in made}
    wanted = model.output
    if isinstance(wanted, dict):
        wanted = {name: outputs[id(tensor)] for name, tensor in wanted.items()}
    else:
        wanted = outputs[id(wanted)]
    return tf_keras.Model(image, wanted, name=model.name)


def _twin(layer):
    kind = type(layer).__name__
    if kind in COMPUTED:
        return Computed(layer)
    if kind not in KEPT:
        raise PortraitError(
            f"{layer.name}: a {kind} layer cannot be quantized; replace it or fold it away before the export, "
            f"or add it to exporting/int8/rebuild.py. Known: {', '.join((*KEPT, *COMPUTED))}"
        )
    config = layer.get_config()
    if kind == "Activation" and config["activation"] in ("hard_silu", "hard_swish"):
        raise PortraitError(
            f"{layer.name}: hard swish cannot be quantized, and XNNPACK has none of int8, so that the file would be "
            "slower than a float one; use --formats float16 (docs/selfie.md)"
        )
    make = getattr(tf_keras.layers, kind)
    if kind == "DepthwiseConv2D" and max(layer.strides) > 1 and max(layer.dilation_rate) > 1:
        make = StridedDilated
    twin = make(name=layer.name, **{key: config[key] for key in KEPT[kind]})
    if layer.weights:  # now, since tfmot's wrapper hides the kernel
        twin.build(tuple(layer.input.shape))
        twin.set_weights(layer.get_weights())
    return twin
