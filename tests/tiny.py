"""A network of five layers with PortraitNet's interface, for tests of what surrounds a network."""

import keras
from keras import layers


def tiny(size=32, channels=8, prior=False):
    """Normalized BGR (B, H, W, 3), with a prior 4 -> {"mask", "boundary"}: logits (B, H, W, 2)."""
    image = keras.Input((size, size, 4 if prior else 3), name="image")
    x = layers.Conv2D(channels, 3, 2, "same", use_bias=False, name="stem_conv")(image)
    x = layers.BatchNormalization(momentum=0.9, name="stem_bn")(x)
    x = layers.ReLU(name="stem_relu")(x)
    x = layers.UpSampling2D(2, interpolation="bilinear", name="decoder_up")(x)
    return keras.Model(
        image, {head: layers.Conv2D(2, 3, padding="same", name=head)(x) for head in ("mask", "boundary")}
    )
