"""``python -m trod`` is the `trod` command."""

from trod.app.cli import main

if __name__ == "__main__":
    main()
