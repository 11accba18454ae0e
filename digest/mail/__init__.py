"""A digest as an e-mail message."""
