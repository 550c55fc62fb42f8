"""ContextNet: a shallow path for details, a deep one on the shrunk image for the context, and their sum.

Poudel et al., "ContextNet: Exploring Context and Detail for Semantic Segmentation in Real-time", BMVC 2018. 838,274
trainable parameters. ContextNet12 is SINet's row (0.838 M, 1.87 G); which strides it has is not printed, and the ones
here were fitted to its cost: the detail path keeps half the size, the context path shrinks later.
"""

from keras import layers

from tf_portrait.models.baselines import blocks
from tf_portrait.models.checks import check_choice

RENAMED = (
    (r"^spatial_detail\.", "detail."),
    (r"^context_feature_extractor\.", "context."),
    (r"(detail|context)\.conv_?\.conv\.0$", r"\1.stem.conv"),
    (r"(detail|context)\.conv_?\.conv\.1$", r"\1.stem.bn"),
    (r"(dsconv\d)\.conv\.0$", r"\1.depthwise.conv"),
    (r"(dsconv\d)\.conv\.1$", r"\1.depthwise.bn"),
    (r"(dsconv\d)\.conv\.3$", r"\1.pointwise.conv"),
    (r"(dsconv\d)\.conv\.4$", r"\1.pointwise.bn"),
    (r"block\.0\.conv\.0$", "expand.conv"),
    (r"block\.0\.conv\.1$", "expand.bn"),
    (r"block\.1\.conv\.0$", "depthwise.conv"),
    (r"block\.1\.conv\.1$", "depthwise.bn"),
    (r"block\.2$", "project.conv"),
    (r"block\.3$", "project.bn"),
    (r"^feature_fusion\.(dwconv)\.conv\.0$", r"fusion.\1.conv"),
    (r"^feature_fusion\.(dwconv)\.conv\.1$", r"fusion.\1.bn"),
    (r"^feature_fusion\.(conv_\w+)\.0$", r"fusion.\1.conv"),
    (r"^feature_fusion\.(conv_\w+)\.1$", r"fusion.\1.bn"),
    (r"^classifier\.1$", "classifier"),
)
UNUSED = None
# (expansion, channels, blocks) of the context path; by what it shrinks the image: strides of stem, blocks and detail.
CONTEXT = ((1, 32, 1), (6, 32, 1), (6, 48, 3), (6, 64, 3), (6, 96, 2), (6, 128, 2))
STRIDES = {4: (2, (1, 1, 2, 2, 1, 1), (2, 2, 1)), 2: (1, (1, 1, 2, 2, 1, 1), (1, 1, 1))}


def contextnet(size=224, context=2, classes=2):
    """The network of the paper, from normalized image to logits.

    size: height and width, a multiple of 32; None leaves both open. context: 2 for ContextNet12 (the deep path sees a
    half of the image), 4 for ContextNet14. classes: of the logits.
    Returns a functional model: normalized BGR (B, H, W, 3) -> {"mask": (B, H, W, classes)}.
    Raises PortraitError for a value outside these.
    """
    image = blocks.image_input("contextnet", size, classes, 32)
    check_choice("contextnet", "context", context, tuple(STRIDES))
    stem, deep, shallow = STRIDES[context]
    detail = blocks.conv_bn(image, 32, 3, "detail_stem", 2)
    for index, (filters, stride) in enumerate(zip((64, 128, 128), shallow, strict=True), 1):
        detail = blocks.depthwise_bn(detail, f"detail_dsconv{index}_depthwise", stride)
        detail = blocks.conv_bn(detail, filters, 1, f"detail_dsconv{index}_pointwise")
    x = blocks.conv_bn(blocks.resize(image, 1 / context, "shrunk"), 32, 3, "context_stem", stem)
    for stage, ((expansion, filters, count), stride) in enumerate(zip(CONTEXT, deep, strict=True), 1):
        for block in range(count):
            name = f"context_bottleneck{stage}_{block}"
            x = blocks.inverted_residual(x, expansion, filters, 1 if block else stride, name)
    x = blocks.depthwise_bn(blocks.resize(x, 4, "fusion_up"), "fusion_dwconv")
    x = blocks.batch_norm(blocks.conv(x, 128, 1, "fusion_conv_lower_res_conv", bias=True), "fusion_conv_lower_res_bn")
    detail = blocks.batch_norm(
        blocks.conv(detail, 128, 1, "fusion_conv_higher_res_conv", bias=True), "fusion_conv_higher_res_bn"
    )
    x = blocks.relu(blocks.add([x, detail], "fusion_add"), "fusion_relu")
    x = blocks.conv(layers.Dropout(0.1, name="dropout")(x), classes, 1, "classifier", bias=True)
    return blocks.network(image, blocks.resize(x, 2 if context == 2 else 8, "mask"), "contextnet")
