"""Measurements of the project beside what others reach; docs/benchmarks.md explains them."""
