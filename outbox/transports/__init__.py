"""Handing messages over: mails to the mail server, lines to a chat's web-hook."""
