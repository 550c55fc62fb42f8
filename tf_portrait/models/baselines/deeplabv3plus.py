"""DeepLabv3+ on SE-ResNeXt-50, the teacher that labels SINet's extra photos.

Chen et al., "Encoder-Decoder with Atrous Separable Convolution for Semantic Image Segmentation", ECCV 2018; Hu et al.,
"Squeeze-and-Excitation Networks", CVPR 2018. 28,680,706 trainable parameters, 7.003 GMAC at 224; SINet prints none.
"""

from keras import layers

from tf_portrait.models.baselines import blocks

RENAMED, UNUSED = (), None


def deeplabv3plus(size=224, classes=2):
    """The network of the papers, from normalized image to logits.

    size: height and width, a multiple of 16; None leaves both open. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a size that does not fit.
    """
    image = blocks.image_input("deeplabv3plus", size, classes, 16, 64)
    x = _conv_bn(image, 64, 7, "encoder_layer0_conv1", "encoder_layer0_bn1", 2)
    x = layers.MaxPooling2D(3, 2, "same", name="encoder_layer0_pool")(x)
    for stage, (width, count, stride) in enumerate(((128, 3, 1), (256, 4, 2), (512, 6, 2), (1024, 3, 1)), 1):
        for index in range(count):
            x = _block(x, width, stride if index == 0 else 1, 2 if stage == 4 else 1, f"encoder_layer{stage}_{index}")
        if stage == 1:
            fourth = x
    x = blocks.resize(_aspp(x), 4, "decoder_up")
    detail = _conv_bn(fourth, 48, 1, "decoder_block1_0", "decoder_block1_1")
    x = blocks.concat([x, detail], "decoder_concat")
    x = _separable(x, 1, "decoder_block2_0", "decoder_block2_1")
    x = blocks.conv(x, classes, 1, "segmentation_head_0", bias=True)
    return blocks.network(image, blocks.resize(x, 4, "mask"), "deeplabv3plus")


def _conv_bn(x, filters, kernel, name, bn_name, stride=1, activation=True):
    x = blocks.batch_norm(blocks.conv(x, filters, kernel, name, stride), bn_name)
    return blocks.relu(x, f"{name}_relu") if activation else x


def _separable(x, rate, name, bn_name):
    x = blocks.depthwise(x, 3, f"{name}_0", 1, rate)
    return _conv_bn(x, 256, 1, f"{name}_1", bn_name)


def _block(x, width, stride, dilation, name):
    """1x1, 3x3 in 32 groups, 1x1, its channels gated, and the shortcut."""
    y = _conv_bn(x, width, 1, f"{name}_conv1", f"{name}_bn1")
    y = blocks.grouped(y, width, 3, 32, f"{name}_conv2", stride, dilation)
    y = blocks.relu(blocks.batch_norm(y, f"{name}_bn2"), f"{name}_relu2")
    y = _conv_bn(y, 2 * width, 1, f"{name}_conv3", f"{name}_bn3", activation=False)
    gate = blocks.conv(blocks.global_mean(y, f"{name}_se_mean"), width // 8, 1, f"{name}_se_module_fc1", bias=True)
    gate = blocks.relu(gate, f"{name}_se_relu")
    gate = blocks.conv(gate, 2 * width, 1, f"{name}_se_module_fc2", bias=True)
    gate = layers.Activation("sigmoid", name=f"{name}_se_gate")(gate)
    y = layers.Multiply(name=f"{name}_se_scale")([y, gate])
    if x.shape[-1] != 2 * width:
        x = _conv_bn(x, 2 * width, 1, f"{name}_downsample_0", f"{name}_downsample_1", stride, activation=False)
    return blocks.relu(blocks.add([y, x], f"{name}_add"), f"{name}_relu")


def _aspp(x):
    """1x1, three dilations and the global mean beside each other, joined and mixed."""
    name = "decoder_aspp_0"
    joined = [_conv_bn(x, 256, 1, f"{name}_convs_0_0", f"{name}_convs_0_1")]
    for branch, rate in enumerate((12, 24, 36), 1):
        joined.append(_separable(x, rate, f"{name}_convs_{branch}_0", f"{name}_convs_{branch}_1"))
    mean = blocks.global_mean(x, f"{name}_convs_4_0")
    mean = _conv_bn(mean, 256, 1, f"{name}_convs_4_1", f"{name}_convs_4_2")
    joined.append(blocks.spread(mean, x, f"{name}_convs_4_up"))
    x = _conv_bn(blocks.concat(joined, f"{name}_concat"), 256, 1, f"{name}_project_0", f"{name}_project_1")
    x = layers.Dropout(0.5, name=f"{name}_dropout")(x)
    x = blocks.depthwise(x, 3, "decoder_aspp_1_0")
    return _conv_bn(x, 256, 1, "decoder_aspp_1_1", "decoder_aspp_2")
