"""Where data is kept: ``sql`` holds what happened, ``live`` what is true now."""
