"""The site over HTTP, and on it the reading list of whoever is signed in: `digest serve`.

`app` puts it together: `guard` judges a request, `routes` are the endpoints, `served` is what they
share. starlette is imported by these modules, and they by nothing but the command.
"""
