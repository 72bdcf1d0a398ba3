"""Files that strangers made, read in a process apart: nothing here knows of Django."""
