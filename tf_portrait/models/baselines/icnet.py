"""ICNet: a deep branch on the small image, shallow ones on larger ones, fused from small to large.

Zhao et al., "ICNet for Real-Time Semantic Segmentation on High-Resolution Images", ECCV 2018, pruned by half as its
released prototxt. 6,697,794 trainable parameters, 3.86 GMAC at 513; ELB's 7.7 M are those of a port with another
million that nothing computes with.
"""

from keras import layers

from tf_portrait.errors import PortraitError
from tf_portrait.models.baselines import blocks
from tf_portrait.models.baselines.layers import AdaptivePooling
from tf_portrait.models.checks import check_size

RENAMED = ((r"\.layers", ""), (r"\.cbr?_unit\.0$", ".conv"), (r"\.cbr?_unit\.1$", ".bn"))
UNUSED = r"^(cff_sub(24|12)\.low_classification|pyramid_pooling)\."  # heads for training only, the port's million


def icnet(size=225, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, 32 k + 1, as Caffe aligns them (225 or 257 for 224 or 256), or a multiple of 32.
    classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a size that does not fit.
    """
    if size is None:
        check_size("icnet", size, 32, may_be_open=False)
    odd = isinstance(size, int) and size % 32 == 1
    if type(size) is not int or size < 64 or size % 32 > 1:
        raise PortraitError(f"icnet: size={size!r} does not fit; use 32 k or 32 k + 1: 224, 225, 256, 257, ...")
    image = blocks.image_input("icnet", size, classes, 1)
    x = _resize(image, -2, odd, "half")
    for index, filters in enumerate((32, 32, 64), 1):
        x = _conv_bn(x, filters, 3, f"convbnrelu1_{index}", 2 if index == 1 else 1)
    x = layers.MaxPooling2D(3, 2, name="pool")(layers.ZeroPadding2D(1, name="pool_pad")(x))  # behind a ReLU
    for index in range(3):
        x = _bottleneck(x, 32, f"res_block2_{index}", project=index == 0)
    x = sixteenth = _bottleneck(x, 64, "res_block3_conv_0", 2, project=True)
    x = _resize(x, -2, odd, "sixteenth_half")
    for index in range(3):
        x = _bottleneck(x, 64, f"res_block3_identity_{index}")
    for stage, width, count, dilation in ((4, 128, 6, 2), (5, 256, 3, 4)):
        for index in range(count):
            x = _bottleneck(x, width, f"res_block{stage}_{index}", 1, dilation, project=index == 0)
    x = _conv_bn(_pyramid(x), 256, 1, "conv5_4_k1")
    x = _fuse(x, sixteenth, odd, "cff_sub24")
    eighth = image
    for index, filters in enumerate((32, 32, 64), 1):
        eighth = _conv_bn(eighth, filters, 3, f"convbnrelu{index}_sub1", 2)
    x = _resize(_fuse(x, eighth, odd, "cff_sub12"), 2, odd, "quarter")
    x = blocks.conv(x, classes, 1, "classification", bias=True)
    return blocks.network(image, _resize(x, 4, odd, "mask"), "icnet")


def _resize(x, times, odd, name):
    """By 2 or 4, or to a half (-2); of odd sizes, n - 1 counts."""
    sides = [(side - odd) * times if times > 0 else (side - odd) // -times for side in x.shape[1:3]]
    return blocks.resize(x, None, name, [side + odd for side in sides])


def _conv_bn(x, filters, kernel, name, stride=1, dilation=1, activation=True):
    x = blocks.batch_norm(blocks.conv(x, filters, kernel, f"{name}_conv", stride, dilation), f"{name}_bn")
    return blocks.relu(x, f"{name}_relu") if activation else x


def _bottleneck(x, width, name, stride=1, dilation=1, project=False):
    """1x1, 3x3, 1x1 to four times the width; the shortcut projected in the first of a stage."""
    y = _conv_bn(x, width, 1, f"{name}_cbr1", stride)
    y = _conv_bn(y, width, 3, f"{name}_cbr2", 1, dilation)
    y = _conv_bn(y, 4 * width, 1, f"{name}_cb3", activation=False)
    if project:
        x = _conv_bn(x, 4 * width, 1, f"{name}_cb4", stride, activation=False)
    return blocks.relu(blocks.add([x, y], f"{name}_add"), f"{name}_relu")


def _pyramid(x):
    """The map with its means over the whole, halves, thirds and sixths added."""
    levels = [x]
    for bins in (1, 2, 3, 6):
        y = AdaptivePooling((bins, bins), name=f"pyramid{bins}_pool")(x)
        levels.append(blocks.resize(y, None, f"pyramid{bins}_up", x.shape[1:3]))
    return blocks.add(levels, "pyramid_add")


def _fuse(low, high, odd, name):
    """Cascade feature fusion: the enlarged map, dilated, and the projected finer one."""
    low = _resize(low, 2, odd, f"{name}_up")
    low = _conv_bn(low, 128, 3, f"{name}_low_dilated_conv_bn", 1, 2, activation=False)
    high = _conv_bn(high, 128, 1, f"{name}_high_proj_conv_bn", activation=False)
    return blocks.relu(blocks.add([low, high], f"{name}_add"), f"{name}_relu")
