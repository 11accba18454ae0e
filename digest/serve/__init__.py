"""The site over HTTP, and on it the reading list of whoever is signed in: `digest serve`.

`app` builds the application: `guard` checks each request, `routes` defines the endpoints, `state`
holds what they share. Only these modules import starlette, and only the command imports them.
"""
