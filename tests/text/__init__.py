"""Tests of clean text and words."""
