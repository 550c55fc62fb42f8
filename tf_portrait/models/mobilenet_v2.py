"""MobileNetV2 without its classifier, as PortraitNet uses it: (B, H, W, C) in, features at 1/4 to 1/32 out."""

from tf_portrait.models.blocks import conv_bn, inverted_residual

# (expansion, channels, blocks, stride) of stages 1 to 7; the 1280-channel convolution is left out.
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def scaled(channels, width, minimum=8):
    """Channels at this width, rounded to a multiple of 8 as MobileNetV2 does (never down by over 10 %)."""
    channels *= width
    rounded = max(minimum, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def mobilenet_v2(image, channels, style, expand_first=False):
    """Features by output stride.

    image: (B, H, W, 3 or 4). channels: function from the printed channel count to the one wanted.
    Returns {4: (B, H/4, W/4, 24), 8: .. 32, 16: .. 96, 32: .. 320} at width 1.
    """
    x = conv_bn(image, channels(32), 3, "stem", style, stride=2)
    features, total = {}, 2
    for stage, (expansion, filters, blocks, stride) in enumerate(STAGES, start=1):
        for block in range(1, blocks + 1):
            step = stride if block == 1 else 1
            name = f"stage{stage}_{block}"
            x = inverted_residual(x, channels(filters), step, expansion, name, style, expand_first)
            total *= step
        features[total] = x
    del features[2]
    return features
