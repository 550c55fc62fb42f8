"""The label doctor: what is wrong with a data set, before a training finds out."""

import dataclasses
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from tqdm import tqdm

from tf_portrait.data.files import read_mask, read_rgb
from tf_portrait.data.hashing import near_copies, perceptual_hash
from tf_portrait.errors import PortraitError

# kind -> what it means and what to do
KINDS = {
    "unreadable": "cannot be read; replace or remove them (left out of training)",
    "encoding": "have mask values that are no mask; save person as 255 or 1, background as 0 (left out of training)",
    "size": "have a mask of another shape than the photo; export both at one size (left out of training)",
    "resized": "have a mask of another size but the same shape; it is resized",
    "no mask": "are photos without a mask; training leaves them out",
    "no photo": "are masks without a photo; training leaves them out",
    "empty": "have no person in the mask; fine if the photo is empty too",
    "full": "have a mask that covers the whole photo; look at them",
    "duplicate": "look like another photo of the set; keep one",
    "leak": "look like a validation photo; remove them, or the validation score means nothing",
}
UNUSABLE = ("unreadable", "encoding", "size")
ERRORS = (*UNUSABLE, "leak")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One remark on one file. kind: key of KINDS."""

    kind: str
    path: object
    text: str


@dataclasses.dataclass(frozen=True)
class Report:
    """What the doctor found in one data set."""

    source: object
    total: int
    checked: int
    findings: list

    def count(self, kind):
        return sum(finding.kind == kind for finding in self.findings)

    @property
    def unusable(self):
        """Pairs that training leaves out."""
        return sum(self.count(kind) for kind in UNUSABLE)

    @property
    def healthy(self):
        """No finding that costs photos or spoils the score."""
        return not any(finding.kind in ERRORS for finding in self.findings)


def examine(listings, validation=None, limit=None, progress=True):
    """Examines data sets and the overlap with the validation set.

    listings: of folder.list_pairs. validation: one Listing or None. limit: photos to open in each set, None for all.
    Returns a list of Report, the validation's last.
    """
    reports, hashes = [], []
    for listing in [*listings, *([validation] if validation else [])]:
        pairs = listing.pairs
        if limit is not None and len(pairs) > limit:
            pairs = [pairs[i] for i in np.sort(np.random.default_rng(0).choice(len(pairs), limit, replace=False))]
        findings = [Finding("no mask", path, "") for path in listing.without_mask]
        findings += [Finding("no photo", path, "") for path in listing.without_photo]
        with ThreadPoolExecutor(4) as pool:
            looked = tqdm(
                pool.map(_look, pairs), f"checking {listing.source}", len(pairs), unit="photo", disable=not progress
            )
            looked = list(looked)
        findings += [finding for remarks, _ in looked for finding in remarks]
        known = [(pair, bits) for pair, (_, bits) in zip(pairs, looked, strict=True) if bits is not None]
        findings += _duplicates(known)
        hashes.append(known)
        reports.append(Report(listing.source, len(listing.pairs), len(pairs), findings))
    if validation:
        for report, known in zip(reports[:-1], hashes[:-1], strict=True):
            report.findings.extend(_leaks(known, hashes[-1]))
    return reports


def format_reports(reports, examples=3):
    """The reports as text for a terminal."""
    lines = []
    for report in reports:
        checked = f"{report.checked} of {report.total} photos checked"
        more = "" if report.checked == report.total else " (--check looks at all)"
        lines.append(f"{report.source}: {checked}{more}, {'healthy' if report.healthy else 'see below'}")
        grouped = defaultdict(list)
        for finding in report.findings:
            grouped[finding.kind].append(finding)
        for kind, meaning in KINDS.items():
            if kind in grouped:
                lines.append(f"  {len(grouped[kind])} {meaning}")
                lines += [f"    {f.path}{': ' + f.text if f.text else ''}" for f in grouped[kind][:examples]]
                if len(grouped[kind]) > examples:
                    lines.append(f"    and {len(grouped[kind]) - examples} more")
    return "\n".join(lines)


def _look(pair):
    """Remarks on one pair, and the photo's hash (None if it cannot be used)."""
    try:
        photo = read_rgb(pair.image)
    except PortraitError as error:
        return [Finding("unreadable", pair.image, str(error))], None
    try:
        mask = read_mask(pair.mask)
    except PortraitError as error:
        return [Finding("encoding" if "mask values" in str(error) else "unreadable", pair.mask, str(error))], None
    remarks, (height, width) = [], photo.shape[:2]
    if mask.shape != (height, width):
        text = f"mask {mask.shape[1]}x{mask.shape[0]}, photo {width}x{height}"
        if abs(height / width - mask.shape[0] / mask.shape[1]) > 0.02 * height / width:
            return [Finding("size", pair.mask, text)], None
        remarks.append(Finding("resized", pair.mask, text))
    share = np.mean(mask > 127)
    if share < 0.001:
        remarks.append(Finding("empty", pair.mask, ""))
    elif share > 0.999:
        remarks.append(Finding("full", pair.mask, ""))
    return remarks, perceptual_hash(photo)


def _duplicates(known):
    pairs = near_copies([bits for _, bits in known])
    return [Finding("duplicate", known[j][0].image, f"like {known[i][0].image.name}") for i, j in pairs]


def _leaks(train, validation):
    pairs = near_copies([bits for _, bits in train], [bits for _, bits in validation])
    return [Finding("leak", train[i][0].image, f"like {validation[j][0].image}") for i, j in pairs]
