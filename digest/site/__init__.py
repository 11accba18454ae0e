"""The static site: pages, feeds and the search index, from the library's digests and papers.

`build` decides what has to be rebuilt; `pages` renders; `files` writes what changed. Nothing here
reads the clock: the same library, config and templates give the same bytes.
"""
