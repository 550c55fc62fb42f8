"""The flags that say where photos with masks are, and what the values in mask files mean."""


def add_data_flag(parser, use=""):
    """--data, as often and with as many folders as one likes. use: what for, where it is not plain."""
    parser.add_argument(
        "--data",
        nargs="+",
        action="extend",
        default=[],
        metavar="DIR",
        help=f"folders with images/ and masks/, list files, or shards (prepare_data.py shard){use}",
    )


def add_mask_flags(parser):
    """--mask-values and --ignore; values_of(args) makes MaskValues of them."""
    parser.add_argument(
        "--mask-values",
        nargs="+",
        default=[],
        metavar="VALUE",
        help="which values of the mask files are the person, where the files do not say it: 15, face=1 hair=2, "
        "#00ff00, or soft for probabilities of 0 to 255",
    )
    parser.add_argument(
        "--ignore",
        nargs="+",
        default=[],
        metavar="VALUE",
        help="values of pixels to leave out of loss and metrics: 255",
    )


def values_of(args):
    """MaskValues of the parsed arguments, None where nothing is said."""
    from tf_portrait.data.masks import mask_values

    return mask_values(args.mask_values, args.ignore)
