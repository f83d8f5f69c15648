"""What the checks of this repository are made of. Nothing here ships."""
