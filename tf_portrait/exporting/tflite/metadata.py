"""TFLite metadata: what MediaPipe Tasks' ImageSegmenter has to read in a float file before it loads it.

Written with the flatbuffers library after the published schema (metadata_schema.fbs, version 1.0.0); field numbers are
those of the schema. MediaPipe's own writer does not run in its current Python package.
"""

import hashlib
import io
import json
import zipfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.tools import flatbuffer_utils

from tf_portrait.models.card import CARD, VERSION

NAME, IDENTIFIER, PARSER = "TFLITE_METADATA", b"M001", "1.0.0"
_RGB, _IMAGE_PROPERTIES, _NORMALIZATION = 1, 2, 1  # enum and union members


def add_metadata(data, description):
    """A .tflite file's bytes with metadata: an RGB image in, taken as it is (0..255), one alpha out."""
    model = flatbuffer_utils.read_model_from_bytearray(bytearray(data))
    buffer = schema.BufferT()
    buffer.data = list(_metadata(model.subgraphs[0], description))
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = NAME, len(model.buffers) - 1
    model.metadata = [other for other in model.metadata or [] if _text(other.name) != NAME] + [entry]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def add_card(data, card):
    """A .tflite file's bytes with the model's card behind them, as a zip entry, where TFLite keeps such files.

    card: of load_model. It gets the hash of what stands before it, which Segmenter checks.
    """
    card = {**card, "version": VERSION, "file_sha256": hashlib.sha256(data).hexdigest()}
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo(CARD), json.dumps(card, indent=1))  # without the time of day: same bytes
    return file.getvalue()


def has_metadata(model):
    """Whether a model object of flatbuffer_utils carries it."""
    return any(_text(entry.name) == NAME for entry in model.metadata or [])


def _text(name):
    return name.decode() if isinstance(name, bytes) else name


def _metadata(graph, description):
    builder = flatbuffers.Builder(1024)
    is_float = graph.tensors[graph.inputs[0]].type == schema.TensorType.FLOAT32
    image = _image_tensor(builder, "image", "RGB, 0..255", normalized=is_float)
    alpha = _table(
        builder, 7, [(0, builder.CreateString("alpha")), (1, builder.CreateString("0 background, 1 person"))]
    )
    inputs, outputs = _vector(builder, [image]), _vector(builder, [alpha])
    subgraph = _table(builder, 10, [(2, inputs), (3, outputs)])
    texts = [builder.CreateString(text) for text in ("tf_portrait", description, PARSER)]
    root = _table(builder, 8, [(0, texts[0]), (1, texts[1]), (3, _vector(builder, [subgraph])), (7, texts[2])])
    builder.Finish(root, IDENTIFIER)
    return builder.Output()


def _image_tensor(builder, name, description, normalized):
    """TensorMetadata of an RGB image; float input needs NormalizationOptions, here the identity."""
    builder.StartObject(2)
    builder.PrependInt8Slot(0, _RGB, 0)
    properties = builder.EndObject()
    builder.StartObject(3)
    builder.PrependUint8Slot(0, _IMAGE_PROPERTIES, 0)
    builder.PrependUOffsetTRelativeSlot(1, properties, 0)
    fields = [(3, builder.EndObject())]
    if normalized:
        mean, std = (
            builder.CreateNumpyVector(np.zeros(1, np.float32)),
            builder.CreateNumpyVector(np.ones(1, np.float32)),
        )
        options = _table(builder, 2, [(0, mean), (1, std)])
        builder.StartObject(2)
        builder.PrependUint8Slot(0, _NORMALIZATION, 0)
        builder.PrependUOffsetTRelativeSlot(1, options, 0)
        fields.append((4, _vector(builder, [builder.EndObject()])))
    fields += [(0, builder.CreateString(name)), (1, builder.CreateString(description))]
    return _table(builder, 7, fields)


def _table(builder, size, fields):
    builder.StartObject(size)
    for slot, offset in fields:
        builder.PrependUOffsetTRelativeSlot(slot, offset, 0)
    return builder.EndObject()


def _vector(builder, offsets):
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()
