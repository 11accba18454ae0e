"""Tests of `digest serve`, on a real server."""
