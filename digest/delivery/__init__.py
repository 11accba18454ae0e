"""Deliver renderings: to files, Maildirs, mail servers, channels."""
