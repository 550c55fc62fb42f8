"""Packs photos and masks into shards: a few large files that copy fast and are trained from as they are.

{prog} photos --out photos_shards      (again after a kill: it goes on)
{prog} photos_shards --verify          (reads every byte and compares hashes)
Then: train.py --data photos_shards. Needs pip install 'tf_portrait[scale]'.
"""

import sys

from tf_portrait.cli.masks import add_mask_flags, values_of
from tf_portrait.errors import PortraitError


def add_arguments(parser):
    parser.add_argument("data", help="photos with masks: a folder, or a list file; with --verify, shards")
    parser.add_argument("--out", metavar="DIR", help="folder to write the shards to")
    parser.add_argument(
        "--longest-side",
        type=int,
        default=512,
        metavar="PX",
        help="shrink larger photos to this, which is what training sees (default: 512; 0 keeps all files as they are)",
    )
    parser.add_argument("--records", type=int, default=10_000, metavar="N", help="photos in a shard (default: 10000)")
    parser.add_argument("--verify", action="store_true", help="compare the shards in DATA with their hashes, and stop")
    add_mask_flags(parser)


def run(args):
    from tf_portrait.data.folder import list_pairs
    from tf_portrait.data.shard_writer import verify, write_shards

    if args.verify:
        print(f"{args.data}: {verify(args.data)} shards as they were written")
        return 0
    if not args.out:
        raise PortraitError("--out DIR is needed: the folder to write the shards to")
    if args.longest_side < 0 or args.records < 1:
        raise PortraitError(f"--longest-side {args.longest_side} --records {args.records}: 0 or more, 1 or more")
    index = write_shards(list_pairs(args.data, values_of(args)), args.out, args.longest_side, args.records)
    photos, size = (sum(shard[key] for shard in index["shards"]) for key in ("records", "bytes"))
    print(f"{args.out}: {photos} photos in {len(index['shards'])} shards, {size / 1e6:.1f} MB")
    for why in index["left_out"].values():
        print(f"left out: {why}", file=sys.stderr)
    return 1 if index["left_out"] else 0
