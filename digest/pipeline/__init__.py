"""The daily run: the steps in their order."""
