"""Core ML files by the reference interpreter; and that it sees every kind of damage we fear."""

import math
import shutil

import coremltools as ct
import keras
import numpy as np
import pytest
from coremltools.proto import FeatureTypes_pb2
from keras import layers, ops

import tf_portrait as tp
from tests.exporting.graph.test_deploy import PHOTOS as PORTRAITS
from tests.exporting.graph.test_deploy import SHAKEN, trained
from tests.exporting.graph.test_lowering import SIZE
from tests.exporting.graph.test_lowering import micro as lowered
from tests.exporting.int8.micro import PHOTOS, gated, micro
from tf_portrait.exporting.coreml.convert import SMALL, _palette_of, convert_mlprogram, convert_neuralnetwork
from tf_portrait.exporting.coreml.reference import CoreMLModel
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.measure import bytes_of

KINDS = {"mlpackage": convert_mlprogram, "mlmodel": convert_neuralnetwork}
NETWORKS = {
    "bilinear": lambda: micro("add", "bilinear"),
    "deconv": lambda: micro("add", "deconv"),
    "concat": lambda: micro("concat", "bilinear"),
    "gated": gated,
}


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """(folder, {name: Keras' alpha}) with files NAME.KIND of three small networks."""
    folder, expected = tmp_path_factory.mktemp("coreml"), {}
    for name, network in NETWORKS.items():
        deployed = network()
        expected[name] = ops.convert_to_numpy(deployed(PHOTOS[:1]))[0, ..., 0]
        for kind, convert in KINDS.items():
            convert(deployed).save(str(folder / f"{name}.{kind}"))
    return folder, expected


def difference(path, expected, photo=PHOTOS[0]):
    return np.abs(CoreMLModel(path, native=False).probability(photo.astype("uint8")) - expected).max()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NETWORKS)
def test_files_say_what_keras_says(exports, name, kind):
    folder, expected = exports
    assert expected[name].std() > 0.05
    assert difference(folder / f"{name}.{kind}", expected[name]) < (0.005 if kind == "mlpackage" else 1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_layer_kinds_of_the_baselines(tmp_path, kind):
    """Un-pooling, resizing with aligned corners, uneven means, mirrored padding, channels of zeros."""
    photo = np.random.default_rng(0).integers(0, 256, (1, SIZE, SIZE, 3)).astype("float32")
    deployed, path = deploy(lowered()), tmp_path / f"micro.{kind}"
    KINDS[kind](deployed).save(str(path))
    expected = ops.convert_to_numpy(deployed(photo))[0, ..., 0]
    assert expected.std() > 0.1
    assert difference(path, expected, photo[0]) < (0.02 if kind == "mlpackage" else 1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_dilated_depthwise_convolutions(tmp_path, kind):
    """The converter makes them of ordinary ones between space_to_batch and batch_to_space."""
    keras.utils.set_random_seed(0)
    image = keras.Input((SIZE, SIZE, 3), batch_size=1, name="rgb")
    x = layers.Conv2D(4, 3, padding="same")(layers.Rescaling(1 / 255)(image))
    for dilation in (2, 3):
        x = layers.DepthwiseConv2D(3, padding="same", dilation_rate=dilation, depthwise_initializer="he_normal")(x)
    model = keras.Model(image, layers.Activation("sigmoid", name="alpha")(layers.Conv2D(1, 1)(x)))
    photo, path = np.random.default_rng(0).integers(0, 256, (1, SIZE, SIZE, 3)), tmp_path / f"dilated.{kind}"
    KINDS[kind](model).save(str(path))
    expected = ops.convert_to_numpy(model(photo.astype("float32")))[0, ..., 0]
    assert expected.std() > 0.01
    assert difference(path, expected, photo[0]) < (0.002 if kind == "mlpackage" else 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["elb", "sinet", "banet", "bisenet"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_network(tmp_path, kind, name):
    deployed = deploy(SHAKEN[name]())
    path = tmp_path / f"{name}.{kind}"
    KINDS[kind](deployed).save(str(path))
    expected = ops.convert_to_numpy(deployed(PORTRAITS[:1]))[0, ..., 0]
    assert difference(path, expected, PORTRAITS[0]) < 0.02


@pytest.mark.parametrize("kind", [pytest.param("mlpackage", marks=pytest.mark.slow), "mlmodel"])
def test_a_whole_network_with_paddings_and_concatenations(tmp_path, kind):
    deployed = deploy(trained(preset="authors", fuse="concat"))
    path = tmp_path / f"portraitnet.{kind}"
    KINDS[kind](deployed).save(str(path))
    expected = ops.convert_to_numpy(deployed(PORTRAITS[:1]))[0, ..., 0]
    # Random weights make every pixel uncertain, so that the rounding of float16 shows most.
    assert difference(path, expected, PORTRAITS[0]) < 0.02


@pytest.mark.parametrize(("name", "version"), [("bilinear", 5), ("deconv", 4)])
def test_neural_networks_run_on_old_phones(exports, name, version):
    spec = ct.utils.load_spec(str(exports[0] / f"{name}.mlmodel"))
    assert spec.specificationVersion == version  # 4: iOS 13, 5: iOS 14
    assert spec.description.input[0].type.imageType.colorSpace == FeatureTypes_pb2.ImageFeatureType.RGB
    assert spec.description.output[0].type.imageType.colorSpace == FeatureTypes_pb2.ImageFeatureType.GRAYSCALE


def damaged(exports, kind, tmp_path, damage):
    """Difference of a copy of the bilinear file after damage(spec)."""
    folder, expected = exports
    copy = tmp_path / f"copy.{kind}"
    source = folder / f"bilinear.{kind}"
    (shutil.copytree if kind == "mlpackage" else shutil.copy)(source, copy)
    spec = ct.utils.load_spec(str(copy))
    damage(spec)
    target = copy if kind == "mlmodel" else copy / "Data" / "com.apple.CoreML" / "model.mlmodel"
    target.write_bytes(spec.SerializeToString())
    return difference(copy, expected["bilinear"])


def operations(spec):
    return spec.mlProgram.functions["main"].block_specializations[spec.mlProgram.functions["main"].opset].operations


def swap_channels(spec):
    spec.description.input[0].type.imageType.colorSpace = FeatureTypes_pb2.ImageFeatureType.BGR


def shift_upsampling(spec):
    for operation in operations(spec):
        if operation.type == "const" and "align_corners" in operation.outputs[0].name:
            operation.attributes["val"].immediateValue.tensor.bools.values[0] = True


def exchange_blobs(spec):
    """Two kernels of one size take each other's place in the weight file."""
    found = {}
    for operation in operations(spec):
        if operation.type == "const" and operation.attributes["val"].WhichOneof("value") == "blobFileValue":
            value = operation.attributes["val"]
            shape = [dimension.constant.size for dimension in value.type.tensorType.dimensions]
            size = math.prod(shape)
            if len(shape) == 4 and size in found:
                other = found[size].blobFileValue
                other.offset, value.blobFileValue.offset = value.blobFileValue.offset, other.offset
                return
            found[size] = value
    raise AssertionError("no two kernels of one size")


@pytest.mark.parametrize("damage", [swap_channels, shift_upsampling, exchange_blobs])
def test_a_damaged_package_is_seen(exports, tmp_path, damage):
    assert damaged(exports, "mlpackage", tmp_path, damage) > 0.05


def flip_layer(spec):
    """A kernel along the wrong axis."""
    for layer in spec.neuralNetwork.layers:
        params = layer.convolution
        if layer.WhichOneof("layer") == "convolution" and params.outputChannels == params.kernelChannels:
            count = params.outputChannels
            weights = np.array(params.weights.floatValue).reshape(count, count, -1).transpose(1, 0, 2)
            params.weights.floatValue[:] = weights.ravel().tolist()
            return
    raise AssertionError("no square kernel")


def scale_twice(spec):
    spec.neuralNetwork.preprocessing[0].scaler.channelScale = 1 / 255


def shift_network_upsampling(spec):
    for layer in spec.neuralNetwork.layers:
        if layer.WhichOneof("layer") == "upsample":
            layer.upsample.linearUpsampleMode = 1


@pytest.mark.parametrize("damage", [swap_channels, flip_layer, scale_twice, shift_network_upsampling])
def test_a_damaged_network_is_seen(exports, tmp_path, damage):
    assert damaged(exports, "mlmodel", tmp_path, damage) > 0.05


def test_a_shifted_or_cut_weight_file_is_named(exports, tmp_path):
    def shift(spec):
        for operation in operations(spec):
            value = operation.attributes["val"]
            if operation.type == "const" and value.WhichOneof("value") == "blobFileValue":
                value.blobFileValue.offset += 64
                return

    with pytest.raises(tp.PortraitError, match=r"weight\.bin: no blob of \d+ bytes at \d+; the package is damaged"):
        damaged(exports, "mlpackage", tmp_path, shift)
    copy = tmp_path / "cut.mlpackage"
    shutil.copytree(exports[0] / "bilinear.mlpackage", copy)
    weights = next(copy.rglob("weight.bin"))
    weights.write_bytes(weights.read_bytes()[:-200])
    with pytest.raises(tp.PortraitError, match="the package is damaged"):
        CoreMLModel(copy, native=False)


def test_what_the_interpreter_does_not_know_it_names(exports, tmp_path):
    def new_operation(spec):
        next(op for op in operations(spec) if op.type == "relu6").type = "erf"

    def new_layer(spec):
        next(layer for layer in spec.neuralNetwork.layers if layer.HasField("unary")).softmax.SetInParent()

    with pytest.raises(tp.PortraitError, match="does not know the operation erf"):
        damaged(exports, "mlpackage", tmp_path, new_operation)
    with pytest.raises(tp.PortraitError, match="does not know the layer softmax"):
        damaged(exports, "mlmodel", tmp_path, new_layer)


def test_other_files_are_refused(tmp_path, exports):
    with pytest.raises(tp.PortraitError, match="no such file"):
        CoreMLModel(tmp_path / "none.mlmodel")
    (tmp_path / "noise.mlmodel").write_bytes(b"no model at all")
    with pytest.raises(tp.PortraitError, match=r"noise\.mlmodel: .*damaged"):
        CoreMLModel(tmp_path / "noise.mlmodel", native=False)


@pytest.mark.parametrize(
    ("kind", "compression", "tolerance", "bits"),
    [
        pytest.param("mlpackage", "linear8", 0.1, 8, marks=pytest.mark.slow),
        ("mlmodel", "linear8", 0.1, 8),
        ("mlpackage", "palette6", 0.3, 6),
        pytest.param("mlmodel", "palette6", 0.3, 6, marks=pytest.mark.slow),
    ],
)
def test_compressed_weights_are_smaller_and_near(tmp_path, kind, compression, tolerance, bits):
    deployed = deploy(trained())
    path = tmp_path / f"small.{kind}"
    KINDS[kind](deployed, compression).save(str(path))
    expected = ops.convert_to_numpy(deployed(PORTRAITS[:1]))[0, ..., 0]
    assert difference(path, expected, PORTRAITS[0]) < tolerance
    large = sum(w.size for layer in deployed.layers for w in layer.get_weights()[:1] if w.size >= SMALL)
    others = sum(w.size for w in deployed.get_weights()) - large
    graph = 150_000  # bytes that do not hang on the weights
    assert bytes_of(path) < graph + large * bits / 8 + 4 * others


def test_the_palette_is_near_every_weight():
    weights = np.random.default_rng(0).standard_t(3, (40, 40, 1, 1)).astype("float16")
    table, index = _palette_of(weights)
    assert table.shape == (64,) and table.dtype == np.float16 and index.shape == weights.shape
    step = np.ptp(weights.astype("float32")) / 63
    error = np.mean((table[index].astype("float32") - weights) ** 2)
    assert error < 0.8 * step**2 / 12  # what 64 even steps would leave
