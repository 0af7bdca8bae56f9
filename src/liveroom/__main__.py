"""`python -m liveroom` is `liveroom`."""

from liveroom.cli import main

if __name__ == "__main__":
    main()
