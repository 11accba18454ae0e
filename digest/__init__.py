"""A reading-list and digest generator for research papers."""

__version__ = "0.1.0"
