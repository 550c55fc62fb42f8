"""An export into the iPhone's demo app: what the contract says of Core ML, golden masks, and the checks without a Mac."""

import importlib.util
import json
import plistlib
import shutil
import sys

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.networks import micro
from tf_portrait.errors import PortraitError
from tf_portrait.exporting.contract import file_hash
from tf_portrait.exporting.coreml.convert import convert_mlprogram, convert_neuralnetwork, load_coremltools
from tf_portrait.exporting.coreml.metadata import add_metadata, features_of
from tf_portrait.exporting.formats import write_coreml
from tf_portrait.exporting.golden import TOLERANCE, write_golden
from tf_portrait.exporting.graph.deploy import deploy
from tf_portrait.exporting.ios import FOLDER, PROJECT, copy_to_ios_app
