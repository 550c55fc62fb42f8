"""A model card: what a model is for, what it was made from, what it gives, where it fails."""

from tf_portrait import tables

USE = "Separating people from the background in portraits and video calls, on the device."
NOT_FOR = "Identifying people, or anything that follows from who they are; measuring bodies; safety."
LIMITS = (
    "Objects in hands, bags and hats may go either way, as they do in the labels.",
    "Everyone in the picture is foreground; there is no notion of the main person.",
    "Hair and fingers are as fine as the network's input allows.",
)
LICENSE = "Code: Apache-2.0. The weights inherit what the licences of the training photos say."
MEDIAPIPE = " The network is that of MediaPipe Selfie Segmentation (Google, Apache-2.0); its weights may be the start."


def card_of(report, contract, training):
    """The card as a JSON-able dict.

    report: of exporter.export. contract: of contract_of. training: settings of the run, or {} if they are unknown.
    """
    recipe = training.get("recipe", {})
    return {
        "name": report["name"],
        "intended_use": USE,
        "out_of_scope": NOT_FOR,
        "limits": list(LIMITS),
        "training": {
            "recipe": contract["model"]["recipe"],
            "data": [str(folder).rstrip("/").split("/")[-1] for folder in training.get("data", [])],
            "drawn_portraits": not training.get("data") if training else None,
            "epochs": recipe.get("epochs"),
            "start": (recipe.get("init") or "random").split("/")[-1] if training else None,
        },
        "metrics": {
            "data": report["validation"],
            "photos": report["photos"],
            "keras": report["keras"],
            "files": {name: entry["metrics"] for name, entry in contract["files"].items()},
        },
        "sizes": {name: entry["bytes"] for name, entry in contract["files"].items()},
        "milliseconds_one_thread": {
            name: round(facts["milliseconds"], 2) for name, facts in report["files"].items() if "milliseconds" in facts
        },
        "license": LICENSE + (MEDIAPIPE if report["name"] == "selfie" else ""),
    }


def format_card(card):
    """The card as Markdown."""
    training, metrics = card["training"], card["metrics"]
    data = ", ".join(training["data"]) or ("drawn portraits" if training["drawn_portraits"] else "not recorded")
    lines = [
        f"# Model card: {card['name']}",
        "",
        f"**For:** {card['intended_use']}",
        "",
        f"**Not for:** {card['out_of_scope']}",
        "",
        f"**Training:** recipe {training['recipe']}, {training['epochs'] or '?'} epochs from "
        f"{training['start'] or 'an unknown start'}, on: {data}.",
        "",
        f"**Measured** on {metrics['photos']} photos from {metrics['data']}:",
        "",
    ]
    rows = [["Keras", *_scores(metrics["keras"]), None, None]]
    for name, scores in metrics["files"].items():
        speed = card["milliseconds_one_thread"].get(name)
        rows.append([name, *_scores(scores), f"{card['sizes'][name] / 1e6:.2f}", speed])
    lines.append(tables.markdown(rows, ["file", "IoU", "boundary F1", "MB", "ms, 1 thread"]))
    lines += ["", "**Limits:**", "", *(f"- {limit}" for limit in card["limits"]), "", f"**Licence:** {card['license']}"]
    return "\n".join(lines) + "\n"


def _scores(scores):
    return f"{scores['iou']:.4f}", f"{scores['boundary_f1']:.4f}"
