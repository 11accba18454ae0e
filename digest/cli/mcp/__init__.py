"""The library and the rules as tools of the Model Context Protocol: `digest mcp`."""
