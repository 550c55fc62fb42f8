"""Walking a functional Keras model layer by layer, to build another one from it."""

from tf_portrait.errors import PortraitError


def walk(model, start, make):
    """Sends tensors through a graph like the model's, each layer replaced by what `make` does.

    model: one that check_functional accepts. start: what takes the place of its input.
    make: function of (layer, inputs) that returns the new output; inputs is one tensor or, for a merge, a list.
    Returns {layer name: new tensor}.
    """
    tensors, made = {id(model.inputs[0]): start}, {}
    for layer in layers_of(model):
        old = layer.input
        inputs = [tensors[id(t)] for t in old] if isinstance(old, list) else tensors[id(old)]
        made[layer.name] = tensors[id(layer.output)] = make(layer, inputs)
    return made


def layers_of(model):
    """The layers in the order of computation, without the input."""
    return [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]


def consumers(model):
    """{layer name: [layers that read its output]}."""
    readers = {layer.name: [] for layer in layers_of(model)}
    owner = {id(layer.output): layer.name for layer in layers_of(model)}
    for layer in layers_of(model):
        for tensor in layer.input if isinstance(layer.input, list) else [layer.input]:
            if id(tensor) in owner:
                readers[owner[id(tensor)]].append(layer)
    return readers


def only_readers(model):
    """{layer name: the one layer that reads its output}, without those that more or none read."""
    return {name: readers[0] for name, readers in consumers(model).items() if len(readers) == 1}


def ancestors(tensor):
    """Names of the layers that a tensor of a functional model is computed by."""
    found, open_ends = set(), [tensor]
    while open_ends:
        layer = open_ends.pop()._keras_history.operation
        if layer.name not in found:
            found.add(layer.name)
            inputs = layer.input
            open_ends += (
                [] if type(layer).__name__ == "InputLayer" else inputs if isinstance(inputs, list) else [inputs]
            )
    return found


def check_functional(model):
    """Raises PortraitError unless the model is functional with one input and layers that are used once."""
    if type(model).__name__ != "Functional" or len(model.inputs) != 1:
        raise PortraitError(
            f"{model.name}: not a functional model with one input; export networks of tf_portrait.build"
        )
    for layer in layers_of(model):
        if hasattr(layer, "layers"):
            raise PortraitError(f"{model.name}: {layer.name} is a nested model; build the network flat")
        if len(layer._inbound_nodes) != 1:
            raise PortraitError(f"{model.name}: {layer.name} is used {len(layer._inbound_nodes)} times; build it once")
