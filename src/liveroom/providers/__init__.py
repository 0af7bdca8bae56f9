"""What others run for us: media and messages, later SMS, mail, captcha and storage."""
