"""Where renderings are brought: files, Maildirs, mail servers."""
