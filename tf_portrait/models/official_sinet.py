"""Our layer names and the modules of SINet's released PyTorch weights (github clovaai/ext_portrait_segmentation)."""

import numpy as np

from tf_portrait.models.sinet import STAGE2, STAGE3

_BLOCK = {
    "depthwise": "conv.0",
    "depthwise_bn": "conv.1",
    "depthwise_prelu": "act_conv1x1.0",
    "pointwise": "act_conv1x1.1",
    "bn": "bn",
}


def sinet_names():
    """{our layer name: their module}."""
    names = {
        "stem_conv": "encoder.level1.conv",
        "stem_bn": "encoder.level1.bn",
        "stem_prelu": "encoder.level1.act",
        "classifier": "encoder.classifier.conv",
        "decoder_bn1": "bn_3",
        "decoder_detail_conv": "level2_C.conv",
        "decoder_detail_bn": "level2_C.bn",
        "decoder_detail_prelu": "level2_C.act",
        "decoder_bn2": "bn_2",
        "mask": "classifier.1",
    }
    for stage, modules in ((2, STAGE2), (3, STAGE3)):
        names |= _separable(f"stage{stage}_down", f"encoder.level{stage}_0", squeezed=stage == 3)
        names |= {f"stage{stage}_out_bn": f"encoder.BR{stage}.bn", f"stage{stage}_out_prelu": f"encoder.BR{stage}.act"}
        for index in range(len(modules)):
            ours, theirs = f"stage{stage}_{index + 1}", f"encoder.level{stage}.{index}"
            names |= {f"{ours}_bn": f"{theirs}.BR.bn", f"{ours}_prelu": f"{theirs}.BR.act"}
            names[f"{ours}_group"] = f"{theirs}.c1.conv"
            for block in range(2):
                names |= {f"{ours}_block{block}_{end}": f"{theirs}.d{block + 1}.{part}" for end, part in _BLOCK.items()}
    return names


def _separable(ours, theirs, squeezed):
    names = {f"{ours}_depthwise": f"{theirs}.conv.0", f"{ours}_conv": f"{theirs}.conv.2"}
    names |= {f"{ours}_bn": f"{theirs}.bn", f"{ours}_prelu": f"{theirs}.act"}
    ends = ("squeeze", "squeeze_prelu", "gate", "gate_prelu") if squeezed else ("gate", "gate_prelu")
    return names | {f"{ours}_{end}": f"{theirs}.conv.1.dense.{index}" for index, end in enumerate(ends)}


def as_ours(arrays):
    """The same arrays with grouped kernels as ours, (in / 2, out), and dense layers as 1x1 convolutions."""
    return {key: _as_ours(key, np.asarray(value)) for key, value in arrays.items()}


def _as_ours(key, value):
    if key.endswith("c1.conv.weight"):
        return value[:, :, 0, 0].T
    return value[:, :, None, None] if value.ndim == 2 else value
