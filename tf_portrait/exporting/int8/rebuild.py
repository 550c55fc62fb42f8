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
    if kind not in KEPT:
        raise PortraitError(
            f"{layer.name}: a {kind} layer cannot be quantized; replace it or fold it away before the export, "
            f"or add it to quantize/rebuild.py. Known: {', '.join(KEPT)}"
        )
    config = layer.get_config()
    if kind == "Activation" and config["activation"] in ("hard_silu", "hard_swish"):
        raise PortraitError(
            f"{layer.name}: hard swish cannot be quantized, and XNNPACK has none of int8, so that the file would be "
            "slower than a float one; use --formats float16 (docs/selfie.md)"
        )
    twin = getattr(tf_keras.layers, kind)(name=layer.name, **{key: config[key] for key in KEPT[kind]})
    if layer.weights:  # now, since tfmot's wrapper hides the kernel
        twin.build(tuple(layer.input.shape))
        twin.set_weights(layer.get_weights())
    return twin
