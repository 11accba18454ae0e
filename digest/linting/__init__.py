"""What is wrong with rules, alone and on the papers of the library."""
