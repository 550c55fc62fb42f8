"""The networks, by name."""

from tf_portrait.errors import PortraitError, did_you_mean
from tf_portrait.models import baselines
from tf_portrait.models.banet import banet
from tf_portrait.models.bisenet import bisenet
from tf_portrait.models.elb import elb
from tf_portrait.models.portraitnet import portraitnet
from tf_portrait.models.selfie import selfie
from tf_portrait.models.sinet import sinet

NETWORKS = {
    "portraitnet": portraitnet,
    "selfie": selfie,
    "sinet": sinet,
    "elb": elb,
    "banet": banet,
    "bisenet": bisenet,
}


def networks() -> list[str]:
    """The names that build() takes."""
    return list(NETWORKS)


def build(name: str, **options):
    """A freshly initialized network, e.g. build("portraitnet", size=224, width=0.5).

    Returns a functional keras.Model from normalized BGR (B, H, W, C) to a dict of logits.
    Raises PortraitError for an unknown name or option.
    """
    names = (*NETWORKS, *baselines.MODULES)
    if name not in names:
        raise PortraitError(f"no network is called {name!r}; {did_you_mean(name, names)}")
    builder = NETWORKS[name] if name in NETWORKS else baselines.builder(name)
    known = builder.__code__.co_varnames[: builder.__code__.co_argcount]
    for option in options:
        if option not in known:
            raise PortraitError(f"{name} has no option {option!r}; {did_you_mean(option, known)}")
    return builder(**options)
