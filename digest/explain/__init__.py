"""Why a paper is or is not in a digest."""
