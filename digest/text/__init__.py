"""General text functions: cleaning the content of dumps, cutting text into words for matching."""
