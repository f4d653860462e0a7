"""Five files and their labels."""

LABELS = {"a/0.wav": "truck", "a/1.wav": "truck", "b/2.wav": "car", "b/3.wav": "car", "b/4.wav": "car"}


def write_labels(path, labels=LABELS, split="train"):
    """Write a labels file."""
    path.write_text(
        "path,label,split\n" + "".join(f"{name},{label},{split}\n" for name, label in labels.items())
    )
