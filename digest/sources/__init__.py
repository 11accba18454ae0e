"""The sources of dumps: folders, services, mailboxes."""
