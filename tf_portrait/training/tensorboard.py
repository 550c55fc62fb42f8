"""Scalars and pictures for TensorBoard, written without TensorFlow."""

from tensorboardX import SummaryWriter


class Board:
    """Event files in a folder; one `add` an epoch."""

    def __init__(self, folder, first_epoch):
        self._writer = SummaryWriter(str(folder), purge_step=first_epoch)

    def add(self, row, picture):
        """row: {name: number} with "epoch". picture: (H, W, 3) uint8 RGB."""
        epoch = int(row["epoch"])
        for name, value in row.items():
            if name != "epoch":
                self._writer.add_scalar(name, value, epoch)
        self._writer.add_image("validation", picture, epoch, dataformats="HWC")
        self._writer.flush()

    def close(self):
        """Ends the writer's threads."""
        self._writer.close()
