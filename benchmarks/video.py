"""CPU time and memory of a converted video: decoding, network, composition and encoding together.

python benchmarks/video.py portraitnet_fast talk.mp4 --blur 15
The time is of all threads; as they overlap, two idle cores take half of it a frame.
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tf_portrait.inference.predict import make_effect
from tf_portrait.inference.segmenter import Segmenter
from tf_portrait.inference.video import convert_video


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("clip")
    parser.add_argument("--blur", type=float, metavar="RADIUS", help="default: white ground")
    parser.add_argument("--frames", type=int, metavar="N")
    parser.add_argument("--rounds", type=int, default=1, help="how often: memory should not grow")
    return parser.parse_args()


def main(args):
    segmenter = Segmenter(args.model)
    effect = make_effect(blur=args.blur, color=None if args.blur else "white")
    for _ in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            wall, cpu = time.perf_counter(), time.process_time()
            out = Path(folder) / "out.mp4"
            made = convert_video(segmenter, args.clip, out, effect.apply, limit=args.frames, progress=False)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{made.frames} frames: {1e3 * cpu / made.frames:.1f} ms of CPU and {1e3 * wall / made.frames:.1f} ms a "
            f"frame; peak memory {peak:.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main(parse())
