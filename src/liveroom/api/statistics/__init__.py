"""``stats/*``: figures of broadcasts, for their hosts and for operators."""
