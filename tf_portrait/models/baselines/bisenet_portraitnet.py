"""BiSeNet as PortraitNet's authors built it: the fusion already has the channels of the classes.

Yu et al., "BiSeNet: Bilateral Segmentation Network for Real-time Semantic Segmentation", ECCV 2018. 2.31 GMAC at 224,
as SINet prints. Of the 12,409,664 parameters that PortraitNet's 12.4 M are, 514,548 are never computed with (ImageNet's
classifier above all). `bisenet` is the same idea with the widths of BiSeNet's paper.
"""

from keras import layers

from tf_portrait.models.baselines import blocks

RENAMED = ((r"^conv$", "mask"), (r"^context_path\.features", "context_path"))
UNUSED = r"features\.fc\.|^attention_refinement_module\d\.bn\.|^feature_fusion_module\.conv2\."


def bisenet_portraitnet(size=224, classes=2):
    """The network, from normalized image to logits.

    size: height and width, a multiple of 32; None leaves both open. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a size that does not fit.
    """
    image = blocks.image_input("bisenet_portraitnet", size, classes, 32, 64)
    spatial = image
    for index, filters in enumerate((64, 128, 256), 1):
        name = f"saptial_path_convblock{index}"  # their spelling
        spatial = _conv_bn(spatial, filters, 3, f"{name}_conv1", f"{name}_bn", 2, bias=True)
    sixteenth, last = _resnet18(image)
    tail = blocks.global_mean(last, "tail_mean")
    sixteenth = _attention(sixteenth, "attention_refinement_module1")
    last = layers.Multiply(name="tail_scale")([_attention(last, "attention_refinement_module2"), tail])
    x = blocks.concat([spatial, _up(sixteenth, 2, "sixteenth_up"), _up(last, 4, "last_up")], "fusion_concat")
    name = "feature_fusion_module"
    x = _conv_bn(x, classes, 3, f"{name}_convblock_conv1", f"{name}_convblock_bn", bias=True)
    gate = blocks.conv(blocks.global_mean(x, "fusion_mean"), classes, 1, f"{name}_conv1", bias=True)
    gate = layers.Activation("sigmoid", name="fusion_gate")(blocks.relu(gate, "fusion_gate_relu"))
    x = blocks.add([x, layers.Multiply(name="fusion_scale")([x, gate])], "fusion_add")
    x = blocks.conv(_up(x, 8, "fusion_up"), classes, 1, "mask", bias=True)
    return blocks.network(image, x, "bisenet_portraitnet")


def _up(x, factor, name):
    return layers.UpSampling2D(factor, interpolation="bilinear", name=name)(x)


def _conv_bn(x, filters, kernel, name, bn_name, stride=1, activation=True, bias=False):
    x = blocks.batch_norm(blocks.conv(x, filters, kernel, name, stride, bias=bias), bn_name)
    return blocks.relu(x, f"{name}_relu") if activation else x


def _resnet18(image):
    """The maps at 1/16 and 1/32."""
    x = _conv_bn(image, 64, 7, "context_path_conv1", "context_path_bn1", 2)
    x = layers.MaxPooling2D(3, 2, name="context_path_pool")(layers.ZeroPadding2D(1, name="context_path_pool_pad")(x))
    maps = []
    for stage, filters in enumerate((64, 128, 256, 512), 1):
        for block in (0, 1):
            stride = 2 if stage > 1 and block == 0 else 1
            x = _basic_block(x, filters, stride, f"context_path_layer{stage}_{block}")
        maps.append(x)
    return maps[2:]


def _basic_block(x, filters, stride, name):
    y = _conv_bn(x, filters, 3, f"{name}_conv1", f"{name}_bn1", stride)
    y = _conv_bn(y, filters, 3, f"{name}_conv2", f"{name}_bn2", activation=False)
    if stride > 1:
        x = _conv_bn(x, filters, 1, f"{name}_downsample_0", f"{name}_downsample_1", stride, activation=False)
    return blocks.relu(blocks.add([x, y], f"{name}_add"), f"{name}_relu")


def _attention(x, name):
    gate = blocks.conv(blocks.global_mean(x, f"{name}_mean"), x.shape[-1], 1, f"{name}_conv", bias=True)
    return layers.Multiply(name=f"{name}_scale")([x, layers.Activation("sigmoid", name=f"{name}_gate")(gate)])
