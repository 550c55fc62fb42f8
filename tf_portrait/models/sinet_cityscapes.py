"""SINet for street scenes (Table 7): wider, deeper, depthwise filters factorized into a column beside a row.

As the authors' code has it (github clovaai/c3_sinet), where the paper is silent: a pool of 0 is a plain 3x3 depthwise
convolution, not factorized; the first two gates do not squeeze. With 20 classes 119,902 trainable parameters (encoder
116,962) and 1.2 GMAC at 1024 x 2048, as the paper prints (0.12 M, 1.2 G).
"""

import keras
from keras import layers

from tf_portrait.models.checks import check_classes, check_size
from tf_portrait.models.sinet_blocks import Blocking, Blocks

# (channels, (kernel, pool), (kernel, pool)) of each module: rows 4-6 and 8-17.
STAGE2 = ((60, (3, 1), (5, 1)), (60, (3, 0), (3, 1)), (60, (3, 0), (3, 1)))
STAGE3 = (
    (84, (3, 1), (5, 1)),
    (84, (3, 0), (3, 1)),
    (84, (5, 1), (5, 4)),
    (84, (3, 2), (5, 8)),
    (84, (3, 1), (5, 1)),
    (108, (3, 1), (5, 1)),
    (108, (3, 0), (3, 1)),
    (108, (5, 1), (5, 8)),
    (108, (3, 2), (5, 4)),
    (108, (3, 0), (5, 2)),
)

# Their modules and our layers; one level more than in the portrait network, so theirs count from 2.
RENAMED = (
    (r"^encoder\.", ""),
    (r"^level1\.", "stem."),
    (r"^level2_0\.", "stage1.down."),
    (r"^level3_0\.", "stage2.down."),
    (r"^level4_0\.", "stage3.down."),
    (r"^level3\.(\d+)", lambda found: f"stage2.{int(found[1]) + 1}"),
    (r"^level4\.(\d+)", lambda found: f"stage3.{int(found[1]) + 1}"),
    (r"^BR3", "stage2.out"),
    (r"^BR4", "stage3.out"),
    (r"^level3_C", "decoder_detail"),
    (r"^bn_4", "decoder_bn1"),
    (r"^bn_3", "decoder_bn2"),
    (r"^classifier\.conv$", "encoder_classifier"),
    (r"^classifier$", "mask"),
    (r"stage3\.down\.conv\.1\.dense\.0", "stage3.down.squeeze"),
    (r"stage3\.down\.conv\.1\.dense\.1", "stage3.down.squeeze_prelu"),
    (r"down\.conv\.1\.dense\.[02]", "down.gate"),
    (r"down\.conv\.1\.dense\.[13]", "down.gate_prelu"),
    (r"down\.conv\.0", "down.depthwise"),
    (r"down\.conv\.2", "down.conv"),
    (r"c1\.conv", "group"),
    (r"\.d1\.", ".block0."),
    (r"\.d2\.", ".block1."),
    (r"conv\.0$", "depthwise"),
    (r"conv\.1$", "depthwise_bn"),
    (r"vertical$", "column"),
    (r"horizontal$", "row"),
    (r"B_v$", "column_bn"),
    (r"B_h$", "row_bn"),
    (r"act_conv1x1\.0", "depthwise_prelu"),
    (r"act_conv1x1\.1", "pointwise"),
    (r"\.BR\.", "."),
    (r"\.act$", ".prelu"),
)
UNUSED = None


def sinet_cityscapes(size=1024, classes=20, preset="mobile", stage="full"):
    """The network of many classes, from normalized image to logits at half the size.

    size: height and width, a multiple of 128; None leaves both open (the paper: 1024 x 2048). classes: of the logits.
    preset, stage: as of sinet; an encoder ends at a sixteenth of the size.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H / 2, W / 2, classes)}.
    Raises PortraitError for a size that does not fit.
    """
    check_size("sinet_cityscapes", size, 128)
    check_classes("sinet_cityscapes", classes)
    build = Blocks(preset == "authors", factorized=True)
    image = keras.Input((size, size, 3), name="image")
    x = build.conv_bn(image, 16, 3, "stem", stride=2)
    x = fine = build.separable(x, classes, 1, "stage1_down")
    x = low = build.separable(x, 24, 1, "stage2_down")
    for index, (channels, *blocks) in enumerate(STAGE2, 1):
        x = build.s2_module(x, channels, blocks, f"stage2_{index}")
    middle = x
    x = build.bn_prelu(layers.Concatenate(name="stage2_concat")([low, x]), "stage2_out")
    x = low = build.separable(x, 60, 2, "stage3_down")
    for index, (channels, *blocks) in enumerate(STAGE3, 1):
        x = build.s2_module(x, channels, blocks, f"stage3_{index}")
    x = build.bn_prelu(layers.Concatenate(name="stage3_concat")([low, x]), "stage3_out")
    if stage == "encoder":
        return keras.Model(image, {"mask": build.conv(x, classes, 1, "classifier")}, name="sinet_cityscapes_encoder")
    x = build.conv(x, classes, 1, "encoder_classifier")
    for step, detail in ((1, build.conv_bn(middle, classes, 1, "decoder_detail")), (2, fine)):
        # Here the authors put samples at pixel centers, unlike in the blocks.
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"decoder_up{step}")(x)
        x = build.bn(x, f"decoder_bn{step}")
        gate = Blocking(name=f"blocking{step}")(x)
        detail = layers.Multiply(name=f"decoder_block{step}")([detail, gate])
        x = layers.Add(name=f"decoder_add{step}")([x, detail])
    x = layers.Conv2DTranspose(classes, 2, 2, use_bias=False, kernel_initializer="he_normal", name="mask")(x)
    return keras.Model(image, {"mask": x}, name="sinet_cityscapes")
