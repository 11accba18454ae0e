"""Campaigns of faults: runs are killed, disks fill, system calls fail; docs/reliability.md."""
