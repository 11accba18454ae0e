"""What a rule means: query text to tree, many rules to one matcher, matches to points."""
