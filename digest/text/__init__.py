"""Text without business: cleaning what dumps hold, and cutting it into words for matching."""
