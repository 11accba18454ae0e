"""The main job, end to end: real files, a real library, a clock that the tests set."""
