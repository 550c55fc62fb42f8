"""The label doctor: what is wrong with a data set, before a training finds out."""

import dataclasses
import itertools
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from tqdm import tqdm

from tf_portrait.data.files import read_rgb
from tf_portrait.data.hashing import near_copies, perceptual_hash
from tf_portrait.data.masks import examine_mask
from tf_portrait.data.picks import spread
from tf_portrait.data.readings import UnclearMask
from tf_portrait.data.workers import worker_count
from tf_portrait.errors import PortraitError
from tf_portrait.metrics import split_mask

AT_ONCE = 10_000  # photos handed to the threads: each waits as an object of a kilobyte
EXAMPLES = 12  # photos of a set on the contact sheet

# kind -> what it means and what to do
KINDS = {
    "unreadable": "cannot be read; replace or remove them (left out of training)",
    "encoding": "have mask values that could mean several things; say --mask-values, --ignore (left out of training)",
    "assumed": "have ignored pixels by convention (a rim of 255, Pascal VOC); if that is right, say --ignore 255",
    "size": "have a mask of another shape than the photo; export both at one size (left out of training)",
    "resized": "have a mask of another size but the same shape; it is resized",
    "ambiguous": "share their names but for the suffix, so that their masks are unclear; rename them (left out)",
    "no mask": "are photos without a mask; training leaves them out",
    "no photo": "are masks without a photo; training leaves them out",
    "empty": "have no person in the mask; fine if the photo is empty too",
    "full": "have a mask that covers the whole photo; look at them",
    "duplicate": "look like another photo of the set; keep one",
    "leak": "look like a validation photo; remove them, or the validation score means nothing",
}
UNUSABLE = ("unreadable", "encoding", "size")
ERRORS = (*UNUSABLE, "assumed", "ambiguous", "leak")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One remark on one file. kind: key of KINDS."""

    kind: str
    path: object
    text: str


@dataclasses.dataclass(frozen=True)
class Report:
    """What the doctor found in one data set.

    rules: how many masks were read by which rule. examples: (pair, rule) of some.
    """

    source: object
    total: int
    checked: int
    findings: list
    rules: Counter = dataclasses.field(default_factory=Counter)
    examples: list = dataclasses.field(default_factory=list)

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
        findings += [Finding("ambiguous", path, "") for path in listing.ambiguous]
        with ThreadPoolExecutor(worker_count()) as pool:
            looked = itertools.chain.from_iterable(
                pool.map(_look, pairs[start : start + AT_ONCE]) for start in range(0, len(pairs), AT_ONCE)
            )
            bar = tqdm(looked, f"checking {listing.source}", len(pairs), unit="photo", disable=not progress)
            looked = list(bar)
        findings += [finding for remarks, _, _ in looked for finding in remarks]
        usable = [(pair, rule, bits) for pair, (_, rule, bits) in zip(pairs, looked, strict=True) if bits is not None]
        known = [(pair, bits) for pair, _, bits in usable]
        findings += _duplicates(known)
        hashes.append(known)
        rules = Counter(rule for _, rule, _ in usable)
        report = Report(listing.source, len(listing.pairs), len(pairs), findings, rules, _examples(usable))
        reports.append(report)
    if validation:
        for report, known in zip(reports[:-1], hashes[:-1], strict=True):
            report.findings.extend(_leaks(known, hashes[-1]))
    return reports


def format_reports(reports, examples=3):
    """The reports as text for a terminal, with the rules by which masks were read."""
    lines = []
    for report in reports:
        checked = f"{report.checked} of {report.total} photos checked"
        more = "" if report.checked == report.total else " (--check looks at all)"
        lines.append(f"{report.source}: {checked}{more}, {'healthy' if report.healthy else 'see below'}")
        lines += [f"  {count} masks read as {rule}" for rule, count in report.rules.most_common()]
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
    """Remarks on one pair, the rule its mask was read by, and the photo's hash (None if it cannot be used)."""
    try:
        photo = read_rgb(pair.image)
    except PortraitError as error:
        return [Finding("unreadable", pair.image, str(error))], None, None
    try:
        reading = examine_mask(pair.mask, pair.values)
    except PortraitError as error:
        kind = "encoding" if isinstance(error, UnclearMask) else "unreadable"
        return [Finding(kind, pair.mask, str(error))], None, None
    remarks, (height, width), mask = [], photo.shape[:2], reading.mask
    if mask.shape[:2] != (height, width):
        text = f"mask {mask.shape[1]}x{mask.shape[0]}, photo {width}x{height}"
        if abs(height / width - mask.shape[0] / mask.shape[1]) > 0.02 * height / width:
            return [Finding("size", pair.mask, text)], None, None
        remarks.append(Finding("resized", pair.mask, text))
    if reading.assumed:
        remarks.append(Finding("assumed", pair.mask, reading.rule))
    person, counted = split_mask(mask)
    if counted is not None and not counted.any():
        return [Finding("encoding", pair.mask, "every pixel is ignored")], None, None
    share = np.mean(person if counted is None else person[counted])
    if share < 0.001:
        remarks.append(Finding("empty", pair.mask, ""))
    elif share > 0.999:
        remarks.append(Finding("full", pair.mask, ""))
    return remarks, reading.rule, perceptual_hash(photo)


def _examples(usable, most=EXAMPLES):
    """(pair, rule) for the contact sheet: of each rule some, the rarest first, as they are the likeliest faults."""
    by_rule = defaultdict(list)
    for pair, rule, _ in usable:
        by_rule[rule].append(pair)
    each = max(1, most // max(1, len(by_rule)))
    rules = sorted(by_rule, key=lambda rule: len(by_rule[rule]))
    return [(by_rule[rule][pick], rule) for rule in rules for pick in spread(len(by_rule[rule]), each)][:most]


def _duplicates(known):
    pairs = near_copies([bits for _, bits in known])
    return [Finding("duplicate", known[j][0].image, f"like {known[i][0].image.name}") for i, j in pairs]


def _leaks(train, validation):
    pairs = near_copies([bits for _, bits in train], [bits for _, bits in validation])
    return [Finding("leak", train[i][0].image, f"like {validation[j][0].image}") for i, j in pairs]
