"""From a profile's candidates to a digest: selection, layout, excerpts, reviews."""
