"""The reviews of a workspace: gathered, put together, written in three forms, kept and sent."""
