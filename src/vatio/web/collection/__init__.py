"""The commercial department's pages of calling meters: all lines, and the nights of modems."""
