"""The int8 file: ranges, fine-tuning, conversion, and what each layer costs, in one place."""

import dataclasses

import numpy as np

from tf_portrait.data.fit import fit_mask, fit_photo
from tf_portrait.data.picks import spread
from tf_portrait.data.previous_mask import with_priors
from tf_portrait.exporting.int8.finetune import finetune
from tf_portrait.exporting.int8.qat import keeping_sums, quantize, snapped
from tf_portrait.exporting.int8.ranges import calibrate
from tf_portrait.exporting.int8.sensitivity import draw_chart, format_table, sensitivity
from tf_portrait.exporting.tflite import convert as tflite
from tf_portrait.files import write_text
from tf_portrait.training.recipes.qat import QAT
from tf_portrait.training.validation import Validation

SENSITIVITY_PHOTOS = 32


def int8_file(job):
    """Bytes of the int8 .tflite, and the result of finetune() or None.

    job: of exporting.formats. Without real photos the ranges are calibrated and nothing is trained, unless epochs are
    asked for.
    """
    request, deployed, photos = job.request, job.deployed, job.photos
    size, fit, keep = job.card["size"], job.card["fit"], tuple(request.keep_float)
    calibration = photos.calibration(size, fit, job.prior)
    ranges = calibrate(deployed, calibration, keep)
    if request.sensitivity:
        _write_sensitivity(deployed, ranges, photos, size, fit, job)
    model = quantize(keeping_sums(deployed, keep), ranges, keep)
    epochs = request.qat_epochs if request.qat_epochs is not None else QAT.epochs if photos.real else 0
    result = None
    if epochs:
        rate = request.qat_learning_rate or QAT.learning_rate
        recipe = dataclasses.replace(
            QAT, epochs=epochs, learning_rate=rate, size=size, fit=fit, options={"prior": True} if job.prior else {}
        )
        validation = Validation(photos.validation, size, fit, limit=150, prior=job.prior)
        result = finetune(
            model, deployed, recipe, photos.training, validation, job.state, labels=photos.real, weights=photos.weights,
            resume=request.resume,
        )  # fmt: skip
    final = snapped(model, deployed, keep)
    if keep:
        return tflite.convert_mixed(final, calibration, keep), result
    return tflite.convert_int8(quantize(final, ranges, batch=1, kernels=False)), result


def _write_sensitivity(deployed, ranges, photos, size, fit, job):
    pairs = [photos.validation[int(i)] for i in spread(len(photos.validation), SENSITIVITY_PHOTOS)]
    fitted = np.stack([fit_photo(photo, size, fit) for photo, _ in pairs])
    masks = [fit_mask(mask, size, fit) for _, mask in pairs]
    if job.prior:
        fitted = with_priors(fitted, masks, fit)
    rows = sensitivity(deployed, ranges, fitted, masks)
    write_text(job.folder / "sensitivity.md", format_table(rows) + "\n")
    draw_chart(job.folder / "sensitivity.png", rows)
    print(format_table(rows, 8), flush=True)
